package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"quietstat/consent"
)

func TestDeliveryNeedsEverything(t *testing.T) {
	whole := delivery{ID: "m1", Epoch: 3, Topic: "house/a", Payload: []byte("{}")}
	for name, c := range map[string]struct {
		change func(d *delivery)
		ok     bool
	}{
		"whole":                          {func(*delivery) {}, true},
		"no id":                          {func(d *delivery) { d.ID = "" }, false},
		"no epoch":                       {func(d *delivery) { d.Epoch = 0 }, false},
		"no topic":                       {func(d *delivery) { d.Topic = "" }, false},
		"no payload":                     {func(d *delivery) { d.Payload = nil }, false},
		"an erasure":                     {func(d *delivery) { d.Payload, d.Erase = nil, true }, true},
		"an erasure that says something": {func(d *delivery) { d.Erase = true }, false},
	} {
		d := whole
		c.change(&d)
		b, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeDelivery(b)
		switch {
		case !c.ok && (!errors.Is(err, ErrFrame) || got.ID() != "" || got.Payload() != nil):
			t.Errorf("%s: read as %+v, %v", name, got, err)
		case c.ok && (err != nil || got.ID() != d.ID || got.Epoch() != d.Epoch || got.Topic() != d.Topic || !bytes.Equal(got.Payload(), d.Payload)):
			t.Errorf("%s: read as %+v, %v", name, got, err)
		}
	}
	if _, err := DecodeDelivery([]byte(`{"id":"m1","epoch":3,"topic":"t","payload":"e30=","retain":true}`)); !errors.Is(err, ErrFrame) {
		t.Errorf("a key nobody knows was read: %v", err)
	}
}

// Nothing that is read as a delivery lacks a part, and on error nothing is.
func FuzzDelivery(f *testing.F) {
	f.Add([]byte(`{"id":"m1","epoch":3,"topic":"t","payload":"e30="}`))
	f.Add([]byte(`{"id":"m1","epoch":3,"topic":"t","payload":"","erase":true}`))
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		d, err := DecodeDelivery(b)
		if err != nil {
			if d.ID() != "" || d.Epoch() != 0 || d.Topic() != "" || d.Payload() != nil {
				t.Fatalf("%+v beside %v", d, err)
			}
			return
		}
		if d.ID() == "" || d.Epoch() == 0 || d.Topic() == "" {
			t.Fatalf("read as %+v", d)
		}
	})
}

// A release that no gate has made is no delivery.
func TestZeroReleaseIsNoDelivery(t *testing.T) {
	frame, err := EncodeRelease(consent.Release{})
	if err != nil {
		return // refused even earlier
	}
	if d, err := DecodeDelivery(frame[1:]); !errors.Is(err, ErrFrame) {
		t.Errorf("read as %+v, %v", d, err)
	}
}
