package keeper

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

func temperature() local.Share {
	return local.Share{Category: "climate.temperature", Round: 0.5, PeriodS: 2}
}

// Enrolled, with a policy, and nobody pressed anything: nothing leaves.
func TestNothingLeavesWithoutEvidence(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.tick(30)
	if got := h.broker.messages(); len(got) != 0 {
		t.Errorf("%d messages left", len(got))
	}
	if s := h.status(); s.Sharing != "closed" || len(s.Windows) != 0 || !s.Control {
		t.Errorf("status %+v", s)
	}
}

// A press opens, exactly the policy leaves, the end closes, the ledger tells.
func TestSession(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature(), local.Share{Category: "setpoint", PeriodS: 2})
	h.until("no two messages leave through a window", func() bool {
		s := h.status()
		return s.Sharing == "session" && len(s.Windows) == 1 && s.Windows[0].Connected && len(h.broker.messages()) >= 2
	})
	h.must("session.end", nil, nil)
	atEnd := len(h.broker.messages())
	h.tick(30)
	messages := h.broker.messages()
	if len(messages) != atEnd {
		t.Errorf("%d messages after the end", len(messages)-atEnd)
	}
	for _, m := range messages {
		if got := fields(t, m); !slices.Equal(got, []string{"mode", "setpoint", "temperature"}) {
			t.Errorf("fields %v", got)
		}
		if m.TopicName != "home/heat/state" || m.FixedHeader.Retain || m.FixedHeader.Qos != 0 {
			t.Errorf("topic %s, retain %v, qos %d", m.TopicName, m.FixedHeader.Retain, m.FixedHeader.Qos)
		}
		if !strings.Contains(string(m.Payload), `"temperature":20.5`) {
			t.Errorf("not rounded by the gate: %s", m.Payload)
		}
	}
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	sent, unsure := 0, 0
	for _, line := range lines {
		if line.Kind == "release.intent" {
			switch {
			case strings.Contains(line.Text, "may have sent"), strings.Contains(line.Text, "did not send"):
				unsure++ // the uplink's lease ran out under it
			case strings.Contains(line.Text, "sent climate.temperature, setpoint"):
				sent++
			default:
				t.Errorf("statement: %s", line.Text)
			}
			if line.Sent == "" {
				t.Errorf("statement without its value: %s", line.Text)
			}
		}
	}
	if stalls := h.stalls(); sent > len(messages) || len(messages) > sent+unsure || unsure > 0 && stalls == 0 {
		t.Errorf("the ledger knows %d messages, and of %d not what became of them, with %d stalls; the broker knows %d", sent, unsure, stalls, len(messages))
	}
	h.stop()
	if report, err := store.Verify(filepath.Join(h.folder, "ledger"), store.Witness{}); err != nil || report.Sealed == 0 {
		t.Errorf("ledger: %+v, %v", report, err)
	}
}

func TestSessionEndsByItself(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.press()
	h.tick(45)
	if s := h.status(); s.Sharing != "closed" || len(s.Windows) != 0 {
		t.Errorf("a session of 30 s is open after 45: %+v", s)
	}
}

func TestQuietClosesEverything(t *testing.T) {
	for name, quiet := range map[string]func(*house){
		"command": func(h *house) { h.must("quiet", nil, nil) },
		"button":  func(h *house) { h.snap.QuietPresses++; h.tick(1) },
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t)
			h.tick(2)
			h.enrol(temperature())
			h.hear()
			quiet(h)
			if s := h.status(); len(s.Windows) != 0 || s.Sharing == "session" {
				t.Errorf("status %+v", s)
			}
			before := len(h.broker.messages())
			h.tick(20)
			if got := len(h.broker.messages()); got != before {
				t.Errorf("%d messages after quiet", got-before)
			}
		})
	}
}

