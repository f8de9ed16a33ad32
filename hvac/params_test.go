package hvac

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestDefaultParamsAreValid(t *testing.T) {
	p := DefaultParams()
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	if err := (&Params{}).Validate(); err == nil {
		t.Error("zero params are valid")
	}
}

// set writes v (seconds for a duration) to a field by its dotted name.
func set(t *testing.T, p *Params, field string, v float64) {
	t.Helper()
	f := reflect.ValueOf(p).Elem()
	for name := range strings.SplitSeq(field, ".") {
		f = f.FieldByName(name)
	}
	switch {
	case !f.IsValid():
		t.Fatalf("no field %s", field)
	case f.Type() == reflect.TypeFor[time.Duration]():
		f.SetInt(int64(v * 1e9))
	default:
		f.SetFloat(v)
	}
}

// rows are all bounds of p, and its values.
func rows(p *Params) ([]bound, []float64) {
	all := p.values()
	rest, some := p.dependent()
	return append(bounds[:len(bounds):len(bounds)], rest[:]...), append(all[:], some[:]...)
}

func TestEveryBoundHoldsAtItsEdges(t *testing.T) {
	def := DefaultParams()
	all, _ := rows(&def)
	for i, b := range all {
		d := max(math.Abs(b.least), math.Abs(b.most)) * 1e-6
		for _, tt := range []struct {
			v  float64
			ok bool
		}{{b.least, true}, {b.most, true}, {b.least - d, false}, {b.most + d, false}} {
			p := DefaultParams()
			set(t, &p, b.field, tt.v)
			err := p.Validate()
			if _, values := rows(&p); (err == nil) != tt.ok || math.Abs(values[i]-tt.v) > 1e-6 {
				t.Errorf("%s = %v, seen as %v: %v", b.field, tt.v, values[i], err)
			}
			var pe *ParamError
			if err != nil && (!errors.As(err, &pe) || pe.Field != b.field || pe.Value == "" || pe.Bound == "" || pe.Remedy == "") {
				t.Errorf("%s = %v: error %#v does not name field, bound and remedy", b.field, tt.v, err)
			}
		}
	}
}

func TestEveryNumberHasABound(t *testing.T) {
	known := map[string]bool{}
	def := DefaultParams()
	all, _ := rows(&def)
	for _, b := range all {
		known[b.field] = true
	}
	var walk func(prefix string, v reflect.Type)
	walk = func(prefix string, v reflect.Type) {
		for i := range v.NumField() {
			f := v.Field(i)
			switch f.Type.Kind() {
			case reflect.Struct:
				walk(prefix+f.Name+".", f.Type)
			case reflect.Bool:
			default:
				if !known[prefix+f.Name] {
					t.Errorf("Params.%s%s has no bound", prefix, f.Name)
				}
			}
		}
	}
	walk("", reflect.TypeFor[Params]())
}

func TestNotANumberIsOutOfBounds(t *testing.T) {
	p := DefaultParams()
	p.Gains.Kp = math.NaN()
	if p.Validate() == nil {
		t.Error("NaN passed")
	}
}

func TestSetpointRange(t *testing.T) {
	for _, tt := range []struct {
		lo, hi Celsius
		field  string
	}{
		{5, 30, ""}, {4.9, 30, "SetpointMin"}, {25, 26, ""}, {25, 25.9, "SetpointMax"},
		{5, 15, ""}, {5, 14.9, "SetpointMax"}, {5, 35.1, "SetpointMax"}, {26, 30, "SetpointMin"},
	} {
		p := DefaultParams()
		p.SetpointMin, p.SetpointMax = tt.lo, tt.hi
		var pe *ParamError
		if err := p.Validate(); tt.field == "" && err != nil || tt.field != "" && (!errors.As(err, &pe) || pe.Field != tt.field) {
			t.Errorf("%v to %v: %v, want field %q", tt.lo, tt.hi, err, tt.field)
		}
	}
}

func TestParamErrorText(t *testing.T) {
	p := DefaultParams()
	p.MinOn = 10 * time.Second
	want := "parameter MinOn is 10 s, must be 60 to 1800 s: shorter wears the equipment out, longer makes the room swing"
	if err := p.Validate(); err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %v", err, want)
	}
}
