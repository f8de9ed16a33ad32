//go:build systest

package systest

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestL02NoWill(t *testing.T) {
	t.Parallel()
	leak(t, 2)
	e := witness(t)
	connects := e.kitchen.of(t, mqttConnect)
	if len(connects) < 4 {
		t.Fatalf("%d connections in five sessions", len(connects))
	}
	for _, c := range connects {
		if _, flags, _ := c.connect(); flags&0x3c != 0 {
			t.Errorf("a CONNECT with a will: flags %08b", flags)
		}
	}
	for _, m := range e.ears {
		if m.at.After(e.cutting.to) && m.at.Before(e.answered.from) {
			t.Errorf("the broker said something after the cut link: %+v", m)
		}
	}
}

func TestL03NothingRetained(t *testing.T) {
	t.Parallel()
	leak(t, 3)
	e := witness(t)
	if len(e.late) != 0 {
		t.Errorf("the broker still tells a newcomer: %+v", e.late)
	}
	published := e.kitchen.of(t, mqttPublish)
	if len(published) < 5 {
		t.Errorf("%d messages in all sessions", len(published))
	}
	for _, p := range published {
		if p.flags != 0 {
			t.Errorf("a PUBLISH with flags %04b: retained, repeated or acknowledged", p.flags)
		}
	}
}

func TestL04NoDiscoveryLeftBehind(t *testing.T) {
	t.Parallel()
	leak(t, 4)
	e := witness(t)
	for _, p := range e.kitchen.of(t, mqttPublish) {
		topic, payload := p.publish()
		if topic != "quietstat/kitchen/state" || strings.Contains(strings.ToUpper(string(payload)), canaryDoor) {
			t.Errorf("%s: %s", topic, payload)
		}
	}
	for _, m := range e.late {
		t.Errorf("left behind: %+v", m)
	}
	if found := canaryInFile(t, e.cable); len(found) != 0 {
		t.Errorf("on the broker's cable, finer than the policy allows: %v", found)
	}
}

func TestL05NothingAfterACutLink(t *testing.T) {
	t.Parallel()
	leak(t, 5)
	e := witness(t)
	if e.bytesAtCut == 0 || e.bytesAfterCut != e.bytesAtCut {
		t.Errorf("%d bytes had come when the link was cut, %d when it was back after the session's end", e.bytesAtCut, e.bytesAfterCut)
	}
	for _, m := range e.ears {
		if m.at.After(e.cutting.to) && m.at.Before(e.answered.from) {
			t.Errorf("delivered later: %+v", m)
		}
	}
}

func TestL06KernelBufferIsDiscarded(t *testing.T) {
	t.Parallel()
	leak(t, 6)
	e := witness(t)
	// While the link was down messages were written into the socket; none may follow.
	if e.bytesAfterCut != e.bytesAtCut {
		t.Errorf("%d bytes came out of the kernel's buffer", e.bytesAfterCut-e.bytesAtCut)
	}
	ended := 0 // more than one where the machine stood still and cost a window
	for _, l := range e.kitchen.all() {
		if end, reset := l.end(); e.session.has(end) {
			ended++
			if !reset {
				t.Error("a connection of the first session ended without a reset")
			}
		}
	}
	if ended == 0 {
		t.Error("no connection of the first session has ended")
	}
}

func TestL07NoBackfill(t *testing.T) {
	t.Parallel()
	leak(t, 7)
	e := witness(t)
	checked := 0
	for _, p := range e.kitchen.of(t, mqttPublish) {
		for _, s := range []span{e.session, e.cutting, e.lapsing, e.answered} {
			if !s.has(p.at) {
				continue
			}
			_, payload := p.publish()
			var envelope struct {
				SampledAt string `json:"sampled_at"`
			}
			if err := json.Unmarshal(payload, &envelope); err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(envelope.SampledAt, "+") { // seconds since the opening
				checked++
				continue
			}
			at, err := time.Parse(time.RFC3339, envelope.SampledAt)
			if err != nil || at.Before(s.from.Truncate(time.Second)) || at.After(p.at) {
				t.Errorf("sampled at %s, the session began at %s (%v)", envelope.SampledAt, s.from.UTC(), err)
			}
			checked++
		}
	}
	if checked < 5 {
		t.Errorf("%d messages in sessions", checked)
	}
}

