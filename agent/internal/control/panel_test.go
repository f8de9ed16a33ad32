package control

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"testing"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

func TestPanelWithoutListener(t *testing.T) {
	p, err := newPanel(nil)
	if err != nil {
		t.Fatal(err)
	}
	if r := p.receive(); r != (request{}) {
		t.Errorf("nobody sent %+v", r)
	}
	if p.send([]byte{1}) || p.dropped != 0 {
		t.Error("a frame went to nobody, or counts as dropped although nobody was there")
	}
	p.close()
}

func TestPanelHearsAtOnce(t *testing.T) {
	l := panelSocket(t)
	p := openPanel(t, l)
	k := keeperAt(t, l)
	ask(t, k, wire.Panel{Indicator: consent.IndicatorSession, Epoch: 4, Sample: true})
	ask(t, k, wire.Panel{Indicator: consent.IndicatorGrant, Epoch: 5})
	want := request{arrived: true, asked: true, sample: true, light: consent.IndicatorGrant, epoch: 5}
	if got := p.receive(); got != want {
		t.Errorf("got %+v, want %+v: the newest wins and no sample is forgotten", got, want)
	}
	if got := p.receive(); got != (request{}) {
		t.Errorf("the same was heard twice: %+v", got)
	}
}

func TestPanelBoundsOneTick(t *testing.T) {
	l := panelSocket(t)
	p := openPanel(t, l)
	k := keeperAt(t, l)
	for epoch := range uint64(maxFrames + 1) {
		ask(t, k, wire.Panel{Epoch: epoch + 1})
	}
	if got := p.receive(); got.epoch != maxFrames {
		t.Errorf("heard up to %d, want %d", got.epoch, maxFrames)
	}
	if got := p.receive(); got.epoch != maxFrames+1 {
		t.Errorf("the rest was not heard in the next tick: %+v", got)
	}
}

func TestPanelReplacesThePeer(t *testing.T) {
	l := panelSocket(t)
	p := openPanel(t, l)
	older := keeperAt(t, l)
	p.receive()
	newer := keeperAt(t, l)
	ask(t, older, wire.Panel{Indicator: consent.IndicatorSession, Epoch: 1})
	if r := p.receive(); !r.arrived || r.asked {
		t.Errorf("after a newer keeper came: %+v", r)
	}
	if !p.send([]byte("frame")) {
		t.Fatal("the newer keeper gets nothing")
	}
	if _, err := older.Read(make([]byte, 8)); err == nil {
		t.Error("the older keeper is still served")
	}
	if n, err := newer.Read(make([]byte, 8)); n != 5 || err != nil {
		t.Errorf("the newer keeper read %d bytes, %v", n, err)
	}
}

func TestPanelNoticesTheEnd(t *testing.T) {
	l := panelSocket(t)
	p := openPanel(t, l)
	k := keeperAt(t, l)
	p.receive()
	ask(t, k, wire.Panel{Indicator: consent.IndicatorSession, Epoch: 1})
	k.Close()
	if r := p.receive(); !r.gone || r.asked || p.connected() {
		t.Errorf("what a keeper asked for before it died still holds: %+v", r)
	}
}

func TestPanelHangsUpOnNonsense(t *testing.T) {
	for name, frame := range map[string]string{
		"another kind":  "S{}",
		"not JSON":      "P{",
		"unknown key":   `P{"indicator":0,"epoch":1,"sample":false,"relay":1}`,
		"unknown state": `P{"indicator":4,"epoch":1,"sample":false}`,
		"two bodies":    `P{}{}`,
		"too long":      "P" + string(make([]byte, wire.MaxFrame)),
	} {
		t.Run(name, func(t *testing.T) {
			l := panelSocket(t)
			p := openPanel(t, l)
			k := keeperAt(t, l)
			if _, err := k.Write([]byte(frame)); err != nil {
				t.Fatal(err)
			}
			if r := p.receive(); !r.gone || p.connected() {
				t.Errorf("the connection lives on: %+v", r)
			}
		})
	}
}

func TestPanelRefusesStrangers(t *testing.T) {
	l := panelSocket(t)
	p := openPanel(t, l)
	if os.Getuid() != 0 {
		p.uid++ // as if we ran as somebody else
		keeperAt(t, l)
	} else {
		folder := filepath.Dir(socketName(l))
		for _, path := range []string{socketName(l), folder, filepath.Dir(folder)} {
			if err := os.Chmod(path, 0o777); err != nil {
				t.Fatal(err)
			}
		}
		const nobody = 65534
		asUser(t, nobody, func() {
			c, err := net.DialUnix("unixpacket", nil, l.Addr().(*net.UnixAddr))
			if err != nil {
				t.Error(err)
				return
			}
			t.Cleanup(func() { c.Close() })
		})
	}
	if r := p.receive(); r.arrived || p.connected() {
		t.Errorf("a stranger is served: %+v", r)
	}
}

func TestPanelCountsWhatItDrops(t *testing.T) {
	l := panelSocket(t)
	p := openPanel(t, l)
	keeperAt(t, l) // which never reads
	p.receive()
	frame := make([]byte, 200)
	sent := uint64(0)
	for sent < 1<<20 && p.send(frame) {
		sent++
	}
	before := p.dropped
	for range 10 {
		if p.send(frame) {
			t.Fatal("a full socket took a frame")
		}
	}
	if before != 1 || p.dropped != 11 {
		t.Errorf("dropped %d and then %d frames, want 1 and 11", before, p.dropped)
	}
	if r := p.receive(); r.gone {
		t.Error("a slow keeper was taken for a dead one")
	}
}

// Whatever is read as a request means the same when it is written again, and
// everything else is an error about the frame.
func FuzzParsePanel(f *testing.F) {
	f.Add([]byte(`P{"indicator":1,"epoch":2,"sample":true}`))
	f.Add([]byte(`P{}`))
	f.Add([]byte(`S`))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, frame []byte) {
		got, err := parsePanel(frame)
		if err != nil {
			if !errors.Is(err, wire.ErrFrame) || got != (wire.Panel{}) {
				t.Fatalf("%+v beside %v", got, err)
			}
			return
		}
		again, err := wire.Encode(wire.KindPanel, got)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := parsePanel(again); err != nil || back != got {
			t.Fatalf("%+v became %+v, %v", got, back, err)
		}
	})
}
