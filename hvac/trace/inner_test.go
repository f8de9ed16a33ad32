package trace

import (
	"encoding/binary"
	"encoding/json"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"quietstat/hvac"
)

// TestEveryFieldTravels is what newDesk relies on: whatever is added to these types
// must be plain exported numbers.
func TestEveryFieldTravels(t *testing.T) {
	for _, v := range []any{new(told), new(said), new(hvac.State), new(hvac.Params)} {
		list, err := fieldsOf(v)
		if err != nil {
			t.Errorf("%T: %v", v, err)
		}
		for i := range list {
			for _, w := range []uint64{0, 1} {
				if !list[i].set(w) || list[i].get() != w {
					t.Errorf("%T: %s does not hold %d", v, list[i].name, w)
				}
			}
		}
	}
	if n := reflect.TypeFor[hvac.Reason]().NumField(); n != reasonFields {
		t.Errorf("a reason has %d fields; reasonFields says %d", n, reasonFields)
	}
	if n := len(newDesk().words()); n > mostWords {
		t.Errorf("%d words; mostWords says %d", n, mostWords)
	}
}

func TestFieldsRefuseWhatCannotTravel(t *testing.T) {
	for want, v := range map[string]any{
		"is a slice": &struct{ A []int }{},
		"A.B[1] cannot": &struct {
			A struct{ B [2]struct{ C string } }
		}{},
		"is a map":         &struct{ A map[int]int }{},
		"is a complex128,": &struct{ A complex128 }{},
		"A.b cannot be recorded: it is not exported": &struct{ A struct{ b int } }{},
	} {
		_, err := fieldsOf(v)
		if want == "A.B[1] cannot" {
			want = "A.B[0].C cannot"
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%T: %v, want %q", v, err, want)
		}
	}
}

func TestDeltaGivesBackEveryBit(t *testing.T) {
	type row struct {
		A int64
		B uint32
		C float64
		D bool
	}
	var v row
	fields := must(fieldsOf(&v))
	rows := []row{{}, {1, 2, 3, true}, {2, 4, 3, true}, {3, 6, 3, false}, {math.MinInt64, math.MaxUint32, math.NaN(), false},
		{math.MaxInt64, 0, math.Copysign(0, -1), true}, {0, 1, math.Inf(-1), true}}
	out, in := newDelta(len(fields)), newDelta(len(fields))
	kinds := kindsOf(namesOf(fields))
	for i, want := range rows {
		v = want
		b := out.row(nil, fields)
		if i == 3 && len(b) > 6 { // A and B are foreseen
			t.Errorf("row %d takes %d bytes", i, len(b))
		}
		r := &reader{b: b}
		if !in.unrow(r, kinds) || len(r.b) != 0 {
			t.Fatalf("row %d cannot be read", i)
		}
		for k := range fields {
			if in.last[k] != fields[k].get() {
				t.Errorf("row %d, %s: %x, want %x", i, fields[k].name, in.last[k], fields[k].get())
			}
		}
	}
}

func TestUnrowRefusesNonsense(t *testing.T) {
	kinds := []byte{aFraction, anInteger, aSwitch}
	for name, b := range map[string][]byte{
		"nothing":          {},
		"more than fields": {4},
		"ends early":       {2, 0, 1},
		"gap too far":      {2, 0, 1, 9, 1},
		"first too far":    {1, 200, 1, 0},
		"a long number":    {1, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255},
	} {
		d := newDelta(3)
		if d.unrow(&reader{b: b}, kinds) {
			t.Errorf("%s: accepted", name)
		}
	}
}

// older is a recording of a program that had fewer fields and other numbers for its
// reasons; newer is one that had more.
func altered(t *testing.T, change func(*form)) []byte {
	t.Helper()
	d := newDesk()
	f := d.own()
	change(&f)
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	return append([]byte(magic), frame('F', text)...)
}