func TestL08NoBrokerSession(t *testing.T) {
	t.Parallel()
	leak(t, 8)
	for _, c := range witness(t).kitchen.of(t, mqttConnect) {
		level, flags, _ := c.connect()
		if level != 4 || flags&0x02 == 0 {
			t.Errorf("CONNECT of level %d with flags %08b: not a clean session of MQTT 3.1.1", level, flags)
		}
	}
}

func TestL09NoSubscriptionNoIdentity(t *testing.T) {
	t.Parallel()
	leak(t, 9)
	e := witness(t)
	if got := e.kitchen.of(t, mqttSubscribe); len(got) != 0 {
		t.Errorf("%d subscriptions", len(got))
	}
	for _, c := range e.kitchen.of(t, mqttConnect) {
		if _, flags, id := c.connect(); flags&0xc0 != 0 || len(id) < 16 || strings.Contains(id, "quiet") {
			t.Errorf("CONNECT with flags %08b and client id %q", flags, id)
		}
	}
}

// reply is what the house sent on the connection after a recipient spoke.
func reply(e *evidence) (sent []chunk, reset bool) {
	l := e.answeredOn
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.chunks {
		if c.at.After(e.answeredAt) {
			sent = append(sent, c)
		}
	}
	return sent, l.reset && l.ended.After(e.answeredAt)
}

func TestL10NoAcknowledgement(t *testing.T) {
	t.Parallel()
	leak(t, 10)
	if sent, reset := reply(witness(t)); len(sent) != 0 || !reset {
		t.Errorf("after a recipient spoke: %d pieces, reset %v; want nothing but a reset", len(sent), reset)
	}
}

func TestL11NoErrorReply(t *testing.T) {
	t.Parallel()
	leak(t, 11)
	e := witness(t)
	if sent, _ := reply(e); len(sent) != 0 {
		t.Errorf("an answer of %d bytes", len(sent[0].bytes))
	}
	if e.consentBefore != e.consentNow {
		t.Error("it changed who may know what")
	}
}

func TestL14EnrolmentIsNoConsent(t *testing.T) {
	t.Parallel()
	leak(t, 14)
	if got := witness(t).stranger.all(); len(got) != 0 {
		t.Errorf("%d connections to somebody who was enrolled and never agreed to", len(got))
	}
}

func TestL16LostEndCloses(t *testing.T) {
	t.Parallel()
	leak(t, 16)
	e := witness(t)
	if e.lapse < 7*time.Second || e.lapse > 11*time.Second {
		t.Errorf("a session of 8 s that nobody ended lasted %v", e.lapse)
	}
	for _, l := range e.kitchen.all() {
		if end, _ := l.end(); e.lapsing.has(l.opened) && !e.lapsing.has(end) {
			t.Error("its connection outlived it")
		}
	}
}

func TestL32NoProxy(t *testing.T) {
	t.Parallel()
	leak(t, 32)
	e := witness(t)
	if got := e.trap.all(); len(got) != 0 {
		t.Errorf("%d connections to the proxy of the environment", len(got))
	}
	if len(e.kitchen.all()) == 0 {
		t.Error("and none to the recipient: this trap would not have caught anything")
	}
}

func TestL38EndIsSilent(t *testing.T) {
	t.Parallel()
	leak(t, 38)
	e := witness(t)
	for _, m := range e.ears {
		if e.after.has(m.at) || m.at.After(e.session.to) && m.at.Before(e.after.from) {
			t.Errorf("said after the end: %+v", m)
		}
	}
	for _, p := range e.kitchen.of(t, 14) { // DISCONNECT
		t.Errorf("a farewell at %v", p.at)
	}
}

func TestL42WindowsShareNoIds(t *testing.T) {
	t.Parallel()
	leak(t, 42)
	e := witness(t)
	var clients, ids []string
	for _, c := range e.kitchen.of(t, mqttConnect) {
		_, _, id := c.connect()
		clients = append(clients, id)
	}
	for _, p := range e.kitchen.of(t, mqttPublish) {
		var envelope struct {
			ID string `json:"id"`
		}
		_, payload := p.publish()
		if err := json.Unmarshal(payload, &envelope); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, envelope.ID)
	}
	for what, list := range map[string][]string{"client": clients, "message": ids} {
		slices.Sort(list)
		if unique := slices.Compact(slices.Clone(list)); len(unique) != len(list) || len(list) < 4 {
			t.Errorf("%d %s ids, %d of them different", len(list), what, len(unique))
		}
	}
}
