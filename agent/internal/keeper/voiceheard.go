package keeper

import (
	"net/netip"
	"os"
	"strings"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

func (c *core) voiceCame() {
	c.voice.connected = true
	c.changed()
}

// voiceGone ends what the voice role had open: every stack is lost with it.
func (c *core) voiceGone(why error) {
	c.voice.connected = false
	c.wish = nil
	if why != nil {
		c.log.Warn("the voice role was cut off; quietstat status says why")
		c.voice.refuse(why)
	}
	c.hear(consent.SessionEvent{Kind: consent.KindLost})
}

// heard takes an event that arrived at some time of the real clock. A core that was
// held up does not take old words for new ones.
func (c *core) heard(e consent.SessionEvent, at time.Time) {
	k := c.voice.stacks[e.Source]
	k.events, k.last = k.events+1, c.now().Boot
	c.voice.stacks[e.Source] = k
	c.hear(inTime(e, time.Since(at)))
	c.settleWish()
}

// inTime is an event that waited to be taken in, or the loss of its stack when it
// waited too long.
func inTime(e consent.SessionEvent, waited time.Duration) consent.SessionEvent {
	if waited > voiceLate {
		e.Kind = consent.KindLost
	}
	return e
}

// hear applies an event. A stack that is at a recipient's address may close and
// nothing else.
func (c *core) hear(e consent.SessionEvent) {
	before, _ := c.state.Session()
	var err error
	if !e.Ends() && c.beneficiary(e.Source) {
		err = &consent.Refusal{Check: consent.CheckEvidence, Reason: consent.ReasonBeneficiary}
		c.refused(err)
	} else {
		err = c.apply(consent.Voice{Event: e})
	}
	if err != nil {
		c.voice.refuse(err)
	}
	if now, open := c.state.Session(); open && now.ID != before.ID {
		clear(c.lapsed) // somebody waits for it, as after a press
	}
	c.changed()
}

// beneficiary reports whether a voice stack is where a recipient listens.
func (c *core) beneficiary(source consent.Source) bool {
	at, known := c.o.VoiceStacks[source]
	for _, r := range c.state.Recipients() {
		if known && sameListener(at, r) {
			return true
		}
	}
	return false
}

// listensToUs refuses a recipient at the address of a voice stack: who is told would
// then be who says that somebody spoke.
func (c *core) listensToUs(r consent.Recipient) error {
	for _, at := range c.o.VoiceStacks {
		if sameListener(at, r) {
			return local.Refuse("a voice stack is followed at that address, and who is told something cannot also say that somebody spoke",
				"give the recipient a broker of its own, or take the stack out of [voice] in the configuration")
		}
	}
	return nil
}

// sameListener reports whether a recipient listens at an address of this device's
// loopback. The same port on this device is taken for the same listener, by whatever
// name: the keeper has no network to ask. An address of this device on the network is
// not recognised.
func sameListener(at string, r consent.Recipient) bool {
	a, err := netip.ParseAddrPort(at)
	ep, bad := consent.ParseEndpoint(r.Endpoint)
	if err != nil || bad != nil || int(a.Port()) != ep.Port {
		return false
	}
	host, err := netip.ParseAddr(ep.Host)
	here := err == nil && (host.Unmap().IsLoopback() || host.IsUnspecified())
	name := strings.TrimSuffix(strings.ToLower(ep.Host), ".")
	own, err := os.Hostname()
	own = strings.ToLower(own)
	return here || r.Reach == consent.ReachThisDevice || name == "localhost" || strings.HasSuffix(name, ".localhost") ||
		err == nil && (name == own || name == own+".local")
}
