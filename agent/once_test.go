package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quietstat/agent/internal/local"
)

var offer = local.Offer{
	Name: "The kitchen", Endpoint: "mqtt://192.0.2.7:1883", Onward: []string{"a cloud"}, Topic: "home/state",
	Message: json.RawMessage(`{"fields":{"setpoint":21},"pad":"..."}`), Shown: map[string]string{"setpoint": "21"},
}

// Where nobody can press, looking at it is confirmed in words.
func TestOnceAsksBeforeItSends(t *testing.T) {
	sent := local.OnceOutcome{ID: "o1", Outcome: "sent", Message: offer.Message}
	for _, tt := range []struct {
		name    string
		button  bool
		flags   string
		outcome any
		code    int
		asked   bool // for the message to be sent
		want    []string
	}{
		{"no button, not looked at", false, "", sent, exitRefused, false, []string{"to The kitchen at mqtt://192.0.2.7:1883, who passes it on to a cloud", `"setpoint":21`, "nothing was sent", "--yes"}},
		{"no button, looked at", false, "--yes", sent, exitOK, true, []string{"this and nothing else", "sent, as o1"}},
		{"a button", true, "", sent, exitOK, true, []string{"sent, as o1"}},
		{"for scripts", true, "--json", sent, exitOK, true, []string{`"outcome": "sent"`}},
		{"nobody knows", true, "", local.OnceOutcome{ID: "o1", Outcome: "unknown"}, exitRefused, true, []string{"what became of it is unknown"}},
		{"the house changed", true, "", local.Refuse("it was not sent: the house is not as shown", ""), exitRefused, true, []string{"the house is not as shown"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			asked := serve(t, nil, answers{
				"consent.offer": offer, "status": local.KeeperStatus{TalkButton: tt.button},
				"consent.once": local.Pending{ID: "o1"}, "once.wait": tt.outcome,
			})
			code, out, complaint := call(t, strings.Fields("consent once home setpoint "+tt.flags)...)
			if code != tt.code {
				t.Errorf("exit code %d\n%s%s", code, out, complaint)
			}
			for _, want := range tt.want {
				if !strings.Contains(out+complaint, want) {
					t.Errorf("%q is not in\n%s%s", want, out, complaint)
				}
			}
			if tt.asked {
				if got := asked("consent.once"); !strings.Contains(got, `"shown":{"setpoint":"21"}`) {
					t.Errorf("asked for %s", got)
				}
			}
		})
	}
}

func TestRevokeAndEraseSaysWhatBecameOfIt(t *testing.T) {
	for _, tt := range []struct {
		name, flags string
		out         local.EraseOutcome
		code        int
		want        string
	}{
		{"erased", "", local.EraseOutcome{ID: "g1", Erased: 2}, exitOK, "erased on 2 topics and revoked g1"},
		{"away", "", local.EraseOutcome{ID: "g1", Problem: "it could not be reached"}, exitRefused, "revoked g1; nothing more leaves under it\nquietstat: nothing was erased: it could not be reached"},
		{"for scripts", "--json", local.EraseOutcome{ID: "g1", Problem: "away"}, exitRefused, `"problem": "away"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serve(t, nil, answers{"consent.erase": tt.out})
			code, out, complaint := call(t, strings.Fields("consent revoke g1 --erase "+tt.flags)...)
			if code != tt.code || !strings.Contains(out+complaint, tt.want) {
				t.Errorf("exit code %d\n%s%s", code, out, complaint)
			}
		})
	}
}

// What a renewal changes is shown before the press, the wider things in capitals.
func TestRenewShowsTheDifference(t *testing.T) {
	serve(t, nil, answers{"consent.renew": local.Pending{ID: "g2", Changes: []local.Change{
		{What: "climate.humidity", To: "humidity", Wider: true}, {What: "hvac.state", From: "action"},
	}}})
	code, out, _ := call(t, "consent", "renew", "g1")
	want := "WIDER     climate.humidity: nothing -> humidity\nnarrower  hvac.state: action -> nothing\nrenewed as g2; g1 has ended\n"
	if code != exitOK || out != want {
		t.Errorf("exit code %d\n%s", code, out)
	}
	serve(t, nil, answers{"consent.renew": local.Pending{ID: "g2"}})
	if _, out, _ := call(t, "consent", "renew", "g1"); !strings.HasPrefix(out, "nothing changes but its end\n") {
		t.Errorf("%s", out)
	}
}

// Secrets are read from files, and from nowhere else.
func TestCredentialsAreFiles(t *testing.T) {
	asked := serve(t, nil, answers{"recipient.credentials": struct{}{}})
	folder := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	password, empty, large := write("p", "secret\n"), write("e", ""), write("l", strings.Repeat("x", 16<<10+1))
	for _, tt := range []struct {
		flags string
		code  int
	}{
		{"--password-file " + password, exitOK},
		{"--password-file " + empty, exitUsage},
		{"--password-file " + large, exitUsage},
		{"--password-file " + folder, exitFailed},
		{"--password-file nowhere", exitFailed},
		{"--password secret", exitUsage},
		{"--cert-file " + password, exitUsage},
		{"--cert-file " + password + " --key-file " + password, exitUsage},
		{"--cert-file " + password + " --key-file " + password + " --cert-name house", exitOK},
	} {
		code, out, complaint := call(t, strings.Fields("recipient credentials home "+tt.flags)...)
		if code != tt.code || strings.Contains(out+complaint, "secret\n") {
			t.Errorf("%s: exit code %d\n%s%s", tt.flags, code, out, complaint)
		}
	}
	if got := asked("recipient.credentials"); !strings.Contains(got, `"files":{"password":"c2VjcmV0Cg=="}`) {
		t.Errorf("asked %s", got)
	}
}
