package demo

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/local"
)

// seen is a trial of a fault that began at 09:30 and ended two hours later, with
// some of what was observed.
func seen(name string, observe func(*trial)) *trial {
	f, ok := faultNamed(name)
	if !ok {
		panic(name)
	}
	t := newTrial(f, limits{minOn: 3 * time.Minute, stale: 2 * time.Minute, pause: time.Hour, frost: 7})
	t.began, t.ended, t.coldest = at(0, hm(9, 30)), at(0, hm(11, 30)), 18
	observe(t)
	return t
}

func TestJudges(t *testing.T) {
	const m = time.Minute
	from, to := at(0, hm(9, 30)), at(0, hm(11, 30))
	noticed := func(t *trial) { t.noticed, t.noticedWhy, t.trusted = from+m, "no noise", to+10*time.Second }
	with := func(first, second func(*trial)) func(*trial) { return func(t *trial) { first(t); second(t) } }
	dark := func(t *trial) { t.closed, t.afterwards, t.sessions = from+m, 3, 3; t.ledger = "full" }
	paused := func(t *trial) { t.paused, t.resumed, t.resumedWhy = from+m, from+61*m, "ignored" }
	for _, row := range []struct {
		name, fault string
		observe     func(*trial)
		says        string
		problem     string // empty = none
	}{
		{"noticed and back", "sensor-frozen", noticed, "noticed after 1 min (no noise), heating off until it could be trusted again, 10 s after it was mended", ""},
		{"never noticed", "sensor-dead", func(*trial) {}, "nobody noticed", "trusted throughout"},
		{"noticed in time", "sensor-dead", with(noticed, func(t *trial) { t.noticed = from + noticeLimit }), "noticed after 20 min", ""},
		{"noticed late", "sensor-dead", with(noticed, func(t *trial) { t.noticed = from + noticeLimit + 1 }), "noticed after 20 min", "noticed only after"},
		{"ran out its minimum", "sensor-dead", with(noticed, func(t *trial) { t.blindHeat = 5 * m }), "heating off", ""},
		{"heated blindly", "sensor-dead", with(noticed, func(t *trial) { t.blindHeat = 5*m + 1 }), "heating was on for 5 min", "safe level"},
		{"never back", "sensor-dead", with(noticed, func(t *trial) { t.trusted = never }), "which it never was again", "not trusted again"},
		{"back in time", "sensor-dead", with(noticed, func(t *trial) { t.trusted = to + backLimit }), "5 min after", ""},
		{"back late", "sensor-dead", with(noticed, func(t *trial) { t.trusted = to + backLimit + 1 }), "5 min after", "only after"},
		{"frozen house", "sensor-dead", with(noticed, func(t *trial) { t.coldest = 6.99 }), "", "frost floor"},
		{"missed ticks", "sensor-dead", with(noticed, func(t *trial) { t.missed = 1 }), "", "missed ticks"},

		{"set up anew unnoticed", "sensor-reset", func(t *trial) { t.oldest = 20 * time.Second }, "no sample in use was older than 20 s", ""},
		{"set up anew", "sensor-reset", with(noticed, func(t *trial) { t.trustedEarly = from + 2*m }), "set up anew and trusted 1 min later", ""},
		{"never set up", "sensor-reset", noticed, "never set up anew", "was not set up anew"},
		{"old sample", "sensor-reset", func(t *trial) { t.oldest = 2*m + 1 }, "", "was in use"},

		{"door ignored in the end", "door-stuck", paused, "heating paused after 1 min and, the contact being still open after 1 h, resumed (ignored)", ""},
		{"door never noticed", "door-stuck", func(*trial) {}, "did not pause", "was ignored"},
		{"door for ever", "door-stuck", with(paused, func(t *trial) { t.resumed = never }), "never resumed", "for good"},
		{"door too long", "door-stuck", with(paused, func(t *trial) { t.resumed = from + m + time.Hour + backLimit + 1 }), "", "resumed only after"},

		{"broker away", "broker-down", dark, "gone 1 min later, nothing was sent and nothing kept", ""},
		{"broker got mail", "broker-down", with(dark, func(t *trial) { t.during = 1 }), "but messages left", "1 messages left meanwhile"},
		{"broker not used again", "broker-down", with(dark, func(t *trial) { t.afterwards = 0 }), "", "next session"},
		{"broker's end unnoticed", "broker-down", with(dark, func(t *trial) { t.closed = never }), "", "did not notice"},

		{"disk full", "disk-full", dark, "must be written down first (full), and heating went on; with room again", ""},
		{"disk full and stays closed", "disk-full", with(dark, func(t *trial) { t.afterwards = 0 }), "it stayed closed", ""},
		{"disk full unsaid", "disk-full", with(dark, func(t *trial) { t.ledger = "" }), "", "did not say"},
		{"disk full and talking", "disk-full", with(dark, func(t *trial) { t.during = 2 }), "", "2 messages left meanwhile"},

		{"clock back", "clock-back", dark, "opt-ins were held closed", ""},
		{"clock back, opt-in open", "clock-back", with(dark, func(t *trial) { t.closed = never }), "", "stayed open"},
		{"clock back, no sessions", "clock-back", with(dark, func(t *trial) { t.sessions = 0 }), "", "did not work meanwhile"},
	} {
		line, problems := seen(row.fault, row.observe).line()
		all := strings.Join(problems, "; ")
		if !strings.Contains(line, row.says) || (row.problem == "") != (all == "") || !strings.Contains(all, row.problem) {
			t.Errorf("%s: %q, problems %q; want %q and %q", row.name, line, all, row.says, row.problem)
		}
		if !strings.HasPrefix(line, "09:30 ") {
			t.Errorf("%s: does not say when: %s", row.name, line)
		}
	}
	if _, problems := newTrial(&faults[0], limits{}).line(); len(problems) == 0 {
		t.Error("a fault that never happened is no problem")
	}
}

