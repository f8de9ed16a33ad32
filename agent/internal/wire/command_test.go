package wire

import (
	"errors"
	"math"
	"strings"
	"testing"

	"quietstat/consent"
)

func TestCommandCrosses(t *testing.T) {
	for _, c := range []Command{
		{Epoch: 1, Kind: consent.CommandSetpoint, Number: 21.5},
		{Epoch: 1, Kind: consent.CommandMode, Number: 1, Retained: true},
		{Epoch: 7, Kind: consent.CommandReport, Ref: "0 device token"},
		{Epoch: 7}, // not understood
	} {
		b, err := Encode(KindCommand, c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := DecodeCommand(b[1:])
		if err != nil || got != c {
			t.Errorf("%+v came as %+v, %v", c, got, err)
		}
		if again := CommandOf(c.Epoch, got.Question(), c.Retained); again != c {
			t.Errorf("%+v as a question and back is %+v", c, again)
		}
	}
	if _, err := Encode(KindCommand, Command{Epoch: 1, Kind: consent.CommandSetpoint, Number: math.NaN()}); err == nil {
		t.Error("a number that is none was written down")
	}
}

func TestDecodeCommandRefuses(t *testing.T) {
	for _, body := range []string{
		``, `{}`, `null`, `{"epoch":0,"kind":1}`, `{"epoch":1,"kind":200}`, `{"epoch":1,"kind":-1}`, `{"epoch":1,"kind":1,"number":1e999}`,
		`{"epoch":1,"kind":1,"payload":"x"}`, `{"epoch":1,"kind":0,"number":3}`, `{"epoch":1,"kind":0,"ref":"x"}`, `{"epoch":1,"kind":7,"ref":"\n"}`,
		`{"epoch":1,"kind":7,"ref":"` + strings.Repeat("x", consent.MaxRef+1) + `"}`, `{"epoch":1,"kind":1}{}`,
	} {
		if c, err := DecodeCommand([]byte(body)); !errors.Is(err, ErrFrame) {
			t.Errorf("%.60s: %+v, %v", body, c, err)
		}
	}
}

func FuzzDecodeCommand(f *testing.F) {
	f.Add([]byte(`{"epoch":1,"kind":1,"number":21.5}`))
	f.Add([]byte(`{"epoch":1,"kind":1,"number":1e400}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := DecodeCommand(b)
		if err != nil {
			return
		}
		if math.IsNaN(c.Number) || math.IsInf(c.Number, 0) || len(c.Ref) > consent.MaxRef || c.Epoch == 0 {
			t.Fatalf("accepted %+v", c)
		}
	})
}
