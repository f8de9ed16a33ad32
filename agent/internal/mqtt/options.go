package mqtt

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"quietstat/consent"
)

// Options describe one window's connection. Endpoint, ClientID, Epoch and Alive
// are required.
type Options struct {
	Endpoint string // "mqtt://host:port" or "mqtts://host:port" (consent.ParseEndpoint)
	ClientID string // random, new in every window; 1 to 23 bytes (MQTT 3.1.1, 3.1.3.1)
	Epoch    uint64 // the window; deliveries of another one are refused

	// Alive is asked before every write: false closes the fence. It must not block.
	Alive func() bool

	// Username and Password come from files (ReadSecret). A password needs a
	// username. Over "mqtt://" they pass in the clear.
	Username string
	Password string

	// Listen are the topics on which the recipient is heard, exact ones, at most 8. None
	// subscribes to nothing and takes nothing. Heard is called with each message on one
	// of them, one at a time; it must not block, and keeps nothing of payload.
	Listen []string
	Heard  func(topic string, retained bool, payload []byte)

	TLS TLS // only with "mqtts://"

	ConnectTimeout time.Duration // until CONNACK, TLS included; zero means 3 s
	WriteTimeout   time.Duration // for each packet; zero means 2 s
	KeepAlive      time.Duration // between pings, whole seconds up to 65535; zero means 60 s
}

const (
	connectTimeout = 3 * time.Second
	writeTimeout   = 2 * time.Second
	keepAlive      = 60 * time.Second
	// pingTimeout is how long a ping may go unanswered. Paho looks every five
	// seconds, so a recipient that is gone is noticed within
	// KeepAlive + pingTimeout + 5 s.
	pingTimeout = 10 * time.Second
)

// validate reads the endpoint and fills in the defaults.
func (o *Options) validate() (consent.Endpoint, error) {
	endpoint, err := consent.ParseEndpoint(o.Endpoint)
	if err == nil {
		err = o.check(endpoint)
	}
	if err != nil {
		return consent.Endpoint{}, err
	}
	o.ConnectTimeout = cmp.Or(o.ConnectTimeout, connectTimeout)
	o.WriteTimeout = cmp.Or(o.WriteTimeout, writeTimeout)
	o.KeepAlive = cmp.Or(o.KeepAlive, keepAlive)
	return endpoint, nil
}

func (o *Options) check(endpoint consent.Endpoint) error {
	switch {
	case o.ClientID == "" || len(o.ClientID) > 23 || !utf8.ValidString(o.ClientID):
		return errors.New("a client id must have 1 to 23 bytes")
	case o.Epoch == 0:
		return errors.New("a window needs an epoch")
	case o.Alive == nil:
		return errors.New("a window needs a lease")
	case len(o.Listen) > 8 || slices.ContainsFunc(o.Listen, wild) || (len(o.Listen) > 0) != (o.Heard != nil):
		return errors.New("what is listened to must be at most 8 topics without wildcards, and somebody must hear them")
	case o.Password != "" && o.Username == "":
		return errors.New("a password without a user name cannot be sent; add the user name's file")
	case !endpoint.TLS() && !o.TLS.empty():
		return errors.New("TLS is configured but the endpoint says mqtt://; write mqtts://")
	case o.ConnectTimeout < 0 || o.WriteTimeout < 0:
		return errors.New("a timeout must not be negative")
	case o.KeepAlive < 0 || o.KeepAlive > 65535*time.Second || o.KeepAlive%time.Second != 0:
		return errors.New("the keepalive must be whole seconds, at most 65535")
	}
	return nil
}

// wild reports whether a topic cannot be subscribed to as one.
func wild(topic string) bool {
	return topic == "" || len(topic) > heardTopic || !utf8.ValidString(topic) || strings.ContainsAny(topic, "+#\x00") || topic[0] == '$'
}
