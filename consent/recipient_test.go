package consent

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const testPin = "sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func TestRecipientValidate(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(*Recipient)
		want string // in the error; "" for none
	}{
		{"plain", func(*Recipient) {}, ""},
		{"this device", func(r *Recipient) { r.Reach = ReachThisDevice }, ""},
		{"no id", func(r *Recipient) { r.ID = "" }, "id"},
		{"upper case id", func(r *Recipient) { r.ID = "Hub" }, "id"},
		{"hole in id", func(r *Recipient) { r.ID = "a b" }, "id"},
		{"dash first", func(r *Recipient) { r.ID = "-a" }, "id"},
		{"32 long", func(r *Recipient) { r.ID = strings.Repeat("a", 32) }, ""},
		{"33 long", func(r *Recipient) { r.ID = strings.Repeat("a", 33) }, "id"},
		{"no name", func(r *Recipient) { r.DisplayName = "" }, "display name"},
		{"control character", func(r *Recipient) { r.DisplayName = "a\x1b[2J" }, "display name"},
		{"name of 65", func(r *Recipient) { r.DisplayName = strings.Repeat("ä", 65) }, "display name"},
		{"name of 64", func(r *Recipient) { r.DisplayName = strings.Repeat("ä", 64) }, ""},
		{"no reach", func(r *Recipient) { r.Reach = ReachNone }, "reach"},
		{"odd reach", func(r *Recipient) { r.Reach = 9 }, "reach"},
		{"no endpoint", func(r *Recipient) { r.Endpoint = "" }, "endpoint"},
		{"internet in the clear", func(r *Recipient) { r.Reach = ReachInternet }, "mqtts"},
		{"internet, nobody answers", func(r *Recipient) {
			r.Reach, r.Endpoint, r.Pins = ReachInternet, "mqtts://broker.example:8883", []string{testPin}
		}, "legal entity"},
		{"internet", func(r *Recipient) {
			r.Reach, r.Endpoint, r.Pins, r.LegalEntity, r.Jurisdiction = ReachInternet, "mqtts://broker.example:8883", []string{testPin}, "Example AG", "CH"
		}, ""},
		{"tls without pin", func(r *Recipient) { r.Endpoint = "mqtts://192.0.2.7:8883" }, "pin"},
		{"pin without tls", func(r *Recipient) { r.Pins = []string{testPin} }, "pin"},
		{"short pin", func(r *Recipient) { r.Endpoint, r.Pins = "mqtts://a:1", []string{"sha256/AAAA"} }, "pin"},
		{"other pin", func(r *Recipient) { r.Endpoint, r.Pins = "mqtts://a:1", []string{"md5/AAAA"} }, "pin"},
		{"empty pin", func(r *Recipient) { r.Endpoint, r.Pins = "mqtts://a:1", []string{""} }, "pin"},
		{"tls with a CA", func(r *Recipient) { r.Endpoint, r.CA = "mqtts://a:1", testPin }, ""},
		{"tls with both", func(r *Recipient) { r.Endpoint, r.CA, r.Pins = "mqtts://a:1", testPin, []string{testPin} }, ""},
		{"CA without tls", func(r *Recipient) { r.CA = testPin }, "pin"},
		{"short CA", func(r *Recipient) { r.Endpoint, r.CA = "mqtts://a:1", "sha256/AAAA" }, "CA"},
		{"wildcard", func(r *Recipient) { r.TopicPrefix = "a/+" }, "topic"},
		{"hash", func(r *Recipient) { r.TopicPrefix = "#" }, "topic"},
		{"system topic", func(r *Recipient) { r.TopicPrefix = "$SYS" }, "topic"},
		{"leading slash", func(r *Recipient) { r.TopicPrefix = "/a" }, "topic"},
		{"empty level", func(r *Recipient) { r.TopicPrefix = "a//b" }, "topic"},
		{"no prefix", func(r *Recipient) { r.TopicPrefix = "" }, "topic"},
		{"other profile", func(r *Recipient) { r.Profile = "json/2" }, "profile"},
		{"onward", func(r *Recipient) { r.Onward = []string{"Example Cloud"} }, ""},
		{"empty onward", func(r *Recipient) { r.Onward = []string{""} }, "onward"},
		{"odd entity", func(r *Recipient) { r.LegalEntity = "a\n" }, "legal entity"},
	} {
		r := testRecipient("hub")
		tt.edit(&r)
		err := r.Validate()
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

// Every field counts: whatever changes, the fingerprint changes, and Changed
// names it.
func TestAnyChangeChangesTheFingerprint(t *testing.T) {
	base := testRecipient("hub")
	typ := reflect.TypeFor[Recipient]()
	for i := range typ.NumField() {
		r := base
		v := reflect.ValueOf(&r).Elem().Field(i)
		switch v.Kind() {
		case reflect.String:
			v.SetString(v.String() + "x")
		case reflect.Uint8:
			v.SetUint(v.Uint() + 1)
		case reflect.Slice:
			v.Set(reflect.ValueOf([]string{"x"}))
		}
		name, _, _ := strings.Cut(typ.Field(i).Tag.Get("json"), ",")
		if r.Fingerprint() == base.Fingerprint() || !slices.Equal(Changed(base, r), []string{name}) {
			t.Errorf("changing %s: same fingerprint, or changed %q", name, Changed(base, r))
		}
	}
	if Changed(base, base) != nil {
		t.Error("changed without a change")
	}
}

// The canonical form is unambiguous: text cannot move from one field to another.
func TestCanonicalIsInjective(t *testing.T) {
	text := rapid.StringMatching(`[a:\n0-9]{0,4}`)
	list := rapid.SliceOfN(text, 0, 3)
	gen := rapid.Custom(func(t *rapid.T) Recipient {
		return Recipient{ID: text.Draw(t, "id"), DisplayName: text.Draw(t, "name"), Endpoint: text.Draw(t, "endpoint"), Pins: list.Draw(t, "pins"), Onward: list.Draw(t, "onward")}
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := gen.Draw(t, "a"), gen.Draw(t, "b")
		if (string(a.Canonical()) == string(b.Canonical())) != (len(Changed(a, b)) == 0) {
			t.Fatal("two recipients share a canonical form, or one has two")
		}
	})
	a, b := testRecipient("hub"), testRecipient("hub")
	a.Onward, b.Onward = []string{"x", "y"}, []string{"y", "x"}
	if a.Fingerprint() != b.Fingerprint() {
		t.Error("the order of onward parties changes the fingerprint")
	}
}

func TestGoldenFingerprint(t *testing.T) {
	const canonical = "quietstat/recipient/1\nid 1\n3:hub\ndisplay_name 1\n9:Assistant\nlegal_entity 1\n0:\njurisdiction 1\n0:\nreach 1\n3:lan\nendpoint 1\n21:mqtt://192.0.2.7:1883\npins 0\nclient_cert 1\n0:\ntopic_prefix 1\n14:quietstat/7f3a\nprofile 1\n6:json/1\nonward 0\n"
	if got := string(testRecipient("hub").Canonical()); got != canonical {
		t.Errorf("canonical form changed, which voids every consent there is:\n%q\n%q", got, canonical)
	}
	fp := testRecipient("hub").Fingerprint()
	got, err := unmarshal[Fingerprint](fp.String())
	if err != nil || got != fp {
		t.Errorf("%v, %v", got, err)
	}
	for _, s := range []string{"", "00", fp.String() + "00", strings.ToUpper(fp.String()), strings.Repeat("g", 64)} {
		if _, err := unmarshal[Fingerprint](s); err == nil {
			t.Errorf("read %q", s)
		}
	}
}

func TestParseEndpoint(t *testing.T) {
	for _, tt := range []struct {
		in   string
		want Endpoint
	}{
		{"mqtt://192.0.2.7:1883", Endpoint{"mqtt", "192.0.2.7", 1883}},
		{"mqtts://broker.example:8883", Endpoint{"mqtts", "broker.example", 8883}},
		{"mqtt://[::1]:1", Endpoint{"mqtt", "::1", 1}},
		{"mqtt://a:65535", Endpoint{"mqtt", "a", 65535}},
	} {
		got, err := ParseEndpoint(tt.in)
		if err != nil || got != tt.want || got.Scheme+"://"+got.Address() != tt.in {
			t.Errorf("%s: %+v, %v", tt.in, got, err)
		}
	}
	for _, in := range []string{"", "mqtt", "tcp://a:1", "mqtt://", "mqtt://a", "mqtt://:1", "mqtt://a:", "mqtt://a:0", "mqtt://a:65536", "mqtt://a:01", "mqtt://a:+1",
		"mqtt://u@a:1", "mqtt://a:1/x", "mqtt://a:1?x", "mqtt://[::1:1", "mqtt://[a]:1", "mqtt://[]:1", "mqtt://a b:1", "mqtt://::1:1", "mqtt://" + strings.Repeat("a", 254) + ":1"} {
		if got, err := ParseEndpoint(in); err == nil {
			t.Errorf("%q was read as %+v", in, got)
		}
	}
}

func FuzzParseEndpoint(f *testing.F) {
	for _, s := range []string{"mqtt://192.0.2.7:1883", "mqtts://[::1]:8883", "mqtt://a:01"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if e, err := ParseEndpoint(s); err == nil && e.Scheme+"://"+e.Address() != s {
			t.Errorf("%q was read and written as %q", s, e.Scheme+"://"+e.Address())
		}
	})
}
