package trace

import (
	"fmt"
	"math"
	"reflect"
	"strconv"
)

// field is one number inside a value that stays where it is.
type field struct {
	name string // path below the value, "Doors[2].Open"
	kind byte   // how it is foreseen and written
	at   reflect.Value
}

// The kinds of fields, as they stand before their names in a form.
const (
	anInteger = 'i' // foreseen to grow as it last did
	aSwitch   = 'b' // foreseen to stay
	aFraction = 'x' // foreseen to stay; the bits of a float64
)

// fieldsOf lists the numbers in the value that v points to, in the order of their
// declaration. Pointers are left out: what they point to is recorded apart. The error
// names a field that cannot travel.
func fieldsOf(v any) ([]field, error) { return walk(nil, "", reflect.ValueOf(v).Elem()) }

func walk(list []field, name string, v reflect.Value) ([]field, error) {
	var err error
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			below := v.Type().Field(i).Name
			if name != "" {
				below = name + "." + below
			}
			if list, err = walk(list, below, v.Field(i)); err != nil {
				return list, err
			}
		}
		return list, nil
	case reflect.Array:
		for i := range v.Len() {
			if list, err = walk(list, name+"["+strconv.Itoa(i)+"]", v.Index(i)); err != nil {
				return list, err
			}
		}
		return list, nil
	case reflect.Pointer:
		return list, nil
	case reflect.Bool, reflect.Float64, reflect.Float32,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if !v.CanSet() {
			return list, fmt.Errorf("field %s cannot be recorded: it is not exported; export it, or keep it out of the state", name)
		}
		kind := byte(aSwitch)
		switch {
		case v.CanInt() || v.CanUint():
			kind = anInteger
		case v.CanFloat():
			kind = aFraction
		}
		return append(list, field{name, kind, v}), nil
	}
	return list, fmt.Errorf("field %s cannot be recorded: it is a %s, not a plain number", name, v.Kind())
}

// must is for the types of hvac, which a test holds to it.
func must(list []field, err error) []field {
	if err != nil {
		panic("trace: " + err.Error())
	}
	return list
}

// get is the field as 64 bits. It does not allocate.
func (f *field) get() uint64 {
	switch v := f.at; {
	case v.CanInt():
		return uint64(v.Int())
	case v.CanUint():
		return v.Uint()
	case v.CanFloat():
		return math.Float64bits(v.Float())
	case v.Bool():
		return 1
	}
	return 0
}

// set is the inverse of get. It reports false for what the field cannot hold.
func (f *field) set(w uint64) bool {
	switch v := f.at; {
	case v.CanInt():
		if v.OverflowInt(int64(w)) {
			return false
		}
		v.SetInt(int64(w))
	case v.CanUint():
		if v.OverflowUint(w) {
			return false
		}
		v.SetUint(w)
	case v.CanFloat():
		v.SetFloat(math.Float64frombits(w))
	default:
		if w > 1 {
			return false
		}
		v.SetBool(w == 1)
	}
	return true
}

// namesOf are the fields' names with their kinds in front: "i:In.Now".
func namesOf(list []field) []string {
	names := make([]string, len(list))
	for i, f := range list {
		names[i] = string(rune(f.kind)) + ":" + f.name
	}
	return names
}
