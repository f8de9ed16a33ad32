package house

import (
	"fmt"
	"strings"
)

// Kind is one of the four published houses.
type Kind byte

const (
	KindA Kind = 'A' // forced air, light
	KindE Kind = 'E' // electric heaters, light
	KindR Kind = 'R' // radiators, medium, leaky
	KindU Kind = 'U' // underfloor, heavy, deep renovation
)

// Kinds are all houses, in the order of the tables.
var Kinds = [...]Kind{KindA, KindE, KindR, KindU}

// String is the letter.
func (k Kind) String() string { return string(rune(k)) }

// ParseKind reads a letter in either case; the error lists what is allowed.
func ParseKind(s string) (Kind, error) {
	for _, k := range Kinds {
		if strings.EqualFold(strings.TrimSpace(s), k.String()) {
			return k, nil
		}
	}
	return 0, fmt.Errorf("house %q is not known: use one of A, E, R, U", s)
}

// plan are the parameters of a building: heat capacities in kWh/K, thermal
// resistances in K/kW, window area in m², powers in kW, dead time in s.
type plan struct {
	ci, ce, ch float64
	cs         float64 // 0: the sensor only lags behind and takes no heat
	rie, rea   float64
	gia        float64 // air to outdoors, kW/K (0: none)
	rih, ris   float64
	lag        float64 // s, of the sensor
	window     float64
	power      float64
	delay      int
	volume     float64 // m³ of air, for the moisture
	airChange  float64 // 1/h, likewise
}

// plans holds the published figures; doc.go names the sources.
var plans = map[Kind]plan{
	KindA: {ci: .143, ce: 3.24, ch: .03, cs: .619, rie: .909, rea: 4.47, rih: .5, ris: .115, window: 6.03, power: 9, delay: 45, volume: 300, airChange: .5},
	KindE: {ci: .143, ce: 3.24, ch: .321, cs: .619, rie: .909, rea: 4.47, rih: .383, ris: .115, window: 6.03, power: 7.5, delay: 1, volume: 300, airChange: .5},
	KindR: {ci: .278, ce: 4.58, ch: .144, lag: 256, rie: 1.083, rea: 8.33, gia: 1 / 8.06, rih: 4.17, window: 6.0, power: 12, delay: 60, volume: 250, airChange: .6},
	KindU: {ci: 2.02, ce: 16.39, ch: 3.97, lag: 256, rie: .53, rea: 13.26, gia: 1 / 24.38, rih: .842, window: 1.72, power: 6, delay: 180, volume: 400, airChange: .4},
}
