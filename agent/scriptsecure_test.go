package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"os"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"github.com/rogpeppe/go-internal/testscript"
)

// cmdSecureBroker starts a recipient behind TLS at $SECURE that lets in whoever says
// user "house", password "a secret". Its certificate is in ca.pem, the pin of its key
// is $PIN, and what it hears goes to the file "received".
func cmdSecureBroker(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 0, "securebroker")
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "hub"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	ts.Check(err)
	leaf, err := x509.ParseCertificate(der)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("ca.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	received := ts.MkAbs("received")
	ts.Check(os.WriteFile(received, nil, 0o600))
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}})
	ts.Check(err)
	server := mqtt.New(&mqtt.Options{Logger: slog.New(slog.DiscardHandler)})
	ts.Defer(func() { complain(ts, server.Close()) })
	ts.Check(server.AddHook(&doorkeeper{diary{path: received}}, nil))
	ts.Check(server.AddListener(listeners.NewNet("secure", listener)))
	ts.Check(server.Serve())
	sum := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
	ts.Setenv("PIN", "sha256/"+base64.StdEncoding.EncodeToString(sum[:]))
	ts.Setenv("SECURE", "mqtts://"+listener.Addr().String())
}

// doorkeeper is a diary that wants a login.
type doorkeeper struct{ diary }

func (*doorkeeper) OnConnectAuthenticate(_ *mqtt.Client, p packets.Packet) bool {
	return string(p.Connect.Username) == "house" && string(p.Connect.Password) == "a secret"
}
