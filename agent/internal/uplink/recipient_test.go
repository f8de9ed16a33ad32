package uplink

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"quietstat/consent"
)

func TestCredentials(t *testing.T) {
	r := recipient("broker.lan:8883")
	r.Endpoint, r.Pins, r.ClientCert = "mqtts://broker.lan:8883", []string{"sha256/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, "house"
	path := enrol(t, r)
	folder := path + ".credentials"
	put := func(name, text string) {
		t.Helper()
		if err := os.MkdirAll(folder, 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}

	bare, err := options(r, path)
	if err != nil || bare.Username != "" || bare.TLS.CAFile != "" || bare.TLS.CertFile != filepath.Join(folder, "house.crt") || len(bare.TLS.Pins) != 1 {
		t.Errorf("without files: %+v, %v", bare, err)
	}
	put("username", "house\n")
	put("password", "secret")
	put("ca.pem", "x")
	o, err := options(r, path)
	if err != nil || o.Username != "house" || o.Password != "secret" || o.TLS.CAFile != filepath.Join(folder, "ca.pem") {
		t.Errorf("with files: %+v, %v", o, err)
	}
	if o.ClientID == bare.ClientID || len(o.ClientID) < 16 {
		t.Errorf("client ids %q and %q", o.ClientID, bare.ClientID)
	}
	if o.TLS.CASum != "" {
		t.Errorf("a recipient enrolled without authorities has %q", o.TLS.CASum)
	}
	r.CA, r.Pins = r.Pins[0], nil
	if o, err := options(r, path); err != nil || o.TLS.CASum != r.CA || o.TLS.CAFile == "" || len(o.TLS.Pins) != 0 {
		t.Errorf("enrolled by its authorities: %+v, %v", o, err)
	}
	put("password", "two\nlines")
	if _, err := options(r, path); !errors.Is(err, ErrRecipient) {
		t.Errorf("a password of two lines: %v", err)
	}

	folder = t.TempDir()
	t.Setenv(CredentialsVariable, folder)
	put("username", "systemd")
	if o, err := options(r, path); err != nil || o.Username != "systemd" || o.Password != "" {
		t.Errorf("from systemd: %+v, %v", o, err)
	}
	for _, name := range []string{"../house", "a/b", ".."} {
		r.ClientCert = name
		if _, err := options(r, path); !errors.Is(err, ErrRecipient) {
			t.Errorf("a certificate called %q: %v", name, err)
		}
	}
}

// FuzzRecipient looks for a file that is taken and means something else when it is
// written down again.
func FuzzRecipient(f *testing.F) {
	b, err := json.Marshal(recipient("127.0.0.1:1883"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(b)
	f.Add([]byte(`{"id":"hub"}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parse(b)
		if err != nil {
			if r.Fingerprint() != (consent.Recipient{}).Fingerprint() {
				t.Fatal("something was returned with an error")
			}
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if s, err := parse(again); err != nil || s.Fingerprint() != r.Fingerprint() {
			t.Fatalf("%s was taken, %s was not the same: %v", b, again, err)
		}
	})
}
