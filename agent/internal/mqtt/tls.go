package mqtt

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
)

// TLS says how the recipient proves who it is, and how we do. The zero value
// trusts the system's authorities and shows no certificate.
type TLS struct {
	// CAFile holds the only authorities to trust, in PEM.
	CAFile string
	// CASum is what the SHA-256 of that file must be, "sha256/" and base64, as it was
	// enrolled; "" takes the file as it is.
	CASum string
	// Pins are keys the recipient may show, each "sha256/" and the base64 of the
	// SHA-256 of its certificate's SubjectPublicKeyInfo, as in RFC 7469. Without
	// CAFile they take the place of authority and name, which suits a broker that
	// signs its own certificate; with CAFile both must hold.
	Pins []string
	// CertFile and KeyFile are our certificate and key, in PEM; both or neither.
	CertFile string
	KeyFile  string
}

func (t TLS) empty() bool {
	return t.CAFile == "" && t.CASum == "" && len(t.Pins) == 0 && t.CertFile == "" && t.KeyFile == ""
}

// config is for a connection to the host: TLS 1.2 or later, nothing resumed from
// an earlier window.
func (t TLS) config(host string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host, SessionTicketsDisabled: true}
	if t.CASum != "" && t.CAFile == "" {
		return nil, errors.New("the recipient was enrolled with authorities and their file is not here")
	}
	if t.CAFile != "" {
		pem, err := os.ReadFile(t.CAFile)
		if err != nil {
			return nil, fmt.Errorf("the recipient's authorities: %w", err)
		}
		if sum := sha256.Sum256(pem); t.CASum != "" && t.CASum != "sha256/"+base64.StdEncoding.EncodeToString(sum[:]) {
			return nil, fmt.Errorf("the recipient's authorities: %s is not the file that was enrolled", t.CAFile)
		}
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("the recipient's authorities: %s holds no certificate in PEM", t.CAFile)
		}
	}
	if len(t.Pins) != 0 {
		pins := make(map[[sha256.Size]byte]bool)
		for _, pin := range t.Pins {
			key, err := parsePin(pin)
			if err != nil {
				return nil, err
			}
			pins[key] = true
		}
		c.InsecureSkipVerify = t.CAFile == "" // then the pins are what verifies
		c.VerifyConnection = func(s tls.ConnectionState) error { return checkPins(s, pins) }
	}
	if (t.CertFile == "") != (t.KeyFile == "") {
		return nil, errors.New("a client certificate needs its key, and a key its certificate; name both files")
	}
	if t.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(t.CertFile, t.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("the client certificate: %w", err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	return c, nil
}

func parsePin(pin string) ([sha256.Size]byte, error) {
	text, ok := strings.CutPrefix(pin, "sha256/")
	b, err := base64.StdEncoding.Strict().DecodeString(text)
	if !ok || err != nil || len(b) != sha256.Size {
		return [sha256.Size]byte{}, errors.New(`a pin is "sha256/" and the base64 of the 32 bytes of the key's SHA-256`)
	}
	return [sha256.Size]byte(b), nil
}

func checkPins(s tls.ConnectionState, pins map[[sha256.Size]byte]bool) error {
	if len(s.PeerCertificates) == 0 {
		return errors.New("the recipient showed no certificate")
	}
	if !pins[sha256.Sum256(s.PeerCertificates[0].RawSubjectPublicKeyInfo)] {
		return errors.New("the recipient's key is not one that was enrolled; if its change is known, remove the recipient and add it anew")
	}
	return nil
}