// An opt-in needs a press, is used, survives a restart, ends when revoked.
func TestGrant(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	var p local.Pending
	arguments := local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature", PeriodS: 10}}}
	h.must("consent.grant", arguments, &p)
	if p.Action == 0 || p.ID != "" {
		t.Fatalf("an opt-in without a press: %+v", p)
	}
	h.tick(3)
	if len(h.broker.messages()) != 0 || len(h.status().Waiting) != 1 {
		t.Errorf("before the press: %d messages, %+v", len(h.broker.messages()), h.status())
	}
	h.press()
	h.tick(2)
	h.must("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &p)
	if p.ID == "" {
		t.Fatal("no opt-in after the press")
	}
	if _, open := sharing(h); open == "session" {
		t.Error("the press that proved presence also opened a session")
	}
	if !h.within(120, h.hears(2)) {
		t.Fatalf("%d messages in two minutes at a period of 10 s", len(h.broker.messages()))
	}

	h.stop()
	h.start()
	if !h.within(120, h.hears(1)) {
		t.Errorf("the opt-in did not survive a restart: %+v", h.status())
	}

	h.must("consent.revoke", local.ID{ID: p.ID}, nil)
	revoked := len(h.broker.messages())
	h.tick(40)
	if got := len(h.broker.messages()); got != revoked {
		t.Errorf("%d messages after the revocation", got-revoked)
	}
	h.stop()
	h.start()
	h.tick(40)
	if got := len(h.broker.messages()); got != revoked {
		t.Errorf("a revoked opt-in came back with a restart")
	}
	if kinds := h.kinds(); !slices.Contains(kinds, "grant.given") || !slices.Contains(kinds, "grant.withdrawn") {
		t.Errorf("the ledger tells %v", kinds)
	}
}

func sharing(h *house) (int, string) {
	s := h.status()
	return len(s.Windows), s.Sharing
}

func TestGrantNeedsAPressInTime(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	var p local.Pending
	h.must("consent.grant", local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature"}}}, &p)
	h.tick(62)
	if err := h.call("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &p); err == nil {
		t.Error("nobody pressed, and nobody was told")
	}
	h.press()
	h.tick(5)
	var grants []consent.Grant
	h.must("consent.list", nil, &grants)
	if len(grants) != 0 {
		t.Errorf("a late press gave an opt-in: %+v", grants)
	}
}

// Without a talk button the owner on the socket is all the proof there is.
func TestGrantWithoutAButton(t *testing.T) {
	h := newHouse(t)
	h.stop()
	h.talk = false
	h.start()
	h.tick(2)
	h.enrol()
	var p local.Pending
	h.must("consent.grant", local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature"}}}, &p)
	if p.ID == "" || p.Action != 0 {
		t.Errorf("got %+v", p)
	}
}

func TestGrantIsHeldWhileTimeIsNotTrusted(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	var p local.Pending
	h.must("consent.grant", local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature", PeriodS: 10}}}, &p)
	h.press()
	if !h.within(120, h.hears(1)) {
		t.Fatal("the opt-in does not work")
	}
	before := len(h.broker.messages())
	h.now.Wall = h.now.Wall.Add(-time.Hour) // the clock goes back
	h.tick(30)
	after := len(h.broker.messages())
	h.tick(60)
	if got := len(h.broker.messages()); got != after || after > before {
		t.Errorf("%d messages with a clock that went back", got-before)
	}
	if s := h.status(); s.Clock.Trusted || s.Clock.Problem == "" {
		t.Errorf("the clock went back, and status says %+v", s.Clock)
	}
	if !slices.Contains(h.kinds(), "clock.step") {
		t.Error("the ledger does not tell of the step")
	}
}

func TestRestartInASessionIsClosed(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	before := len(h.broker.messages())
	h.stop()
	h.start()
	h.tick(20)
	if got := len(h.broker.messages()); got != before {
		t.Errorf("%d messages after a restart without a new press", got-before)
	}
}

func TestControlLostCloses(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	h.silent = true
	h.tick(6)
	if s := h.status(); len(s.Windows) != 0 || s.Control {
		t.Errorf("no snapshots for 6 s, and %+v", s)
	}
}

// The light that cannot be set keeps everything in.
func TestNoLightNoMessage(t *testing.T) {
	h := newHouse(t)
	h.light = false
	h.tick(2)
	h.enrol(temperature())
	h.press()
	h.tick(20)
	if got := h.broker.messages(); len(got) != 0 {
		t.Errorf("%d messages without a light", len(got))
	}
	if s := h.status(); s.Sharing != "fault" {
		t.Errorf("sharing %s, want fault", s.Sharing)
	}
	h.light = true
	h.tick(5)
	h.hear() // the light works again
}

// A full disk closes the gate at once; when there is room again it can open.
func TestFullDisk(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	h.faults = clock.FaultDiskFull
	h.tick(3)
	full := len(h.broker.messages())
	if s := h.status(); s.Ledger.OK || len(s.Windows) != 0 || s.Sharing != "fault" {
		t.Fatalf("the disk is full, and %+v", s)
	}
	h.press()
	h.tick(10)
	if got := len(h.broker.messages()); got != full {
		t.Errorf("%d messages without a ledger", got-full)
	}
	h.faults = 0
	h.tick(130)
	if s := h.status(); !s.Ledger.OK {
		t.Fatalf("there is room again, and %+v", s)
	}
	h.hear() // and a session works
	h.stop()
	if _, err := store.Verify(filepath.Join(h.folder, "ledger"), store.Witness{}); err != nil {
		t.Error(err)
	}
}

// A ledger that was tampered with keeps the gate closed and loses nothing.
func TestDamagedLedger(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	h.stop()
	before := len(h.broker.messages())
	path := filepath.Join(h.folder, "ledger", "checkpoint")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.tick(2)
	h.press()
	h.tick(10)
	if got := len(h.broker.messages()); got != before {
		t.Errorf("%d messages over a damaged ledger", got-before)
	}
	if s := h.status(); s.Ledger.OK || s.Ledger.Problem == "" {
		t.Errorf("status %+v", s)
	}
}

func TestRemovingARecipientClosesIt(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	file := filepath.Join(h.folder, "keeper", "recipients", "kitchen.json")
	if _, err := os.Stat(file); err != nil {
		t.Fatal(err)
	}
	h.must("recipient.remove", local.ID{ID: "kitchen"}, nil)
	before := len(h.broker.messages())
	h.tick(10)
	if got := len(h.broker.messages()); got != before {
		t.Errorf("%d messages after the removal", got-before)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the recipient's file is still there: %v", err)
	}
}

func TestPreviewSaysWhyNot(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	var view previewView
	h.must("consent.preview", local.ID{ID: "kitchen"}, &view)
	if len(view.Messages) != 1 || len(view.Messages[0].Blocked) == 0 || !slices.Contains(view.Withheld, "door_1") {
		t.Errorf("preview %+v", view)
	}
}

func TestAnswersToNonsense(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	for _, test := range []struct {
		verb      string
		arguments any
		code      local.Code
	}{
		{"recipient.show", local.ID{ID: "nobody"}, local.CodeRefused},
		{"recipient.remove", local.ID{ID: "nobody"}, local.CodeRefused},
		{"policy.set", local.PolicyArguments{Recipient: "nobody"}, local.CodeRefused},
		{"policy.set", local.PolicyArguments{Recipient: "x", Categories: []local.Share{{Category: "everything"}}}, local.CodeUsage},
		{"consent.grant", local.GrantArguments{Recipient: "nobody", Purpose: "home.automation"}, local.CodeRefused},
		{"consent.grant", local.GrantArguments{Recipient: "x", Purpose: "because"}, local.CodeUsage},
		{"consent.grant", local.GrantArguments{Recipient: "x", Purpose: "home.automation", Days: 400}, local.CodeUsage},
		{"consent.revoke", local.ID{ID: "nothing"}, local.CodeRefused},
		{"action.wait", local.WaitArguments{Action: 99, TimeoutS: 1}, local.CodeUsage},
		{"session.wait", local.WaitArguments{TimeoutS: 1e9}, local.CodeUsage},
		{"recipient.add", map[string]string{"colour": "red"}, local.CodeUsage},
		{"open", nil, local.CodeUsage},
	} {
		err := h.call(test.verb, test.arguments, nil)
		p, ok := err.(*local.Problem)
		if !ok || p.Code != test.code {
			t.Errorf("%s %+v: %v, want %s", test.verb, test.arguments, err, test.code)
		}
	}
}

// A keeper that died between intent and outcome says "unknown" at its next start,
// and sends nothing again.
func TestLostOutcomeIsUnknown(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.stop()
	ledger, err := store.OpenLedger(new(store.Disk), filepath.Join(h.folder, "ledger"))
	if err != nil {
		t.Fatal(err)
	}
	now := consent.Now{Boot: h.now.Boot, BootID: "one boot", Wall: h.now.Wall}
	intent := now.Entry(consent.EntryReleaseIntent)
	intent.Recipient, intent.Basis, intent.BasisID, intent.Fields, intent.Bytes, intent.Commitment = "kitchen", consent.BasisSession, "session-1", 1, 256, [32]byte{1}
	intent.Purpose, intent.Categories = consent.PurposeVoiceAnswer, []consent.Category{consent.CategoryTemperature}
	if _, err := ledger.Append(intent); err != nil {
		t.Fatal(err)
	}
	if err := ledger.Close(); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.tick(10)
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	if last := lines[len(lines)-1]; !strings.Contains(last.Text, "may have sent climate.temperature") {
		t.Errorf("the statement says %q", last.Text)
	}
	var report store.Report
	h.must("ledger.verify", nil, &report)
	if report.Kinds["release.outcome"] != 1 {
		t.Errorf("entries by kind: %v", report.Kinds)
	}
	if got := h.broker.messages(); len(got) != 0 {
		t.Errorf("%d messages were sent again", len(got))
	}
}
