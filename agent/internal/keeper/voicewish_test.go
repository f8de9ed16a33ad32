package keeper

import (
	"strings"
	"testing"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// A wish reaches control only while a session is open, as a person's command would.
func TestWishesReachControl(t *testing.T) {
	h := newHouse(t)
	commands := h.playControl(false)
	h.tick(2)
	r := h.role()
	r.asks(wire.IntentSetTemperature, 22)
	if got := r.answer(); got != answerUnproven || len(commands()) != 0 {
		t.Fatalf("without a session: %q, %v", got, commands())
	}
	r.speaks()
	for _, tt := range []struct {
		kind   wire.IntentKind
		number float64
		answer string
		want   string
	}{
		{wire.IntentSetTemperature, 22.5, answerDone, `set {"setpoint_c":22.5}`},
		{wire.IntentChangeTemperature, -1.5, answerDone, `set {"setpoint_c":21}`}, // from what was just set, which no snapshot knows
		{wire.IntentSetMode, float64(consent.ModeOff), answerDone, `mode {"mode":"off"}`},
		{wire.IntentSetMode, float64(consent.ModeDry), answerDone, `mode {"mode":"dry"}`},
		{wire.IntentSetMode, 5, answerNo, ""},
		{wire.IntentSetMode, 1.5, answerNo, ""},
		{wire.IntentSetMode, -1, answerNo, ""},
	} {
		r.says(consent.KindWake, true) // the conversation goes on
		r.says(consent.KindThinking, true)
		before := len(commands())
		r.asks(tt.kind, tt.number)
		if got := r.answer(); got != tt.answer {
			t.Errorf("%d %v is answered %q", tt.kind, tt.number, got)
		}
		got := commands()[before:]
		if tt.want == "" && len(got) != 0 || tt.want != "" && (len(got) != 1 || got[0] != tt.want) {
			t.Errorf("%d %v reached control as %v", tt.kind, tt.number, got)
		}
	}
	if n := len(h.broker.messages()); n != 0 {
		t.Errorf("%d messages left for commands", n)
	}
}

func TestControlMayRefuseAWish(t *testing.T) {
	h := newHouse(t)
	h.playControl(true)
	h.tick(2)
	r := h.role()
	r.speaks()
	r.asks(wire.IntentSetTemperature, 99)
	if got := r.answer(); got != answerNo {
		t.Errorf("answered %q", got)
	}
}

// What is asked is answered out of this-room's policy and through the ledger; without
// a policy, and for what it does not cover, in words that are always the same.
func TestRoomIsAnswered(t *testing.T) {
	for _, tt := range []struct {
		name   string
		policy []local.Share
		answer string
	}{
		{"no policy", nil, answerSilent},
		{"humidity", []local.Share{{Category: "climate.humidity"}}, answerSilent},
		{"temperature", []local.Share{{Category: "climate.temperature"}}, "It is 20.5 degrees."},
		{"temperature to the degree, and setpoint", []local.Share{{Category: "climate.temperature", Round: 1}, {Category: "setpoint"}}, "It is 20 degrees, set to 21."},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := newHouse(t)
			h.tick(2)
			if len(tt.policy) > 0 {
				h.must("policy.set", local.PolicyArguments{Recipient: consent.RoomID, Categories: tt.policy}, nil)
			}
			h.tick(2)
			r := h.role()
			r.speaks()
			r.asks(wire.IntentGetTemperature, 0)
			if got := r.answer(); got != tt.answer {
				t.Fatalf("answered %q", got)
			}
			h.tick(2)
			told := strings.HasPrefix(tt.answer, "It is")
			var lines []local.LedgerLine
			h.must("ledger.show", local.LedgerArguments{Recipient: consent.RoomID}, &lines)
			sent := 0
			for _, l := range lines {
				if strings.Contains(l.Text, "sent climate.temperature") && l.Sent == tt.answer {
					sent++
				}
			}
			if told && sent != 1 || !told && sent != 0 {
				t.Errorf("%d answers in the ledger: %+v", sent, lines)
			}
			r.says(consent.KindEnd, true)
			r.asks(wire.IntentGetTemperature, 0)
			if got := r.answer(); got != answerUnproven {
				t.Errorf("after the end: %q", got)
			}
		})
	}
}

