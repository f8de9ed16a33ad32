package alexa

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Decode reads one directive of at most MaxMessage bytes. It is strict on the shape
// of what it uses: a key that stands twice, a wrong type, a missing part or anything
// behind the end is an error that wraps ErrDirective. What it does not use, bearer
// tokens, grant codes and cookies among it, is passed over without being kept.
func Decode(message []byte) (Directive, error) {
	if len(message) > MaxMessage {
		return Directive{}, fmt.Errorf("%w: %d bytes, more than %d", ErrDirective, len(message), MaxMessage)
	}
	r := newReader(message)
	var w words
	err := r.object(map[string]func() error{"directive": func() error { return w.read(r) }}, true)
	if err == nil {
		if _, end := r.Token(); end != io.EOF {
			err = fmt.Errorf("something behind its end")
		}
	}
	if err == nil {
		var d Directive
		if d, err = w.understand(); err == nil {
			return d, nil
		}
	}
	return Directive{}, fmt.Errorf("%w: %w", ErrDirective, err)
}

// reader walks through JSON. Unlike a struct's decoding it tells keys by their exact
// spelling and sees one that stands twice.
type reader struct{ *json.Decoder }

func newReader(b []byte) *reader {
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	return &reader{d}
}

// object reads an object, giving known keys to their readers. Others are passed
// over, or refused when the object is closed.
func (r *reader) object(known map[string]func() error, closed bool) error {
	if t, err := r.Token(); err != nil || t != json.Delim('{') {
		return fmt.Errorf("no object where one belongs")
	}
	var seen []string
	for r.More() {
		t, err := r.Token()
		key, ok := t.(string)
		if err != nil || !ok {
			return fmt.Errorf("broken JSON")
		}
		read := known[key]
		switch {
		case read == nil && closed:
			return fmt.Errorf("a key that does not belong")
		case read == nil:
			read = r.pass
		case slices.Contains(seen, key):
			return fmt.Errorf("%s stands twice", key)
		default:
			seen = append(seen, key)
		}
		if err := read(); err != nil {
			return err
		}
	}
	if _, err := r.Token(); err != nil {
		return fmt.Errorf("broken JSON")
	}
	return nil
}

// passed takes any value and holds nothing of it.
type passed struct{}

func (passed) UnmarshalJSON([]byte) error { return nil }

func (r *reader) pass() error {
	if err := r.Decode(&passed{}); err != nil {
		return fmt.Errorf("broken JSON")
	}
	return nil
}

// text reads a string into s.
func (r *reader) text(s *string) func() error {
	return func() error {
		t, err := r.Token()
		v, ok := t.(string)
		if err != nil || !ok {
			return fmt.Errorf("no text where it belongs")
		}
		*s = v
		return nil
	}
}

// number reads a number into f.
func (r *reader) number(f *float64, has *bool) func() error {
	return func() error {
		t, err := r.Token()
		n, ok := t.(json.Number)
		if err != nil || !ok {
			return fmt.Errorf("no number where it belongs")
		}
		if *f, err = n.Float64(); err != nil {
			return fmt.Errorf("a number beyond all bounds")
		}
		*has = true
		return nil
	}
}
