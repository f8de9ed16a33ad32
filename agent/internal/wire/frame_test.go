package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"quietstat/consent"
)

// link is a connected pair of sockets that keep frames apart.
func link(t *testing.T) (a, b net.Conn) {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	var ends [2]net.Conn
	for i, fd := range fds {
		f := os.NewFile(uintptr(fd), "link")
		if ends[i], err = net.FileConn(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	t.Cleanup(func() { ends[0].Close(); ends[1].Close() })
	return ends[0], ends[1]
}

func TestFramesStayApart(t *testing.T) {
	a, b := link(t)
	want := []Panel{{Epoch: 1}, {Indicator: consent.IndicatorGrant, Epoch: 2, Sample: true}, {}}
	for _, p := range want {
		if err := Send(a, KindPanel, p); err != nil {
			t.Fatal(err)
		}
	}
	a.Close()
	buf := make([]byte, MaxFrame+1)
	for _, p := range want {
		kind, body, err := Receive(b, buf)
		if err != nil || kind != KindPanel {
			t.Fatalf("kind %q, %v", kind, err)
		}
		var got Panel
		if err := Decode(body, &got); err != nil || got != p {
			t.Errorf("%+v became %+v, %v", p, got, err)
		}
	}
	if _, _, err := Receive(b, buf); !errors.Is(err, io.EOF) {
		t.Errorf("the end of the link is %v", err)
	}
}

func TestReceiveBounds(t *testing.T) {
	for _, c := range []struct {
		size int
		ok   bool
	}{{1, true}, {MaxFrame - 1, true}, {MaxFrame, true}, {MaxFrame + 1, false}, {MaxFrame + 1000, false}} {
		a, b := link(t)
		frame := bytes.Repeat([]byte{'P'}, c.size)
		if _, err := a.Write(frame); err != nil {
			t.Fatal(err)
		}
		kind, body, err := Receive(b, make([]byte, MaxFrame+1))
		switch {
		case c.ok && (err != nil || kind != 'P' || len(body) != c.size-1):
			t.Errorf("%d bytes: kind %q, %d bytes of body, %v", c.size, kind, len(body), err)
		case !c.ok && !errors.Is(err, ErrFrame):
			t.Errorf("%d bytes were received: %v", c.size, err)
		}
	}
}

func TestEncodeBounds(t *testing.T) {
	text := func(n int) Opened { return Opened{Error: strings.Repeat("x", n)} }
	empty, err := Encode(KindOpened, Opened{Error: "x"})
	if err != nil {
		t.Fatal(err)
	}
	room := MaxFrame - len(empty) + 1
	if b, err := Encode(KindOpened, text(room)); err != nil || len(b) != MaxFrame {
		t.Errorf("the longest frame has %d bytes, %v", len(b), err)
	}
	if _, err := Encode(KindOpened, text(room+1)); !errors.Is(err, ErrFrame) {
		t.Errorf("a longer one gave %v", err)
	}
	if _, err := Encode(KindOpened, func() {}); err == nil {
		t.Error("a function was encoded")
	}
	if err := Send(nil, KindOpened, text(room+1)); !errors.Is(err, ErrFrame) {
		t.Errorf("a frame too long was sent: %v", err)
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for body, ok := range map[string]bool{
		`{"epoch":1}`:       true,
		` {"epoch":1} `:     true,
		`{}`:                true,
		``:                  false,
		`null x`:            false,
		`{"epoch":1}{}`:     false,
		`{"epoch":1,"x":2}`: false,
		`{"epoch":-1}`:      false,
		`{"epoch":1.5}`:     false,
		`{"epoch":"1"}`:     false,
		`[1]`:               false,
	} {
		var l Lease
		if err := Decode([]byte(body), &l); (err == nil) != ok || err != nil && !errors.Is(err, ErrFrame) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

// The kinds are the first byte of every frame and may not collide.
func TestKindsDiffer(t *testing.T) {
	seen := map[Kind]bool{}
	for _, k := range []Kind{KindSnapshot, KindPanel, KindHello, KindOpen, KindOpened, KindDelivery, KindOutcome, KindLease, KindShut, KindClosed,
		KindHeard, KindIntent, KindAnswer} {
		if seen[k] || k == 0 {
			t.Errorf("kind %q is used twice", k)
		}
		seen[k] = true
	}
}

// Every JSON frame comes back as it was sent.
func TestUplinkFrames(t *testing.T) {
	for _, c := range []struct{ want, got any }{
		{&Hello{Recipient: "kitchen", Fingerprint: "ab"}, new(Hello)},
		{&Open{Epoch: 1, Fingerprint: "ab"}, new(Open)},
		{&Opened{Epoch: 2, Error: "refused"}, new(Opened)},
		{&Lease{Epoch: 3}, new(Lease)},
		{&Outcome{ID: "m1", Epoch: 4, Result: ResultRefused, Error: "closed"}, new(Outcome)},
		{&Shut{Epoch: 5}, new(Shut)},
		{&Closed{Epoch: 6}, new(Closed)},
		{&Panel{Indicator: consent.IndicatorSession, Epoch: 7, Sample: true}, new(Panel)},
	} {
		b, err := Encode(KindOpen, c.want)
		if err != nil {
			t.Fatal(err)
		}
		if err := Decode(b[1:], c.got); err != nil {
			t.Errorf("%+v: %v", c.want, err)
		}
		w, err := json.Marshal(c.want)
		if err != nil {
			t.Fatal(err)
		}
		g, err := json.Marshal(c.got)
		if err != nil || !bytes.Equal(w, g) {
			t.Errorf("%s became %s, %v", w, g, err)
		}
	}
}

func TestLeaseOutlastsLateFrames(t *testing.T) {
	if LeaseTime < 4*LeasePeriod {
		t.Errorf("a lease of %v allows no late frames at one per %v", LeaseTime, LeasePeriod)
	}
}
