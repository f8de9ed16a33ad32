package mdns

import (
	"errors"
	"log/slog"
	"strings"
)

// Options configure a Responder.
type Options struct {
	// Interface is the name of the only interface to be found on. With "" there
	// must be exactly one candidate: not loopback, not point-to-point, able to do
	// multicast, up or not.
	Interface string
	// ID makes the names ours: 1 to 16 of a-z and 0-9, random, the same for the
	// life of the installation.
	ID string
	// Port is the configured port of the page, 1 to 65535; zero means 8080.
	Port int
	// Log is told about changes, without addresses; nil means nobody.
	Log *slog.Logger
}

const (
	service     = "_quietstat._tcp"
	domain      = "local."
	defaultPort = 8080
)

// text is the whole TXT record, for ever.
func text() []string { return []string{"v=1"} }

// name is both the instance and the host name.
func (o Options) name() string { return "quietstat-" + o.ID }

func (o *Options) validate() error {
	foreign := func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') }
	switch {
	case o.ID == "" || len(o.ID) > 16 || strings.ContainsFunc(o.ID, foreign):
		return errors.New("mdns: the id must have 1 to 16 characters of a-z and 0-9")
	case o.Port < 0 || o.Port > 65535:
		return errors.New("mdns: the port must be from 1 to 65535")
	}
	if o.Port == 0 {
		o.Port = defaultPort
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return nil
}
