package voice

import (
	"math"
	"sync/atomic"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// hermesWake is how long a hotword waits for the session it starts. The dialogue
// manager answers it at once, or queues the session behind another.
const hermesWake = 10 * time.Second

// hermesSites bounds how many sites are remembered.
const hermesSites = 16

// HermesIntents are the names of the intents a household has trained for the
// thermostat; an empty name is an intent it does not have.
type HermesIntents struct {
	SetTemperature    string // slot "temperature", in °C
	ChangeTemperature string // slot "delta", in K
	GetTemperature    string
	SetMode           string // slot "mode": off, heat, cool, auto or dry
}

// DefaultHermesIntents are the names of the configuration's reference.
var DefaultHermesIntents = HermesIntents{"SetTemperature", "ChangeTemperature", "GetTemperature", "SetMode"}

// dialogue is what is known of the sessions of each site. A session is proven when
// it began with a hotword of the same site; nothing else can become one.
type dialogue struct {
	intents HermesIntents
	only    []string // sites that may have sessions; none means any
	sites   map[string]*hermesSite
}

// hermesSite is one room. The zero hermesSite has no session.
type hermesSite struct {
	hotword time.Time // heard, and no session yet; zero for none
	session string    // the proven session's id, "" for none
}

// hermesWish is an intent that was spoken in a proven session.
type hermesWish struct {
	intent  wire.Intent
	session string
	over    atomic.Bool // its session is, so that it must not be taken for one of the next
}

// holds reports whether the session of a wish goes on.
func (d *dialogue) holds(w *hermesWish) bool {
	s := d.sites[w.intent.Site]
	return s != nil && s.session == w.session
}

// on takes one message that came at now and says what it means: events, and a wish
// if a proven session spoke one of the configured intents.
func (d *dialogue) on(m hermesMessage, now time.Time) (events []consent.SessionEvent, wish *hermesWish) {
	say := func(site, session string, kind consent.EventKind) {
		events = append(events, consent.SessionEvent{Source: consent.SourceHermes, Site: site, ExtID: session, Kind: kind, Live: true})
	}
	if m.what == hermesFailed && m.site == "" {
		for name, site := range d.sites {
			say(name, site.session, consent.KindError)
			*site = hermesSite{}
		}
		return events, nil
	}
	if m.what == hermesEnded && m.site == "" { // older dialogue managers leave the site out
		m.site = d.siteOf(m.session)
	}
	s := d.site(m.site)
	if s == nil {
		return nil, nil
	}
	switch m.what {
	case hermesHotword:
		s.hotword = now
	case hermesStarted:
		proven := !s.hotword.IsZero() && now.Sub(s.hotword) <= hermesWake && m.session != ""
		overlaps := s.session != "" && s.session != m.session
		if overlaps {
			say(m.site, s.session, consent.KindEnd)
		}
		*s = hermesSite{}
		if proven {
			s.session = m.session
			say(m.site, m.session, consent.KindWake)
		}
		say(m.site, m.session, consent.KindListening)
	case hermesIntent:
		switch {
		case s.session == m.session && s.session != "":
			say(m.site, m.session, consent.KindThinking)
			wish = d.wish(m)
		case s.session != "": // words of another session in this room
			say(m.site, s.session, consent.KindError)
			*s = hermesSite{}
		default:
			say(m.site, m.session, consent.KindThinking)
		}
	case hermesEnded, hermesNotRecognized:
		say(m.site, m.session, consent.KindEnd)
		*s = hermesSite{}
	case hermesFailed:
		say(m.site, s.session, consent.KindError)
		*s = hermesSite{}
	}
	return events, wish
}

// lost forgets every session and says so for each room that had one.
func (d *dialogue) lost() (events []consent.SessionEvent) {
	for name, site := range d.sites {
		if *site != (hermesSite{}) {
			events = append(events, consent.SessionEvent{Source: consent.SourceHermes, Site: name, ExtID: site.session, Kind: consent.KindLost, Live: true})
		}
	}
	d.sites = nil
	return events
}

// site finds a room, and makes room for it unless there are too many.
func (d *dialogue) site(name string) *hermesSite {
	if s := d.sites[name]; s != nil {
		return s
	}
	if !d.admits(name) || len(d.sites) >= hermesSites {
		return nil
	}
	if d.sites == nil {
		d.sites = map[string]*hermesSite{}
	}
	s := new(hermesSite)
	d.sites[name] = s
	return s
}

func (d *dialogue) admits(name string) bool {
	if name == "" {
		return false
	}
	for _, only := range d.only {
		if only == name {
			return true
		}
	}
	return len(d.only) == 0
}

func (d *dialogue) siteOf(session string) string {
	for name, s := range d.sites {
		if s.session == session && session != "" {
			return name
		}
	}
	return ""
}

// wish is the intent of a message, if it is one of the configured and has its slot.
func (d *dialogue) wish(m hermesMessage) *hermesWish {
	i := wire.Intent{Source: consent.SourceHermes, Site: m.site}
	switch {
	case m.intent == d.intents.GetTemperature:
		i.Kind = wire.IntentGetTemperature
	case m.intent == d.intents.SetTemperature && m.slots.temperature != nil:
		i.Kind, i.Number = wire.IntentSetTemperature, *m.slots.temperature
	case m.intent == d.intents.ChangeTemperature && m.slots.delta != nil:
		i.Kind, i.Number = wire.IntentChangeTemperature, *m.slots.delta
	case m.intent == d.intents.SetMode && m.slots.mode != nil:
		i.Kind, i.Number = wire.IntentSetMode, float64(*m.slots.mode)
	}
	if i.Kind == wire.IntentNone || math.IsNaN(i.Number) || math.Abs(i.Number) > 1000 {
		return nil
	}
	return &hermesWish{intent: i, session: m.session}
}
