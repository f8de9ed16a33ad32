package tune

import (
	"time"
)

// Shares writes the fitted house as a sum of first-order responses with other time
// constants (in seconds) and no dead time, as package hvac keeps what it learns: full
// power raises the room by the sum of share·(1 - exp(-t/time)). Delays come out as
// negative shares of the quick ones. The fit is to the response between 2 min and two
// days, in proportion to it.
func (o *Result) Shares(times []float64) []float64 {
	var at, y, weight []float64
	for t := 120.0; t < 2*86400; t *= 1.1 {
		rise := o.House.Response(time.Duration(t) * time.Second)
		at, weight = append(at, t), append(weight, 1/(sharesFloor+float64(0.05*rise)))
		y = append(y, float64(rise*weight[len(weight)-1]))
	}
	terms := make([]term, len(times))
	for i, tau := range times {
		column := make([]float64, len(at))
		for k, t := range at {
			column[k] = float64((1 - grown(-t/tau)) * weight[k])
		}
		terms[i] = term{column: column, spread: sharesWide}
	}
	shares, _, _, ok := regress(y, terms, 1)
	if !ok {
		return make([]float64, len(times))
	}
	return shares
}

const (
	sharesFloor = 0.02 // K: nobody sees less
	sharesWide  = 50.0 // K, of a share beforehand
)
