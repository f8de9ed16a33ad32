package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// answers are what the roles of a test say, by verb; an error is an answer too.
type answers map[string]any

// serve puts made-up roles behind the sockets of a folder, for what real ones say
// only when something has gone wrong, or on a real board. It returns what they were
// asked.
func serve(t *testing.T, control, keeper answers) (asked func(verb string) string) {
	t.Helper()
	folder, err := os.MkdirTemp("", "qs") // a test's own folder can have too long a name for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	t.Setenv("QUIETSTAT_RUNTIME", folder)
	type question struct{ verb, arguments string }
	questions := make(chan question, 100)
	for socket, says := range map[string]answers{local.ControlSocket: control, local.KeeperSocket: keeper} {
		if says == nil {
			continue
		}
		server := &local.Server{Name: socket, Verbs: map[string]local.Handler{}}
		for verb, answer := range says {
			server.Verbs[verb] = func(ctx context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
				questions <- question{verb, string(raw)}
				if err, ok := answer.(error); ok {
					return nil, err
				}
				if wait, ok := answer.(func(context.Context)); ok {
					wait(ctx)
				}
				return answer, nil
			}
		}
		listener, err := net.Listen("unix", filepath.Join(folder, socket))
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error)
		go func() { ended <- server.Serve(ctx, listener) }()
		t.Cleanup(func() {
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
	}
	return func(verb string) string {
		for {
			select {
			case q := <-questions:
				if q.verb == verb {
					return q.arguments
				}
			default:
				return "nothing was asked"
			}
		}
	}
}

var realBoard = local.Refuse("only a simulated board's buttons can be pressed from here", "press the real button")

// TestOwnerPresses: what needs a press is done only when the keeper says so.
func TestOwnerPresses(t *testing.T) {
	pending := local.Pending{Action: 7, WithinS: 60, Message: "opt-in for home"}
	tests := []struct {
		name           string
		press, waiting any
		code           int
		want           []string
	}{
		{"a simulated board", local.Status{}, local.Pending{ID: "g1"}, exitOK,
			[]string{"press the talk button within 60 s", "(the simulated board pressed it)", "granted g1: home is told a for 30 days", "consent revoke g1"}},
		{"a real board", realBoard, local.Pending{ID: "g1"}, exitOK, []string{"press the talk button within 60 s\ngranted g1"}},
		{"nobody pressed", realBoard, local.Refuse("nobody pressed", "ask again"), exitRefused, []string{"quietstat: nobody pressed", "hint: ask again"}},
		{"the wait ends first", realBoard, pending, exitRefused, []string{"nobody pressed the talk button in time"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			asked := serve(t, answers{"press": tt.press}, answers{"consent.grant": pending, "action.wait": tt.waiting})
			code, out, complaint := call(t, "consent", "grant", "home", "a", "--days", "0")
			if code != tt.code || (code != exitOK && strings.Contains(out, "granted")) {
				t.Errorf("exit code %d, %q, %q", code, out, complaint)
			}
			for _, want := range tt.want {
				if !strings.Contains(out+complaint, want) {
					t.Errorf("%q is not in\n%s%s", want, out, complaint)
				}
			}
			if got := asked("action.wait"); got != `{"action":7,"timeout_s":60}` {
				t.Errorf("waited for %s", got)
			}
		})
	}
}

// TestOwnerWithoutButton: where no talk button is wired, nothing is waited for.
func TestOwnerWithoutButton(t *testing.T) {
	serve(t, nil, answers{"consent.grant": local.Pending{ID: "g2"}})
	code, out, complaint := call(t, "consent", "grant", "home", "a=0.5", "b", "--days", "0.5")
	if code != exitOK || !strings.HasPrefix(out, "granted g2: home is told a rounded to 0.5, b for 0.5 days\n") || complaint != "" {
		t.Errorf("exit code %d, %q, %q", code, out, complaint)
	}
}

// TestSessionStart tells a person at a real board to press, and what stands in the
// way of it at once.
func TestSessionStart(t *testing.T) {
	open := local.KeeperStatus{Sharing: "session", Ledger: local.Ledger{OK: true, Entries: 3}, Clock: local.Clock{Trusted: true}}
	tests := []struct {
		name            string
		control, keeper answers
		code            int
		want            string
	}{
		{"a real board", answers{"press": realBoard}, answers{"status": open, "session.wait": open}, exitOK, "press the talk button within 60 s\nsession open\n"},
		{"a simulated board", answers{"press": local.Status{}}, answers{"status": open, "session.wait": open}, exitOK, "session open\n"},
		{"nobody pressed", answers{"press": realBoard}, answers{"status": open, "session.wait": local.Refuse("no session was opened", "")}, exitRefused, "press the talk button within 60 s\nquietstat: no session was opened\n"},
		{"no keeper", answers{"press": local.Status{}}, nil, exitUnavailable, "quietstat: nobody answers"},
		{"no control", nil, answers{"status": open}, exitUnavailable, "quietstat: nobody answers"},
		{"not the owner", answers{"press": &local.Problem{Code: local.CodeNotAllowed, Message: "not you"}}, answers{"status": open}, exitNotAllowed, "quietstat: not you\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, tt.control, tt.keeper)
			code, out, complaint := call(t, "session", "start")
			if code != tt.code || !strings.HasPrefix(out+complaint, tt.want) {
				t.Errorf("exit code %d, want %d;\n%s%s, want\n%s", code, tt.code, out, complaint, tt.want)
			}
		})
	}
}

