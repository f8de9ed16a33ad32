package hvac

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// taught lets a learner watch a made-up house whose answer to heating is a sum of the
// learner's own modes, driven by a relay of the given period, with a drift.
func taught(share [Modes]float64, hours int, period float64, noise func(i int) float64) *Learned {
	h := &Learned{}
	h.begin()
	var truth Learned
	truth.begin()
	for i := range hours * 360 {
		at := float64(i) * 10
		on := 0.0
		if math.Mod(at, period) < period*0.4 {
			on = 1
		}
		truth.pass(10, on)
		room := 5 + 0.1*at/3600
		for m, r := range truth.Recent {
			room += share[m] * r
		}
		h.pass(10, on)
		h.sample(room+noise(i), true)
	}
	return h
}

func silence(int) float64 { return 0 }

// wobble is a repeatable stand-in for sensor noise of 0.02 K.
func wobble(i int) float64 {
	x := uint64(i)*0x9e3779b97f4a7c15 + 1
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	return (float64(x>>40)/(1<<24) - 0.5) * 0.07
}

var example = [Modes]float64{-0.5, -0.2, 2, 5, 4, 12}

func TestLearnsWhatHeatingDoes(t *testing.T) {
	for name, noise := range map[string]func(int) float64{"quiet": silence, "noisy": wobble} {
		h := taught(example, 48, 3000, noise)
		for k := range outlooks {
			o := &outlooks[k]
			want := 0.0
			for i, e := range o.effect {
				want += example[i] * e
			}
			got, doubt := h.rise(&o.effect), math.Sqrt(h.doubt(&o.effect))
			if math.Abs(got-want) > 0.05*want+0.02 {
				t.Errorf("%s: rise in %v s is %.3f K ± %.3f, want %.3f", name, o.ahead, got, doubt, want)
			}
		}
		if !h.Known() {
			t.Errorf("%s: the house is not known after two days: %+v %+v", name, h.Trust, h.Law)
		}
	}
}

func TestANewLearnerKnowsNothing(t *testing.T) {
	var h Learned
	h.begin()
	if h.Known() || h.Law.Ahead != 0 {
		t.Errorf("%+v", h.Law)
	}
	h = *taught(example, 1, 3000, silence)
	if h.Informed > time.Hour {
		t.Fatal("the made-up hour is too long")
	}
	h.Informed = trustAfter - time.Minute
	h.Trust = trust{}
	h.judge()
	if h.Known() {
		t.Error("trusted before an hour of learning")
	}
}

// A heater that does nothing must never be thought to do something.
func TestAHouseWithoutAHeaterStaysUnknown(t *testing.T) {
	h := taught([Modes]float64{}, 72, 3000, wobble)
	if h.Known() {
		t.Errorf("known: rise %.3f K in %v s, doubt %.2f", h.Law.Rise, h.Law.Ahead, h.Law.Doubt)
	}
}

func TestADoorTeachesNothing(t *testing.T) {
	h := taught(example, 48, 3000, wobble)
	before := h.Fact
	for range 30 { // half an hour of minutes, 3 K below anything expected
		for range 6 {
			h.pass(10, 0)
			h.sample(h.explained()+h.Fact[level]-3, true)
		}
		h.Fact[level] += 3 // as if the room were back at once: every minute is a surprise
	}
	for i := range Modes {
		if math.Abs(h.Fact[i]-before[i]) > 0.1*math.Abs(before[i])+0.1 {
			t.Errorf("share %d went from %.2f to %.2f", i, before[i], h.Fact[i])
		}
	}
}

func TestWhatIsNotLearnedFromIsForgotten(t *testing.T) {
	h := taught(example, 24, 3000, wobble)
	informed, share := h.Informed, h.Fact[3]
	for range 12 {
		h.pass(10, 0)
		h.sample(40, false)
	}
	if h.Informed != informed || h.Fact[3] != share {
		t.Error("learned while something else acted on the room")
	}
	if h.Doubt[level][level] != firstDoubt[level]*firstDoubt[level] {
		t.Errorf("the level is still believed: %v", h.Doubt[level][level])
	}
}

func TestDamagedNumbersBeginAnew(t *testing.T) {
	for name, damage := range map[string]func(*Learned){
		"share":      func(h *Learned) { h.Fact[2] = math.NaN() },
		"too much":   func(h *Learned) { h.Fact[2] = mostShare },
		"covariance": func(h *Learned) { h.Doubt[1][1] = math.Inf(1) },
		"negative":   func(h *Learned) { h.Doubt[3][3] = -1 },
		"recent":     func(h *Learned) { h.Recent[0] = 7 },
	} {
		h := taught(example, 24, 3000, wobble)
		damage(h)
		for range 30 {
			h.pass(10, 0)
			h.sample(20, true)
		}
		if h.Known() || !finite(h.Fact[2]) {
			t.Errorf("%s: still driven by %v", name, h.Fact)
		}
	}
}

// Whatever the room does, the learner stays a set of finite numbers.
func TestLearnerStaysFinite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var h Learned
		h.begin()
		for range rapid.IntRange(1, 300).Draw(t, "samples") {
			h.pass(rapid.Float64Range(0.01, 900).Draw(t, "dt"), float64(rapid.IntRange(0, 1).Draw(t, "on")))
			h.sample(rapid.Float64Range(-40, 85).Draw(t, "temp"), rapid.Bool().Draw(t, "learning"))
		}
		for _, f := range h.Fact {
			if !finite(f) {
				t.Fatalf("%v", h.Fact)
			}
		}
		if h.Law.Ahead != 0 && !(h.Law.Rise >= leastRise) {
			t.Fatalf("%+v", h.Law)
		}
	})
}

func TestSavedHouseComesBack(t *testing.T) {
	h := taught(example, 48, 3000, wobble)
	raw, err := json.Marshal(h.save())
	if err != nil {
		t.Fatal(err)
	}
	var v SavedHouse
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	back := v.house()
	back.begin()
	if back.Law.Rise != h.Law.Rise || back.Law.Ahead != h.Law.Ahead || back.Informed != h.Informed || !back.Trust.Given {
		t.Errorf("came back as %+v, was %+v", back.Law, h.Law)
	}
	if back.Known() {
		t.Error("known before the first sample after a restart")
	}
	back.pass(10, 0)
	back.sample(20, true)
	if !back.Known() {
		t.Error("not known after the first sample")
	}
}

func TestSavedHouseThatIsDamagedIsNotUsed(t *testing.T) {
	good := taught(example, 48, 3000, wobble).save()
	for name, damage := range map[string]func(*SavedHouse){
		"no time":       func(v *SavedHouse) { v.Informed = 0 },
		"negative time": func(v *SavedHouse) { v.Informed = -1 },
		"share":         func(v *SavedHouse) { v.Share[0] = math.NaN() },
		"variance":      func(v *SavedHouse) { v.Doubt[0] = 0 },
		"covariance":    func(v *SavedHouse) { v.Doubt[4] = math.Inf(1) },
		"recent":        func(v *SavedHouse) { v.Recent[5] = -0.1 },
	} {
		v := good
		damage(&v)
		if got := v.house(); got != (Learned{}) {
			t.Errorf("%s: used", name)
		}
	}
	if got := good.house(); got == (Learned{}) {
		t.Error("the undamaged one is not used")
	}
}