func TestFormsOfOtherPrograms(t *testing.T) {
	day, err := Decode(altered(t, func(f *form) { f.Tick = f.Tick[1:]; f.State = f.State[:3]; f.Sum = f.Sum[1:] }))
	if err != nil || day.exact {
		t.Errorf("an older program: %v, exact %v", err, day != nil && day.exact)
	}
	for name, change := range map[string]func(*form){
		"a new input":     func(f *form) { f.Tick = append(f.Tick, "x:In.Mood") },
		"a new state":     func(f *form) { f.State = append(f.State, "i:Mood") },
		"a new parameter": func(f *form) { f.Params = append(f.Params, "i:Mood") },
		"a field twice":   func(f *form) { f.Tick = append(f.Tick, f.Tick[0]) },
	} {
		if _, err := Decode(altered(t, change)); err == nil || !strings.Contains(err.Error(), "does not know") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Decode(altered(t, func(f *form) { f.Tick = make([]string, mostFields+1) })); err == nil {
		t.Error("a form of any size is believed")
	}
	day, err = Decode(altered(t, func(f *form) { f.Reasons = []string{"none", "overheat", "forgotten"} }))
	if err != nil || day.kinds[1] != hvac.Overheat || day.kinds[2].String() == hvac.Overheat.String() {
		t.Errorf("reasons are not found by their words: %v, %v", day.kinds, err)
	}
}

func TestFramesOutOfOrder(t *testing.T) {
	form := frame('F', newDesk().form())
	block := frame('B', nil)
	for name, file := range map[string][]byte{
		"a block first":    append([]byte(magic), append(block, form...)...),
		"two forms":        append([]byte(magic), append(form, form...)...),
		"an unknown frame": append([]byte(magic), append(form, frame('X', nil)...)...),
		"a lying length":   append([]byte(magic), binary.AppendUvarint([]byte{'F'}, 1<<62)...),
	} {
		if _, err := Decode(file); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	day, err := Decode(append([]byte(magic), append(form, block...)...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := day.Replay(nil); err == nil || !strings.Contains(err.Error(), "the beginning of a block") {
		t.Errorf("an empty block: %v", err)
	}
}

func TestEpochOf(t *testing.T) {
	east := time.Date(2026, 1, 12, 3, 12, 0, 0, time.FixedZone("", 7200))
	tick := Tick{Epoch: EpochOf(east, time.Hour), In: hvac.Input{Now: time.Hour}}
	if got := tick.Local().Format(time.DateTime); got != "2026-01-12 03:12:00" {
		t.Errorf("the house's clock shows %s", got)
	}
	if EpochOf(time.Unix(0, 0), time.Hour) != 0 || EpochOf(time.Time{}, 0) != 0 {
		t.Error("a clock that was never set is a time")
	}
}

// FuzzBlock seals whatever it is given as a block, so that the reader of blocks and not
// the checksum must bear it.
func FuzzBlock(f *testing.F) {
	r := NewRecorder(0)
	p := hvac.DefaultParams()
	state := hvac.State{}
	for i := range 5 {
		tick := Tick{In: hvac.Input{Now: time.Duration(i) * time.Second, Params: &p}, Before: state}
		tick.After, tick.Out, tick.Why = hvac.Step(state, tick.In)
		state = tick.After
		r.Take(tick)
	}
	f.Add(r.blocks[0])
	f.Add([]byte{0, 0, 0, 0, 0, 0})
	head := append([]byte(magic), frame('F', newDesk().form())...)
	f.Fuzz(func(t *testing.T, payload []byte) {
		day, err := Decode(append(append([]byte{}, head...), frame('B', payload)...))
		if err != nil {
			t.Fatal(err)
		}
		ticks := 0
		report, err := day.Replay(func(Tick) bool { ticks++; return ticks < 1000 })
		if err == nil && report.Difference == nil && report.Ticks != ticks {
			t.Errorf("%d ticks shown, %+v", ticks, report)
		}
	})
}
