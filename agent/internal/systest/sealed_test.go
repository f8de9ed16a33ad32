//go:build systest

package systest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"math/big"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// sealed is a recipient behind TLS that notes which server name it was asked for.
type sealed struct {
	endpoint, pin string

	mu    sync.Mutex
	names []string
}

// certificate makes a self-signed one and the pin of its key.
func certificate(t testing.TB) (tls.Certificate, string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		IPAddresses: []net.IP{net.ParseIP(brokerAddress), net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	public, err := x509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(public)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, "sha256/" + base64.StdEncoding.EncodeToString(sum[:])
}

func seal(t testing.TB, namespace, address string) *sealed {
	t.Helper()
	own, pin := certificate(t)
	var l net.Listener
	inNamespace(t, namespace, func() (err error) {
		l, err = net.Listen("tcp", address)
		return err
	})
	t.Cleanup(func() { l.Close() })
	s := &sealed{endpoint: "mqtts://" + l.Addr().String(), pin: pin}
	config := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.names = append(s.names, hello.ServerName)
		return &own, nil
	}}
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go (&recorded{conn: tls.Server(conn, config), opened: time.Now()}).serve()
		}
	}()
	return s
}

// asked lists the server names of every handshake.
func (s *sealed) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.names)
}
