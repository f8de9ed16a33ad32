package tune

import (
	"time"

	"quietstat/hvac"
)

// A proposal is a set of gains and where it comes from.
type proposal struct {
	rule  string
	gains hvac.Gains
}

// proposals are what the rules make of the fits, with the limits of hvac kept.
func proposals(r Record, first FirstOrder, second SecondOrder, p *hvac.Params, m Method) []proposal {
	old := p.Gains
	swing := max(p.MinOn, p.MinOff, 150*time.Second).Seconds()
	var out []proposal
	add := func(rule string, kp, ti, td float64) {
		if g, ok := bounded(old, kp, ti, td); ok {
			out = append(out, proposal{rule, g})
		}
	}
	simc := func(rule string, rate, lag, short, dead float64) {
		// The relay answers a demand half a swing late on average, and nothing can be
		// closed faster than it may switch.
		dead += swing / 2
		for _, closed := range []struct {
			name string
			time float64
		}{{"", max(dead, swing)}, {"-calm", 2 * max(dead, swing)}} {
			kp := 1 / float64(rate/3600*(closed.time+dead))
			ti := min(lag, 4*(closed.time+dead))
			f := 1 + short/ti // from the series form the rule is written in to the parallel one
			add(rule+closed.name, kp*f, ti*f, short/f)
		}
	}
	if m != AMIGO {
		if second.OK {
			simc("simc", second.Rate, second.Lag.Seconds(), second.Short.Seconds(), second.DeadTime.Seconds())
		}
		if first.OK || !second.OK {
			simc("simc-pi", first.Rate, first.Lag.Seconds(), 0, first.DeadTime.Seconds())
		}
	}
	if m != SIMC {
		rate, lag, dead := first.Rate/3600, first.Lag.Seconds(), first.DeadTime.Seconds()
		if second.OK { // half rule (Skogestad 2003 §2.2): half of the short lag to either side
			short := second.Short.Seconds()
			rate, lag, dead = second.Rate/3600, second.Lag.Seconds()+short/2, second.DeadTime.Seconds()+short/2
			rate *= second.Lag.Seconds() / lag
		}
		dead += swing / 2
		gain := float64(rate * lag)
		add("amigo", (0.2+float64(0.45*lag)/dead)/gain, (float64(0.4*dead)+float64(0.8*lag))/(dead+float64(0.1*lag))*dead, float64(0.5*dead*lag)/(float64(0.3*dead)+lag))
	}
	if m == Auto && r.Swing > 0 && r.Period > 0 {
		// Tyreus and Luyben, Industrial & Engineering Chemistry Research 31, 1992: the
		// relay's own wave, amplitude half of full power.
		ultimate, period := 4*0.5/(3.14159*r.Swing), r.Period.Seconds()
		add("relay", ultimate/2.2, 2.2*period, period/6.3)
	}
	return out
}

// bounded brings a rule's numbers within what hvac.Params allows; ok is false where
// they are no numbers. Weight and filter stay as they were.
func bounded(old hvac.Gains, kp, ti, td float64) (hvac.Gains, bool) {
	if !finite(kp) || !finite(ti) || !finite(td) || kp <= 0 || ti <= 0 {
		return old, false
	}
	old.Kp = rounded(clamp(kp, leastKp, mostKp))
	old.Ti = seconds(clamp(ti, leastTi, mostTi)).Round(time.Second)
	old.Td = seconds(clamp(td, 0, mostTd)).Round(time.Second)
	return old, true
}

// Bounds of hvac.Gains, a little inside.
const (
	leastKp, mostKp = 0.02, 20.0
	leastTi, mostTi = 120.0, 172800.0
	mostTd          = 7200.0
)

// rounded keeps three digits: more would be make-believe.
func rounded(x float64) float64 {
	scale := 1.0
	for x*scale < 100 {
		scale *= 10
	}
	return float64(int(x*scale+0.5)) / scale
}

// neighbours are variations of a proposal, one number at a time.
func neighbours(p proposal) []proposal {
	g := p.gains
	var out []proposal
	for _, by := range []struct{ kp, ti, td float64 }{{1.6, 1, 1}, {1 / 1.6, 1, 1}, {1, 2, 1}, {1, 0.5, 1}, {1, 1, 2}, {1, 1, 0.3}} {
		if n, ok := bounded(g, g.Kp*by.kp, g.Ti.Seconds()*by.ti, max(g.Td.Seconds(), 30)*by.td); ok && n != g {
			out = append(out, proposal{p.rule + "+", n})
		}
	}
	return out
}
