package mqtt

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/wire"
)

// identity is a self-signed certificate, in memory and in files.
type identity struct {
	cert     tls.Certificate
	pin      string
	certFile string
	keyFile  string
}

func identify(t *testing.T) identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hub"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	dir := t.TempDir()
	id := identity{
		cert:     tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf},
		pin:      "sha256/" + base64.StdEncoding.EncodeToString(sum[:]),
		certFile: filepath.Join(dir, "id.crt"), keyFile: filepath.Join(dir, "id.key"),
	}
	for file, block := range map[string]*pem.Block{
		id.certFile: {Type: "CERTIFICATE", Bytes: der}, id.keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(file, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// secured is a recipient behind TLS, before the handshake the same as in the clear.
func secured(t *testing.T, config *tls.Config) *recipient {
	t.Helper()
	l, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		t.Fatal(err)
	}
	return attend(t, &recipient{Listener: l, read: make(chan struct{})})
}

func sumOf(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(b)
	return "sha256/" + base64.StdEncoding.EncodeToString(sum[:])
}

func TestTLS(t *testing.T) {
	hub, other := identify(t), identify(t)
	tests := []struct {
		name   string
		tls    TLS
		server func(*tls.Config)
		ok     bool
	}{
		{"pin", TLS{Pins: []string{hub.pin}}, nil, true},
		{"one of two pins", TLS{Pins: []string{other.pin, hub.pin}}, nil, true},
		{"another pin", TLS{Pins: []string{other.pin}}, nil, false},
		{"authority", TLS{CAFile: hub.certFile}, nil, true},
		{"another authority", TLS{CAFile: other.certFile}, nil, false},
		{"the authority that was enrolled", TLS{CAFile: hub.certFile, CASum: sumOf(t, hub.certFile)}, nil, true},
		{"another than was enrolled", TLS{CAFile: hub.certFile, CASum: sumOf(t, other.certFile)}, nil, false},
		{"enrolled, and its file gone", TLS{Pins: []string{hub.pin}, CASum: sumOf(t, hub.certFile)}, nil, false},
		{"authority and pin", TLS{CAFile: hub.certFile, Pins: []string{hub.pin}}, nil, true},
		{"authority and another pin", TLS{CAFile: hub.certFile, Pins: []string{other.pin}}, nil, false},
		{"pin and another authority", TLS{CAFile: other.certFile, Pins: []string{hub.pin}}, nil, false},
		{"the system's authorities", TLS{}, nil, false},
		{"1.2", TLS{Pins: []string{hub.pin}}, func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }, true},
		{"1.1", TLS{Pins: []string{hub.pin}}, func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 }, false},
		{"with our certificate", TLS{Pins: []string{hub.pin}, CertFile: other.certFile, KeyFile: other.keyFile}, func(c *tls.Config) { c.ClientAuth = tls.RequireAnyClientCert }, true},
		{"certificate without key", TLS{Pins: []string{hub.pin}, CertFile: other.certFile}, nil, false},
		{"malformed pin", TLS{Pins: []string{hub.pin[:20]}}, nil, false},
		{"pin without its prefix", TLS{Pins: []string{strings.TrimPrefix(hub.pin, "sha256/")}}, nil, false},
		{"no authorities in the file", TLS{CAFile: hub.keyFile}, nil, false},
		{"no file", TLS{CAFile: hub.certFile + "x"}, nil, false},
		{"no certificate file", TLS{CertFile: "none", KeyFile: "none"}, nil, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := &tls.Config{Certificates: []tls.Certificate{hub.cert}}
			if test.server != nil {
				test.server(config)
			}
			r := secured(t, config)
			o := options(r.Addr().String())
			o.Endpoint, o.TLS = "mqtts://"+r.Addr().String(), test.tls
			c, err := Dial(t.Context(), o)
			if (err == nil) != test.ok {
				t.Fatalf("dial: %v", err)
			}
			if !test.ok {
				if r.end(); len(r.kinds()) != 0 {
					t.Error("it said something to the wrong recipient")
				}
				return
			}
			if result, err := c.Publish(delivery(t, epoch, "home/t", "21.0")); result != wire.ResultSent {
				t.Error(err)
			}
			c.Close()
			r.end()
			if got := r.published(); !slices.Equal(got, []string{"21.0"}) {
				t.Errorf("%q was published", got)
			}
		})
	}
}

// A cut is a cut also under TLS: no close_notify, which would be a word after the
// end, and nothing of a write that came too late.
func TestTLSIsCutWithoutGoodbye(t *testing.T) {
	hub := identify(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	raw := make(chan []byte, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		var seen bytes.Buffer
		s := tls.Server(&spy{c, &seen}, &tls.Config{Certificates: []tls.Certificate{hub.cert}})
		buf := make([]byte, 1<<10)
		if _, err := s.Read(buf); err == nil {
			accept(s)
		}
		seen.Reset()
		for err == nil {
			_, err = s.Read(buf)
		}
		raw <- seen.Bytes()
	}()
	o := options(l.Addr().String())
	o.Endpoint, o.TLS = "mqtts://"+l.Addr().String(), TLS{Pins: []string{hub.pin}}
	dial(t, o).Close()
	if got := <-raw; len(got) != 0 {
		t.Errorf("% x came after CONNACK", got)
	}
}

// spy shows what passes below TLS.
type spy struct {
	net.Conn
	seen *bytes.Buffer
}

func (s *spy) Read(b []byte) (int, error) {
	n, err := s.Conn.Read(b)
	s.seen.Write(b[:n])
	return n, err
}

func TestReadSecret(t *testing.T) {
	path := filepath.Join(t.TempDir(), "password")
	for _, test := range []struct {
		text, want string
		ok         bool
	}{
		{"secret", "secret", true},
		{"secret\n", "secret", true},
		{"secret\r\n", "secret", true},
		{" spaces stay ", " spaces stay ", true},
		{"", "", false},
		{"\n", "", false},
		{"two\nlines", "", false},
		{"secret\n\n", "", false},
		{"nul\x00", "", false},
		{strings.Repeat("x", maxSecret), strings.Repeat("x", maxSecret), true},
		{strings.Repeat("x", maxSecret+1), "", false},
	} {
		if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := ReadSecret(path); got != test.want || (err == nil) != test.ok {
			t.Errorf("%.20q: %.20q, %v", test.text, got, err)
		}
	}
	if got, err := ReadSecret(""); got != "" || err != nil {
		t.Errorf("no path: %q, %v", got, err)
	}
	if _, err := ReadSecret(path + "x"); err == nil {
		t.Error("no file: no error")
	}
}
