package consent

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Every field of a Snapshot says what it is, and what may be published is
// exactly what Fields lists: nothing can be added to the house and leave unseen.
func TestEverySnapshotFieldHasOneCategory(t *testing.T) {
	typ := reflect.TypeFor[Snapshot]()
	tags := map[string]string{}
	for f := range typ.Fields() {
		tag, ok := f.Tag.Lookup("category")
		if !ok || tag == "" || strings.ContainsAny(tag, ", ") {
			t.Errorf("Snapshot.%s does not carry exactly one category", f.Name)
			continue
		}
		tags[f.Name] = tag
		if tag == "never" {
			continue
		}
		c, err := ParseCategory(tag)
		if err != nil {
			t.Errorf("Snapshot.%s: %v", f.Name, err)
		}
		if !slices.ContainsFunc(Fields(), func(p Field) bool { return p.Source == f.Name && p.Category == c }) {
			t.Errorf("Snapshot.%s is %s and no field publishes it", f.Name, tag)
		}
	}
	names := map[string]bool{}
	for _, f := range Fields() {
		if names[f.Name] {
			t.Errorf("two fields are called %q", f.Name)
		}
		names[f.Name] = true
		if tags[f.Source] != f.Category.String() {
			t.Errorf("field %q is %v, its source Snapshot.%s is tagged %q", f.Name, f.Category, f.Source, tags[f.Source])
		}
		if _, ok := categoryGrain[f.Category]; !ok {
			t.Errorf("field %q has a category without granularity", f.Name)
		}
	}
}

// Each field changes with its own source and with no other.
func TestFieldsReadTheirSource(t *testing.T) {
	base := Snapshot{DoorCount: MaxDoors}
	for i := range base.Doors {
		base.Doors[i].Known = true
	}
	typ := reflect.TypeFor[Snapshot]()
	for i := range typ.NumField() {
		if typ.Field(i).Name == "DoorCount" {
			continue // says how many Doors count
		}
		s := base
		v := reflect.ValueOf(&s).Elem().Field(i)
		switch v.Kind() {
		case reflect.Bool:
			v.SetBool(true)
		case reflect.Float64:
			v.SetFloat(1000)
		case reflect.Int64:
			v.SetInt(3e9)
		case reflect.Uint64, reflect.Uint32, reflect.Uint8:
			v.SetUint(1)
		case reflect.Array:
			for d := range s.Doors {
				s.Doors[d].Open = true
			}
		}
		for _, f := range Fields() {
			was, err1 := f.value(&base, 1)
			is, err2 := f.value(&s, 1)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if (was != is) != (f.Source == typ.Field(i).Name) {
				t.Errorf("field %q went from %s to %s when Snapshot.%s changed", f.Name, was, is, typ.Field(i).Name)
			}
		}
	}
}

func TestDoorsOneByOne(t *testing.T) {
	s := Snapshot{DoorCount: 2, Doors: [MaxDoors]Door{{Known: true, Open: true}, {Known: false, Open: true}, {Known: true, Open: true}}}
	for i, want := range []string{"true", "null", "null"} {
		f, _ := FieldByName(fmt.Sprintf("door_%d", i+1))
		if got, err := f.value(&s, 0); got != want || err != nil {
			t.Errorf("%s is %s, %v; want %s", f.Name, got, err, want)
		}
	}
}

func TestRoundTo(t *testing.T) {
	for _, tt := range []struct {
		v, step float64
		want    string
	}{
		{20.74, 0.5, "20.5"}, {20.75, 0.5, "21.0"}, {20.76, 0.5, "21.0"},
		{-0.2, 0.5, "0.0"}, {-0.25, 0.5, "-0.5"}, {-0.26, 0.5, "-0.5"},
		{43.2, 5, "45"}, {42.4, 5, "40"}, {101325, 100, "101300"},
		{0.1 + 0.2, 0.1, "0.3"}, {21.37, 0.1, "21.4"}, {0.4, 0.25, "0.50"},
	} {
		if got, ok := roundTo(tt.v, tt.step); got != tt.want || !ok {
			t.Errorf("roundTo(%v, %v) = %s, %v; want %s", tt.v, tt.step, got, ok, tt.want)
		}
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		if _, ok := roundTo(v, 1); ok {
			t.Errorf("rounded %v", v)
		}
		if _, ok := roundTo(1, v); ok {
			t.Errorf("rounded to %v", v)
		}
	}
	for _, step := range []float64{0, -1} {
		if _, ok := roundTo(1, step); ok {
			t.Errorf("rounded to %v", step)
		}
	}
}

func TestValueOutOfRange(t *testing.T) {
	f, _ := FieldByName("temperature")
	if _, err := f.value(&Snapshot{Temperature: 1e30}, 0.5); err == nil {
		t.Error("a value longer than its field was written")
	}
	m, _ := FieldByName("mode")
	if _, err := m.value(&Snapshot{Mode: 9}, 0); err == nil {
		t.Error("an unknown mode was written")
	}
	if _, ok := FieldByName("house"); ok {
		t.Error("found a field that is not there")
	}
}
