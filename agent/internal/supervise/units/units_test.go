package units

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quietstat/agent/internal/store"
	"quietstat/consent"
)

func recipient(endpoint string) consent.Recipient {
	return consent.Recipient{
		ID: "home", DisplayName: "Home", Reach: consent.ReachLAN, Endpoint: endpoint,
		TopicPrefix: "quietstat/home", Profile: consent.ProfileJSON,
	}
}

// secure is a recipient whose endpoint needs a pin.
func secure(endpoint string) consent.Recipient {
	r := recipient(endpoint)
	r.Pins = []string{"sha256/" + strings.Repeat("A", 43) + "="}
	return r
}

func TestDropInAllowsOneAddress(t *testing.T) {
	four := "RestrictAddressFamilies=\nRestrictAddressFamilies=AF_INET\nIPAddressDeny=any\nIPAddressAllow="
	six := strings.Replace(four, "AF_INET", "AF_INET6", 1)
	for _, c := range []struct {
		r    consent.Recipient
		want string // after [Service]
	}{
		{recipient("mqtt://192.168.1.20:1883"), four + "192.168.1.20\n"},
		{recipient("mqtt://127.0.0.1:1883"), four + "127.0.0.1\n"},
		{recipient("mqtt://[fd00::20]:1883"), six + "fd00::20\n"},
		{recipient("mqtt://[::ffff:192.168.1.20]:1883"), four + "192.168.1.20\n"},
		{secure("mqtts://192.168.1.20:8883"), four + "192.168.1.20\n"},
		{secure("mqtts://broker.lan:8883"), ""},
	} {
		if err := c.r.Validate(); err != nil {
			continue // not an endpoint at all, so nobody is enrolled with it
		}
		got, err := dropIn(c.r)
		if err != nil {
			t.Fatal(err)
		}
		_, rules, _ := strings.Cut(string(got), "[Service]\n")
		if rules != c.want {
			t.Errorf("%s: %q; want %q", c.r.Endpoint, rules, c.want)
		}
	}
	broken := recipient("mqtt://192.168.1.20:1883")
	broken.ID = "../../etc"
	if _, err := dropIn(broken); err == nil {
		t.Error("a recipient that cannot be enrolled got a drop-in")
	}
}

// told is a manager in a folder of its own that notes what systemd would be told.
func told(t *testing.T, fails string) (*Manager, *[]string) {
	var calls []string
	return &Manager{disk: new(store.Disk), folder: t.TempDir(), ask: func(_ context.Context, arguments ...string) error {
		call := strings.Join(arguments, " ")
		calls = append(calls, call)
		if fails != "" && strings.Contains(call, fails) {
			return errors.New("no")
		}
		return nil
	}}, &calls
}

func TestEnableAndDisable(t *testing.T) {
	m, calls := told(t, "")
	if err := m.Enable(t.Context(), recipient("mqtt://192.168.1.20:1883")); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(m.folder, "quietstat-uplink@home.service.d")
	b, err := os.ReadFile(filepath.Join(folder, "recipient.conf"))
	if err != nil || !strings.Contains(string(b), "IPAddressAllow=192.168.1.20\n") {
		t.Errorf("%v: %s", err, b)
	}
	// Another endpoint replaces the rules; what the administrator wrote stays.
	if err := os.WriteFile(filepath.Join(folder, "override.conf"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := m.Enable(t.Context(), recipient("mqtt://192.168.1.30:1883")); err != nil {
		t.Fatal(err)
	}
	b, err = os.ReadFile(filepath.Join(folder, "recipient.conf"))
	if err != nil || strings.Contains(string(b), "192.168.1.20") {
		t.Errorf("%v: the old address is still allowed: %s", err, b)
	}
	if _, err := os.Stat(filepath.Join(folder, "override.conf")); err != nil {
		t.Error(err)
	}
	for range 2 { // the second finds nothing
		if err := m.Disable(t.Context(), "home"); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("the drop-ins are still there: %v", err)
		}
	}
	on := []string{"daemon-reload", "--quiet enable --now quietstat-uplink@home.socket"}
	off := []string{"--quiet disable --now quietstat-uplink@home.socket", "daemon-reload"}
	want := append(append(append(append([]string{}, on...), on...), off...), off...)
	if diff := cmp.Diff(want, *calls); diff != "" {
		t.Error(diff)
	}
}

func TestDisableGoesOnAfterAFailure(t *testing.T) {
	m, calls := told(t, "disable")
	if err := m.Enable(t.Context(), recipient("mqtt://192.168.1.20:1883")); err != nil {
		t.Fatal(err)
	}
	if err := m.Disable(t.Context(), "home"); err == nil {
		t.Error("a socket that could not be closed was not reported")
	}
	if len(*calls) != 4 {
		t.Errorf("told %q", *calls)
	}
	if names, _ := filepath.Glob(m.folder + "/*"); len(names) != 0 {
		t.Errorf("left behind: %q", names)
	}
	for _, id := range []string{"", "..", "../x", "a/b", "Home", "a.b"} {
		before := len(*calls)
		if err := m.Disable(t.Context(), id); err == nil || len(*calls) != before {
			t.Errorf("%q was taken for an id", id)
		}
	}
}

func TestEnableWithoutSystemdsConsent(t *testing.T) {
	m, calls := told(t, "daemon-reload")
	if err := m.Enable(t.Context(), recipient("mqtt://192.168.1.20:1883")); err == nil || len(*calls) != 1 {
		t.Errorf("the socket was opened although the rules are not in force: %v, %q", err, *calls)
	}
}

func TestLook(t *testing.T) {
	booted, absent := t.TempDir(), filepath.Join(t.TempDir(), "none")
	for _, c := range []struct {
		runtime, booted string
		user            int
		want            State
	}{
		{Runtime, booted, 0, Ours},
		{Runtime, booted, 1000, Forbidden},
		{Runtime, absent, 0, Absent},
		{Runtime, absent, 1000, Absent},
		{"/tmp/qs", booted, 0, Absent},
		{"", booted, 0, Absent},
	} {
		if got := look(c.runtime, c.booted, c.user); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}