// TestInterrupted: an answer that did not come is no success, whoever ended it.
func TestInterrupted(t *testing.T) {
	ctx, interrupt := context.WithCancel(t.Context())
	wait := func(ctx context.Context) { interrupt(); <-ctx.Done() }
	serve(t, answers{"set": wait}, answers{})
	var out, complaint bytes.Buffer
	if code := run(ctx, []string{"set", "20"}, strings.NewReader(""), &out, &complaint); code != exitInterrupted || out.Len()+complaint.Len() > 0 {
		t.Errorf("exit code %d, %q, %q", code, out.String(), complaint.String())
	}
	out.Reset()
	if code := run(ctx, []string{"status", "--watch"}, strings.NewReader(""), &out, &complaint); code != exitOK || complaint.Len() > 0 {
		t.Errorf("watching: exit code %d, %q", code, complaint.String())
	}
}

// TestPrintHouse says what is wrong in words that cannot be missed.
func TestPrintHouse(t *testing.T) {
	h := local.Status{Sampled: true, TemperatureC: 20.26, HumidityPct: 45, SampleAgeS: 125, Sensor: "stale", SetpointC: 21, Mode: "heat",
		Action: "fault", Heat: true, RelayFault: true, Realtime: "fifo", Reasons: []local.Why{{Text: "the sensor is stale"}, {Text: "and more"}},
		Doors: []local.Door{{ID: "front", Label: "Front door", Known: true, Open: true}, {ID: "back", Known: true}, {ID: "shed"}},
		Wear:  []local.Wear{{Relay: "heat", On: true, Starts: 1234, OnS: 7300}}}
	k := local.KeeperStatus{Waiting: []string{"opt-in for home"}, Ledger: local.Ledger{Problem: "the disk is full"},
		Clock: local.Clock{Problem: "not synchronised"}, Notices: []string{"a policy was dropped"}, Failing: map[string]string{"hub": "not authorized"},
		Windows: []local.Window{{Recipient: "home", Basis: "grant", LeftS: 86400 * 3, Messages: 4, Fields: []string{"a", "b"}}}}
	serve(t, answers{"status": h}, answers{"status": k})
	code, out, _ := call(t, "status")
	for _, want := range []string{"house      20.3 °C, 45 % humidity (sampled 2m ago, sensor stale)", "wanted     21.0 °C, mode heat", "heating    fault; relays: heat on, cool off, fan off",
		"because    the sensor is stale", "door       Front door: open", "door       back: closed", "door       shed: not known yet", "RELAY ", "relay      heat: on, 1234 starts, 2h2m on in its life",
		"sharing    a, b with home (grant), closes in 3 days; 4 messages so far", "waiting    opt-in for home: press the talk button", "failed     hub, when last tried: not authorized",
		"ledger     CLOSED: the disk is full", "clock      not trusted (not synchronised)", "notice     a policy was dropped"} {
		if !slices.ContainsFunc(strings.Split(out, "\n"), func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("no line %q in\n%s", want, out)
		}
	}
	if code != exitOK || strings.Contains(out, "and more") {
		t.Errorf("exit code %d\n%s", code, out)
	}
}

