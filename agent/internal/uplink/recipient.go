package uplink

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"quietstat/agent/internal/mqtt"
	"quietstat/consent"
)

// maxRecipient bounds a recipient file, in bytes.
const maxRecipient = 32 << 10

// CredentialsVariable names the folder of credentials (systemd.exec(5),
// LoadCredential=).
const CredentialsVariable = "CREDENTIALS_DIRECTORY"

// load reads a recipient file. What it does not understand it refuses, as the
// keeper may have meant something by it.
func load(path string) (consent.Recipient, error) {
	f, err := os.Open(path)
	if err != nil {
		return consent.Recipient{}, fmt.Errorf("%w: %w", ErrRecipient, err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxRecipient+1))
	if err != nil {
		return consent.Recipient{}, fmt.Errorf("%w: %w", ErrRecipient, err)
	}
	r, err := parse(b)
	if err != nil {
		return consent.Recipient{}, fmt.Errorf("%w: %s: %w", ErrRecipient, path, err)
	}
	return r, nil
}

func parse(b []byte) (consent.Recipient, error) {
	if len(b) > maxRecipient {
		return consent.Recipient{}, fmt.Errorf("more than %d bytes", maxRecipient)
	}
	var r consent.Recipient
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		return consent.Recipient{}, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return consent.Recipient{}, errors.New("something follows the recipient")
	}
	if err := r.Validate(); err != nil {
		return consent.Recipient{}, err
	}
	return r, nil
}

// options are the recipient's, for one window under a client id that no other
// window had.
func options(r consent.Recipient, path string) (mqtt.Options, error) {
	folder := os.Getenv(CredentialsVariable)
	if folder == "" {
		folder = path + ".credentials"
	}
	username, err := secret(folder, "username")
	if err != nil {
		return mqtt.Options{}, err
	}
	password, err := secret(folder, "password")
	if err != nil {
		return mqtt.Options{}, err
	}
	o := mqtt.Options{Endpoint: r.Endpoint, ClientID: rand.Text()[:20], Username: username, Password: password}
	if len(r.Pins) == 0 && r.CA == "" {
		return o, nil
	}
	o.TLS.Pins, o.TLS.CASum = r.Pins, r.CA
	if ca := filepath.Join(folder, "ca.pem"); exists(ca) {
		o.TLS.CAFile = ca
	}
	if r.ClientCert != "" {
		if !filepath.IsLocal(r.ClientCert) || filepath.Base(r.ClientCert) != r.ClientCert {
			return mqtt.Options{}, fmt.Errorf("%w: the client certificate's name must be a plain file name", ErrRecipient)
		}
		o.TLS.CertFile = filepath.Join(folder, r.ClientCert+".crt")
		o.TLS.KeyFile = filepath.Join(folder, r.ClientCert+".key")
	}
	return o, nil
}

func secret(folder, name string) (string, error) {
	path := filepath.Join(folder, name)
	if !exists(path) {
		return "", nil
	}
	s, err := mqtt.ReadSecret(path)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrRecipient, err)
	}
	return s, nil
}

// exists is true also where it cannot tell, so that the error is met on opening.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, os.ErrNotExist)
}