// Quiet between the question and its answer leaves it unanswered.
func TestQuietSilencesTheRoom(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.must("policy.set", local.PolicyArguments{Recipient: consent.RoomID}, nil)
	h.tick(2)
	r := h.role()
	r.speaks()
	r.asks(wire.IntentGetTemperature, 0)
	h.must("quiet", nil, nil)
	if got := r.answer(); got != answerUnproven {
		t.Errorf("answered %q", got)
	}
	if s := h.status(); s.Sharing != "closed" {
		t.Errorf("after quiet: %+v", s)
	}
}

// One wish is dealt with at a time.
func TestSecondWishWaits(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	r := h.role()
	r.asks(wire.IntentGetTemperature, 0)
	r.asks(wire.IntentGetTemperature, 0)
	if first, second := r.answer(), r.answer(); first != answerAgain || second != answerUnproven {
		t.Errorf("answered %q and %q", first, second)
	}
}

// A recipient at a voice stack's address is refused; and one that was there before
// makes the stack's words worthless, though not its ends.
func TestVoiceStackIsNoRecipient(t *testing.T) {
	h := newHouse(t)
	address := strings.TrimPrefix(h.broker.endpoint, "mqtt://")
	h.tick(2)
	h.enrol(temperature())
	h.stop()
	h.stacks = map[consent.Source]string{consent.SourceHermes: address}
	h.start()
	h.tick(2)
	r := h.role()
	r.speaks()
	if s := h.status(); s.Sharing != "closed" || s.Voice.Refusals["beneficiary"] != 3 {
		t.Errorf("a stack at a recipient's address: %+v, %+v", s, s.Voice)
	}
	h.press()
	h.tick(1)
	if r.says(consent.KindEnd, true); h.status().Sharing != "closed" {
		t.Error("it cannot close")
	}
	err := h.call("recipient.add", consent.Recipient{
		ID: "radio", DisplayName: "Radio", Reach: consent.ReachLAN, Endpoint: strings.Replace(h.broker.endpoint, "127.0.0.1", "localhost", 1), TopicPrefix: "radio", Profile: consent.ProfileJSON,
	}, nil)
	p, ok := err.(*local.Problem)
	if !ok || p.Code != local.CodeRefused || !strings.Contains(p.Message, "voice stack") {
		t.Errorf("enrolling it gives %v", err)
	}
}

func TestSameListener(t *testing.T) {
	for _, tt := range []struct {
		at, endpoint string
		reach        consent.Reach
		same         bool
	}{
		{"127.0.0.1:1883", "mqtt://127.0.0.1:1883", consent.ReachLAN, true},
		{"127.0.0.1:1883", "mqtt://127.7.7.7:1883", consent.ReachLAN, true},
		{"127.0.0.1:1883", "mqtt://[::1]:1883", consent.ReachLAN, true},
		{"127.0.0.1:1883", "mqtt://0.0.0.0:1883", consent.ReachLAN, true},
		{"127.0.0.1:1883", "mqtt://LocalHost:1883", consent.ReachLAN, true},
		{"127.0.0.1:1883", "mqtt://a.localhost:1883", consent.ReachLAN, true},
		{"127.0.0.1:1883", "mqtt://192.168.1.9:1883", consent.ReachThisDevice, true},
		{"127.0.0.1:1883", "mqtt://192.168.1.9:1883", consent.ReachLAN, false},
		{"127.0.0.1:1883", "mqtt://127.0.0.1:1884", consent.ReachLAN, false},
		{"127.0.0.1:1883", "nonsense", consent.ReachLAN, false},
		{"", "mqtt://127.0.0.1:1883", consent.ReachLAN, false},
	} {
		if got := sameListener(tt.at, consent.Recipient{Endpoint: tt.endpoint, Reach: tt.reach}); got != tt.same {
			t.Errorf("%s and %s: %v", tt.at, tt.endpoint, got)
		}
	}
}