// TestWhatIsAsked: what a command sends is what it was told.
func TestWhatIsAsked(t *testing.T) {
	tests := []struct{ line, verb, want string }{
		{"set 20,5", "set", `{"setpoint_c":20.5}`},
		{"set -- -3", "set", `{"setpoint_c":-3}`},
		{"mode auto", "mode", `{"mode":"auto"}`},
		{"policy set home a=0.5/30s,b c", "policy.set", `{"recipient":"home","categories":[{"category":"a","round":0.5,"period_s":30},{"category":"b"},{"category":"c"}]}`},
		{"policy set home", "policy.set", `{"recipient":"home","categories":null}`},
		{"consent grant home a --purpose x --days 7", "consent.grant", `{"recipient":"home","purpose":"x","categories":[{"category":"a"}],"days":7}`},
		{"consent grant home a", "consent.grant", `{"recipient":"home","purpose":"home.automation","categories":[{"category":"a"}],"days":30}`},
		{"consent revoke g1", "consent.revoke", `{"id":"g1"}`},
		{"recipient remove home", "recipient.remove", `{"id":"home"}`},
		{"ledger show --recipient home --last 3", "ledger.show", `{"since":"0001-01-01T00:00:00Z","recipient":"home","last":3}`},
		{"quiet", "quiet", ``},
		{"session end", "session.end", ``},
	}
	for _, tt := range tests {
		asked := serve(t, answers{"set": local.Status{}, "mode": local.Status{}}, answers{
			"policy.set": local.Pending{}, "consent.grant": local.Pending{}, "consent.revoke": nil, "recipient.remove": nil,
			"ledger.show": []local.LedgerLine{}, "quiet": nil, "session.end": nil})
		code, out, complaint := call(t, strings.Fields(tt.line)...)
		if code != exitOK || out == "" {
			t.Errorf("%s: exit code %d, %q, %q", tt.line, code, out, complaint)
		}
		if got := asked(tt.verb); got != tt.want {
			t.Errorf("%s asked %s, want %s", tt.line, got, tt.want)
		}
	}
}

// TestEnrolment fills in what nobody has said, and passes on what somebody has.
func TestEnrolment(t *testing.T) {
	asked := serve(t, nil, answers{"recipient.add": local.Pending{ID: "home"}})
	enrol := func(line string) (r consent.Recipient) {
		if code, _, complaint := call(t, strings.Fields("recipient add "+line)...); code != exitOK {
			t.Errorf("%s: exit code %d, %s", line, code, complaint)
		}
		if err := json.Unmarshal([]byte(asked("recipient.add")), &r); err != nil {
			t.Error(err)
		}
		return r
	}
	if r := enrol("home mqtt://10.0.0.5:1883"); r.DisplayName != "home" || r.TopicPrefix != "quietstat/home" || r.Reach != consent.ReachLAN || r.Profile != consent.ProfileJSON {
		t.Errorf("%+v", r)
	}
	if r := enrol("home mqtt://10.0.0.5:1883 --name Us --prefix a/b --onward x --onward y"); r.DisplayName != "Us" || r.TopicPrefix != "a/b" || !slices.Equal(r.Onward, []string{"x", "y"}) {
		t.Errorf("%+v", r)
	}
}

// TestHeldBack: an opt-in that quiet holds back says so in words.
func TestHeldBack(t *testing.T) {
	for held, want := range map[string]string{"held": " (held back: quiet was pressed within the hour)", "untrusted-time": " (held: untrusted-time)", "": ""} {
		if got := because(local.GrantView{Held: held}); got != want {
			t.Errorf("%q: %q, want %q", held, got, want)
		}
	}
}
