package hvac

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// knownHouses are houses that were learned: of some everyday kind, one so quick that it
// may cycle more, and one whose heater comes late and stays long.
var knownHouses = func() (all []Learned) {
	for _, share := range [][Modes]float64{
		example,
		{0.5, 3, 4, 5, 2, 8},
		{0, -0.2, -0.8, 1, 6, 14},
	} {
		all = append(all, *taught(share, 48, 3000, wobble))
	}
	return all
}()

// startState draws where a sequence starts: from nothing, or with a house that is known
// and, as after a move, need not be the one the samples are of.
func startState(t *rapid.T) State {
	var s State
	k := rapid.IntRange(0, len(knownHouses)).Draw(t, "house")
	if k == 0 {
		return s
	}
	s.House = knownHouses[k-1]
	if rapid.Bool().Draw(t, "restored") {
		return Restore(s.Save(), 0)
	}
	s.House.Watch.Level = rapid.Float64Range(-20, 40).Draw(t, "drift")
	s.House.Watch.Slope = rapid.Float64Range(-0.01, 0.01).Draw(t, "drift's slope")
	for i := range s.House.Recent {
		s.House.Recent[i] = rapid.Float64Range(0, 1).Draw(t, "recent")
	}
	return s
}

// mayDrive checks what the law is made of, where it may drive.
func mayDrive(t interface{ Fatalf(string, ...any) }, s *State) {
	h := &s.House
	if !h.sound() || !finite(h.Surprise) || !finite(h.Watch.Level) || !finite(h.Watch.Slope) || !finite(h.Law.Load) {
		t.Fatalf("the learner holds what nobody can calculate with: %+v", h)
	}
	if h.Known() && (h.Law.Ahead < leastAhead || !(h.Law.Rise >= leastRise) || !(h.Law.Doubt <= unsure)) {
		t.Fatalf("a house drives that is not known: %+v", h.Law)
	}
}

func TestKnownHousesAreKnown(t *testing.T) {
	for i := range knownHouses {
		if !knownHouses[i].Known() {
			t.Errorf("house %d: %+v", i, knownHouses[i].Law)
		}
	}
}

// In any weather of inputs, with transitions ahead: what was learned stays sound, the
// demand stays bounded, and the law drives only a house that it knows.
func TestTheLearnedLawKeepsThePromises(t *testing.T) {
	driven := 0
	rapid.Check(t, func(t *rapid.T) {
		p := validParams(t)
		p.CanHeat = true
		p.MostCycles = rapid.Float64Range(1, 12).Draw(t, "cycles")
		p.QuickCycles = rapid.Float64Range(1, 12).Draw(t, "quick cycles")
		p.Deadband = rapid.Float64Range(0, 1).Draw(t, "deadband")
		in := Input{Params: &p, Mode: ModeHeat, Setpoint: 21}
		w := watch{t: t, p: &p}
		s := startState(t)
		w.started = s.Started
		room := rapid.Float64Range(15, 25).Draw(t, "room")
		for range rapid.IntRange(1, 20).Draw(t, "phases") {
			if rapid.Bool().Draw(t, "wild") {
				before := in.Now
				upset(t, &in, &p)
				w.held += max(0, in.Now-before)
				p.CanHeat = true
				w.dark = 0
			} else {
				in.Mode, in.Fault, in.DoorCount = ModeHeat, FaultNone, 0
			}
			in.Ahead = Transition{Known: rapid.Bool().Draw(t, "ahead"), In: time.Duration(rapid.Int64().Draw(t, "in")), Setpoint: odd(t, "to come")}
			rate := rapid.Float64Range(-0.001, 0.001).Draw(t, "rate") // K/s
			tick := rapid.SampledFrom([]time.Duration{time.Second, 10 * time.Second, time.Minute}).Draw(t, "tick")
			for range rapid.IntRange(1, 100).Draw(t, "ticks") {
				in.Now += tick
				room = min(max(room+rate*tick.Seconds(), -30), 60)
				in.Reading = Reading{At: in.Now, Valid: true, Temperature: Celsius(room), Humidity: Percent(in.Now / tick % 7)}
				var out Outputs
				var rs Reasons
				s, out, rs = Step(s, in)
				w.see(tick, &s, &in, &out, &rs)
				mayDrive(t, &s)
				sum := out.Terms.sum()
				if rs.Has(HouseKnown) {
					if driven++; !finite(sum) || out.Demand < 0 {
						t.Fatalf("the law asks for %v of %+v", out.Demand, out.Terms)
					}
				}
			}
			whole(t, s)
		}
	})
	if driven == 0 {
		t.Error("the law drove in none of them")
	}
}

// A house full of nonsense must not get through to the relay as more than a demand.
func TestNonsenseInTheHouse(t *testing.T) {
	any := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, 1e300}))
	rapid.Check(t, func(t *rapid.T) {
		p := DefaultParams()
		s := State{House: knownHouses[0]}
		h := &s.House
		for _, v := range []*float64{
			&h.Fact[rapid.IntRange(0, facts-1).Draw(t, "fact")], &h.Doubt[rapid.IntRange(0, facts-1).Draw(t, "row")][0],
			&h.Recent[0], &h.Law.Rise, &h.Law.Load, &h.Watch.Level, &h.Watch.Slope, &h.Trust.Strain, &h.Surprise,
		} {
			if rapid.Bool().Draw(t, "spoil") {
				*v = any.Draw(t, "value")
			}
		}
		in := Input{Params: &p, Mode: ModeHeat, Setpoint: 21}
		for range 200 {
			in.Now += 10 * time.Second
			in.Reading = Reading{At: in.Now, Valid: true, Temperature: 20, Humidity: Percent(in.Now / 1e10 % 7)}
			var out Outputs
			s, out, _ = Step(s, in)
			if !(out.Demand >= 0 && out.Demand <= 1) {
				t.Fatalf("demand %v", out.Demand)
			}
		}
		mayDrive(t, &s) // half an hour later it is whole again
	})
}
