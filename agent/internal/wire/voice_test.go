package wire

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"quietstat/consent"
)

func TestHeardKeepsTheEvent(t *testing.T) {
	want := consent.SessionEvent{Source: consent.SourceHermes, Site: "küche", ExtID: "a1", Kind: consent.KindWake, Live: true}
	b, err := Encode(KindHeard, HeardOf(want))
	if err != nil {
		t.Fatal(err)
	}
	h, err := DecodeHeard(b[1:])
	if err != nil || h.Event() != want {
		t.Errorf("%+v became %+v, %v", want, h.Event(), err)
	}
}

// A name is itself up to the bound, and beyond it a digest that still tells two apart.
func TestHeardShortensNames(t *testing.T) {
	for _, c := range []struct {
		name string
		same bool
	}{
		{"", true},
		{strings.Repeat("x", MaxVoiceName), true},
		{strings.Repeat("x", MaxVoiceName+1), false},
		{"two\nlines", false},
		{"\xff", false},
		{"\x1b[2J", false},
	} {
		h := HeardOf(consent.SessionEvent{Source: consent.SourceLVA, Site: c.name, ExtID: c.name + "b", Kind: consent.KindWake})
		if (h.Site == c.name) != c.same || !voiceNamed(h.Site) || !voiceNamed(h.ExtID) {
			t.Errorf("%q became %q and %q", c.name, h.Site, h.ExtID)
		}
		if !c.same && (h.Site == h.ExtID || len(h.Site) != MaxVoiceName) {
			t.Errorf("%q became %q, as another did", c.name, h.Site)
		}
	}
}

func TestDecodeHeardRefuses(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"source":"lva","kind":2,"live":true}`:                                true,
		`{"source":"esphome","site":"a","ext_id":"b","kind":9}`:                true,
		`{"source":"lva","kind":200}`:                                          true, // a kind of tomorrow closes
		`{"source":"none","kind":2}`:                                           false,
		`{"source":"button","kind":2}`:                                         false, // the button is control's alone
		`{"source":"remote","kind":2}`:                                         false,
		`{"source":"telepathy","kind":2}`:                                      false,
		`{"source":"lva","kind":0}`:                                            false,
		`{"source":"lva","kind":256}`:                                          false,
		`{"source":"lva","kind":2,"text":"it is cold"}`:                        false,
		`{"source":"lva","kind":2,"site":"` + strings.Repeat("x", 64) + `"}`:   true,
		`{"source":"lva","kind":2,"site":"` + strings.Repeat("x", 65) + `"}`:   false,
		`{"source":"lva","kind":2,"ext_id":"` + strings.Repeat("x", 65) + `"}`: false,
		`{"source":"lva","kind":2,"site":"a\nb"}`:                              false,
		`{"source":"lva","kind":2,"site":"a` + "\xff" + `"}`:                   false,
		`[]`: false,
	} {
		h, err := DecodeHeard([]byte(body))
		if (err == nil) != ok || err != nil && (!errors.Is(err, ErrFrame) || h != Heard{}) {
			t.Errorf("%s: %+v, %v", body, h, err)
		}
	}
}

func TestDecodeIntentRefuses(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"id":1,"source":"hermes","kind":1,"number":21.5}`:             true,
		`{"id":1,"source":"hermes","kind":4,"number":0}`:                true,
		`{"id":1,"source":"hermes","kind":2,"number":-1000}`:            true,
		`{"id":1,"source":"hermes","kind":2,"number":-1000.1}`:          false,
		`{"id":0,"source":"hermes","kind":1,"number":21}`:               false,
		`{"id":1,"source":"button","kind":1,"number":21}`:               false,
		`{"id":1,"source":"hermes","kind":0,"number":21}`:               false,
		`{"id":1,"source":"hermes","kind":5,"number":21}`:               false,
		`{"id":1,"source":"hermes","kind":1,"number":1e999}`:            false,
		`{"id":1,"source":"hermes","kind":1,"number":"21"}`:             false,
		`{"id":1,"source":"hermes","kind":1,"number":21,"site":"a\tb"}`: false,
	} {
		i, err := DecodeIntent([]byte(body))
		if (err == nil) != ok || err != nil && (!errors.Is(err, ErrFrame) || i != Intent{}) {
			t.Errorf("%s: %+v, %v", body, i, err)
		}
	}
}

