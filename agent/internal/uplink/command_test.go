package uplink

import (
	"net"
	"path/filepath"
	"slices"
	"testing"

	"quietstat/agent/internal/mqtt"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

func homeAssistant() consent.Recipient {
	return consent.Recipient{ID: "home", DisplayName: "Home", Reach: consent.ReachLAN, Endpoint: "mqtt://192.0.2.7:1883",
		TopicPrefix: "quietstat/home", Profile: consent.ProfileHomeAssistant, DeviceID: "7f3a00112233aabb"}
}

// What is heard is what the profile listens to, and nothing for a profile that does not.
func TestWhoIsHeard(t *testing.T) {
	r := homeAssistant()
	w, o := &window{epoch: 7}, mqtt.Options{}
	w.hear(&o, r)
	if !slices.Equal(o.Listen, r.Listens()) || len(o.Listen) != 4 || o.Heard == nil {
		t.Fatalf("listens to %q", o.Listen)
	}
	for _, said := range []struct {
		topic, payload string
		retained       bool
		want           wire.Command
	}{
		{"quietstat/home/set/setpoint", "21.5", false, wire.Command{Epoch: 7, Kind: consent.CommandSetpoint, Number: 21.5}},
		{"quietstat/home/set/setpoint", "21.5", true, wire.Command{Epoch: 7, Kind: consent.CommandSetpoint, Number: 21.5, Retained: true}},
		{"quietstat/home/set/mode", "a word of the household", false, wire.Command{Epoch: 7}},
		{"homeassistant/status", "online", false, wire.Command{Epoch: 7, Kind: consent.CommandBirth}},
	} {
		o.Heard(said.topic, said.retained, []byte(said.payload))
		if got := <-w.commands; got != said.want {
			t.Errorf("%q on %s went on as %+v", said.payload, said.topic, got)
		}
	}
	r.Profile, r.DeviceID = consent.ProfileJSON, ""
	w, o = &window{epoch: 7}, mqtt.Options{}
	if w.hear(&o, r); o.Listen != nil || o.Heard != nil || w.commands != nil {
		t.Errorf("json/1 listens to %q", o.Listen)
	}
}

// A keeper that does not read holds up nobody: what waits too long is dropped, and
// nothing waits for it.
func TestHearingNeverWaits(t *testing.T) {
	w, o := &window{epoch: 7}, mqtt.Options{}
	w.hear(&o, homeAssistant())
	for range 10 * unheard {
		o.Heard("quietstat/home/set/setpoint", false, []byte("21"))
	}
	if len(w.commands) != unheard {
		t.Errorf("%d wait", len(w.commands))
	}
}

// Commands cross the link as frames, until the window ends.
func TestCommandsCrossTheLink(t *testing.T) {
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: filepath.Join(t.TempDir(), "s")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ours, err := net.Dial("unixpacket", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer ours.Close()
	keeper, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer keeper.Close()
	w, o := &window{conn: ours, epoch: 7}, mqtt.Options{}
	w.hear(&o, homeAssistant())
	done, passed := make(chan struct{}), make(chan struct{})
	go func() {
		w.pass(done)
		close(passed)
	}()
	o.Heard("quietstat/home/set/preset", false, []byte("away"))
	kind, body, err := wire.Receive(keeper, make([]byte, wire.MaxFrame+1))
	if err != nil || kind != wire.KindCommand {
		t.Fatalf("%q, %v", kind, err)
	}
	if c, err := wire.DecodeCommand(body); err != nil || c != (wire.Command{Epoch: 7, Kind: consent.CommandPreset, Number: 2}) {
		t.Errorf("%+v, %v", c, err)
	}
	close(done)
	<-passed
}