func TestTrialFollows(t *testing.T) {
	tr := newTrial(&faults[0], limits{})
	tr.began = 0
	ok := local.Status{Sensor: "ok", Action: "heating", SampleAgeS: 12}
	bad := local.Status{Sensor: "fault", Action: "fault", Reasons: []local.Why{{Kind: "mode", Text: "?"}, {Kind: "sensor_stale", Text: "stale"}}}
	tr.follow(10*time.Second, ok, true)
	tr.follow(20*time.Second, bad, true)
	tr.follow(30*time.Second, bad, false)
	if tr.noticed != 20*time.Second || tr.noticedWhy != "stale" || tr.blindHeat != watchPeriod || tr.oldest != 12*time.Second {
		t.Errorf("%+v", tr)
	}
	tr.follow(40*time.Second, ok, false)
	if tr.trustedEarly != 40*time.Second || tr.trusted != never {
		t.Errorf("trusted again at %v, %v", tr.trustedEarly, tr.trusted)
	}
	tr.follow(50*time.Second, local.Status{Sensor: "ok", Action: "paused"}, false)
	tr.follow(60*time.Second, ok, false)
	if tr.paused != 50*time.Second || tr.resumed != 60*time.Second {
		t.Errorf("paused %v, resumed %v", tr.paused, tr.resumed)
	}
	tr.ended = 65 * time.Second
	tr.follow(70*time.Second, ok, false)
	tr.follow(80*time.Second, ok, false)
	if tr.trusted != 70*time.Second {
		t.Errorf("trusted at %v after the end", tr.trusted)
	}
}

func TestTrialHears(t *testing.T) {
	tr := newTrial(&faults[0], limits{})
	tr.before = "old refusal"
	open := local.KeeperStatus{LastRefusal: "old refusal", Ledger: local.Ledger{OK: true}, Clock: local.Clock{Trusted: true}, Windows: []local.Window{{Connected: true}}}
	tr.hear(time.Second, open)
	if tr.refusal != "" || tr.closed != never || tr.ledger != "" || tr.clock != "" {
		t.Errorf("%+v", tr)
	}
	tr.hear(2*time.Second, local.KeeperStatus{LastRefusal: "new", Ledger: local.Ledger{Problem: "full"}, Clock: local.Clock{Problem: "back"}, Windows: []local.Window{{}}})
	tr.hear(3*time.Second, local.KeeperStatus{LastRefusal: "new"})
	if tr.refusal != "new" || tr.closed != 2*time.Second || tr.ledger != "full" || tr.clock != "back" {
		t.Errorf("%+v", tr)
	}
}

func TestTailKeepsTheLastWords(t *testing.T) {
	var w tail
	var out bytes.Buffer
	w.print(&out)
	if out.Len() != 0 {
		t.Errorf("silence printed as %q", &out)
	}
	for range 5000 {
		if n, err := w.Write([]byte("something\n")); n != 10 || err != nil {
			t.Fatal(n, err)
		}
	}
	w.Write([]byte("the last\n"))
	w.print(&out)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(w.buf) > tailSize || len(lines) != 21 || lines[20] != "  the last" {
		t.Errorf("%d bytes kept, %d lines, last %q", len(w.buf), len(lines), lines[len(lines)-1])
	}
}

func TestParagraphsStayInTheirWidth(t *testing.T) {
	var out bytes.Buffer
	n := narrator{out: &out}
	n.paragraph("05:00", strings.Repeat("word ", 60))
	n.paragraph("05:01", strings.Repeat("x", 200)) // no place to break
	n.paragraph("", "")
	lines := strings.Split(out.String(), "\n")
	if !strings.HasPrefix(lines[0], "05:00    word") || !strings.HasPrefix(lines[1], "         word") {
		t.Errorf("%q", lines)
	}
	for _, line := range lines {
		if len(line) > width && !strings.Contains(line, "xxx") {
			t.Errorf("%d wide: %s", len(line), line)
		}
	}
}