func TestDecodeAnswerRefuses(t *testing.T) {
	long := strings.Repeat("x", MaxAnswer)
	for body, ok := range map[string]bool{
		`{"id":1,"text":""}`:              true,
		`{"id":1,"text":"` + long + `"}`:  true,
		`{"id":1,"text":"` + long + `x"}`: false,
		`{"id":0,"text":"x"}`:             false,
		`{"id":1,"text":"a\u0007"}`:       false,
		`{"id":1,"text":"a","more":1}`:    false,
	} {
		a, err := DecodeAnswer([]byte(body))
		if (err == nil) != ok || err != nil && (!errors.Is(err, ErrFrame) || a != Answer{}) {
			t.Errorf("%.40s: %.40v, %v", body, a, err)
		}
	}
}

// Only a decided message is said, whole, and of a length people listen to.
func TestAnswerOf(t *testing.T) {
	frame := func(kind Kind, d delivery) []byte {
		b, err := Encode(kind, d)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	said := func(text string) delivery {
		return delivery{ID: "m1", Epoch: 3, Topic: "this-room/say", Payload: []byte(text)}
	}
	a, o, err := AnswerOf(frame(KindDelivery, said("It is 20 degrees.")), 7)
	if err != nil || a != (Answer{7, "It is 20 degrees."}) || o != (Outcome{ID: "m1", Epoch: 3, Result: ResultSent}) {
		t.Errorf("%+v, %+v, %v", a, o, err)
	}
	for name, f := range map[string][]byte{
		"nothing": nil, "another kind": frame(KindOutcome, said("x")), "no body": {byte(KindDelivery)}, "an erasure": frame(KindDelivery, delivery{ID: "m1", Epoch: 3, Topic: "t", Erase: true}),
		"a speech": frame(KindDelivery, said(strings.Repeat("x", MaxAnswer+1))), "a bell": frame(KindDelivery, said("\a")),
	} {
		if a, o, err := AnswerOf(f, 7); !errors.Is(err, ErrFrame) || a != (Answer{}) || o != (Outcome{}) {
			t.Errorf("%s is said as %+v, %+v, %v", name, a, o, err)
		}
	}
	if _, _, err := AnswerOf(frame(KindDelivery, said("x")), 0); !errors.Is(err, ErrFrame) {
		t.Error("an answer to no wish")
	}
}

// What the voice role can say has no room for what a person said: two names of a
// bounded length, and no other text.
func TestVoiceFramesHaveNoRoomForWords(t *testing.T) {
	names := map[string]bool{"Site": true, "ExtID": true}
	for _, frame := range []any{Heard{}, Intent{}} {
		for f := range reflect.TypeOf(frame).Fields() {
			switch f.Type.Kind() {
			case reflect.Bool, reflect.Uint8, reflect.Uint64, reflect.Float64:
			default:
				if !names[f.Name] || f.Type.Kind() != reflect.String {
					t.Errorf("%T.%s is a %s", frame, f.Name, f.Type)
				}
			}
		}
	}
}

// Whatever is read is within its bounds and is written down again as it was meant.
func FuzzVoice(f *testing.F) {
	f.Add([]byte(`{"source":"lva","site":"a","kind":2,"live":true}`))
	f.Add([]byte(`{"id":1,"source":"hermes","kind":1,"number":21.5}`))
	f.Add([]byte(`{"id":7,"text":"It is 20.5 degrees."}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, err := DecodeHeard(b); err == nil && HeardOf(h.Event()) != h {
			t.Fatalf("%+v becomes %+v", h, HeardOf(h.Event()))
		}
		if i, err := DecodeIntent(b); err == nil {
			again, err := Encode(KindIntent, i)
			if err != nil {
				t.Fatal(err)
			}
			if j, err := DecodeIntent(again[1:]); err != nil || j != i {
				t.Fatalf("%+v becomes %+v, %v", i, j, err)
			}
		}
		if a, err := DecodeAnswer(b); err == nil && len(a.Text) > MaxAnswer {
			t.Fatalf("%d bytes to say", len(a.Text))
		}
	})
}
