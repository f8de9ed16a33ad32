package mqtt

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
)

type whisper struct {
	topic, payload string
	retained       bool
}

// listenTo runs a Listener against a broker until the test ends; ready is closed when
// its subscriptions stand, which a message to itself shows.
func listenTo(t *testing.T, h *hub, l *Listener, filters ...string) (heard chan whisper, end chan error) {
	t.Helper()
	heard, end = make(chan whisper, 1<<10), make(chan error, 1)
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	go func() {
		end <- l.Listen(ctx, filters, func(topic string, retained bool, payload []byte) {
			heard <- whisper{topic, string(payload), retained}
		})
	}()
	for late := time.After(20 * time.Second); ; {
		select {
		case err := <-end:
			t.Fatalf("does not listen: %v", err)
		case <-late:
			t.Fatal("does not listen")
		case <-time.After(5 * time.Millisecond):
		}
		l.mu.Lock()
		stands := l.link != nil
		l.mu.Unlock()
		if stands {
			return heard, end
		}
	}
}

func take[T any](t *testing.T, from <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-from:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func TestListenerHearsInOrderAndSays(t *testing.T) {
	h := startHub(t)
	if err := h.Publish("voice/kept", []byte("old"), true, 0); err != nil {
		t.Fatal(err)
	}
	l := &Listener{Address: h.address}
	if err := l.Say("voice/x", []byte("early")); !errors.Is(err, ErrListening) {
		t.Errorf("said something while nobody listens: %v", err)
	}
	heard, end := listenTo(t, h, l, "voice/+", "other/#")
	if got := take(t, heard); got != (whisper{"voice/kept", "old", true}) {
		t.Errorf("retained: %+v", got)
	}
	for i := range 50 {
		payload := strings.Repeat("x", i)
		if err := h.Publish("voice/a", []byte(payload), false, 0); err != nil {
			t.Fatal(err)
		}
		if got := take(t, heard); got != (whisper{"voice/a", payload, false}) {
			t.Fatalf("message %d: %+v", i, got)
		}
	}
	if err := h.Publish("else/a", []byte("no"), false, 0); err != nil {
		t.Fatal(err)
	}
	for len(h.arrived) > 0 {
		<-h.arrived
	}
	if err := l.Say("say/it", []byte("warm")); err != nil {
		t.Error(err)
	}
	if got := take(t, h.arrived); got != "warm" {
		t.Errorf("%q arrived", got)
	}
	for name, err := range map[string]error{
		"an empty message": l.Say("say/it", nil), "a wildcard": l.Say("say/#", []byte("x")), "no topic": l.Say("", []byte("x")),
	} {
		if !errors.Is(err, ErrListening) {
			t.Errorf("%s was said: %v", name, err)
		}
	}
	if len(heard) != 0 {
		t.Errorf("heard what was not asked for: %+v", <-heard)
	}
	h.stop()
	if err := take(t, end); !errors.Is(err, ErrListening) {
		t.Errorf("when the broker went: %v", err)
	}
	if err := l.Say("say/it", []byte("late")); !errors.Is(err, ErrListening) {
		t.Errorf("said something to a broker that is gone: %v", err)
	}
}

func TestListenerEndsWithItsContext(t *testing.T) {
	h := startHub(t)
	l := &Listener{Address: h.address}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Listen(ctx, []string{"x"}, nil); err == nil {
		t.Error("listened after the end")
	}
	for _, address := range []string{"", "192.0.2.1:1883", "0.0.0.0:1883", "localhost:1883", "mqtt://127.0.0.1:1883"} {
		far := &Listener{Address: address}
		if err := far.Listen(t.Context(), []string{"x"}, nil); !errors.Is(err, ErrListening) || !strings.Contains(err.Error(), "loopback") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

// Whoever hears too slowly, or is sent a packet that is too large, loses the link
// rather than memory.
func TestListenerIsBounded(t *testing.T) {
	t.Run("too fast", func(t *testing.T) {
		h := startHub(t)
		l, goOn := &Listener{Address: h.address}, make(chan struct{})
		end, began := make(chan error, 1), make(chan struct{}, 1<<10)
		go func() {
			end <- l.Listen(t.Context(), []string{"voice/#"}, func(string, bool, []byte) { began <- struct{}{}; <-goOn })
		}()
		for len(began) == 0 {
			h.Publish("voice/a", []byte("x"), false, 0)
			time.Sleep(5 * time.Millisecond)
		}
		for range 4 * listenQueue {
			h.Publish("voice/a", []byte("x"), false, 0)
		}
		for l.Say("else", []byte("x")) == nil {
			time.Sleep(5 * time.Millisecond) // while nothing is heard the queue overflows
		}
		close(goOn)
		if err := take(t, end); err == nil || !strings.Contains(err.Error(), "faster") {
			t.Errorf("the link was kept: %v", err)
		}
	})
	t.Run("too large", func(t *testing.T) {
		h := startHub(t)
		heard, end := listenTo(t, h, &Listener{Address: h.address}, "voice/#")
		for _, size := range []int{listenPacket - 9, listenPacket - 8} { // the topic and its length take nine
			h.Publish("voice/a", bytes.Repeat([]byte("x"), size), false, 0)
		}
		if got := take(t, heard); len(got.payload) != listenPacket-9 {
			t.Errorf("%d bytes", len(got.payload))
		}
		if err := take(t, end); !errors.Is(err, ErrListening) {
			t.Errorf("the link was kept: %v", err)
		}
	})
}

// deaf is a broker's access list that lets nobody read one topic.
type deaf struct{ mochi.HookBase }

func (deaf) Provides(b byte) bool                                     { return b == mochi.OnConnectAuthenticate || b == mochi.OnACLCheck }
func (deaf) OnConnectAuthenticate(*mochi.Client, packets.Packet) bool { return true }
func (deaf) OnACLCheck(_ *mochi.Client, topic string, _ bool) bool    { return topic != "voice/end" }

func TestListenerWantsAllOrNothing(t *testing.T) {
	h := startHub(t)
	open := &Listener{Address: h.address}
	listenTo(t, h, open, "voice/begin", "voice/end")

	closed := &hub{Server: mochi.New(&mochi.Options{Logger: quiet}), arrived: make(chan string, 1)}
	if err := closed.AddHook(new(deaf), nil); err != nil {
		t.Fatal(err)
	}
	serveHub(t, closed)
	l := &Listener{Address: closed.address}
	if err := l.Listen(t.Context(), []string{"voice/begin", "voice/end"}, nil); err == nil || !strings.Contains(err.Error(), "voice/end") {
		t.Errorf("half an ear: %v", err)
	}
}

// The bound is kept whatever pieces the stream comes in.
func TestPacketBound(t *testing.T) {
	packet := func(length int, body bool) []byte {
		b := appendRemaining([]byte{0x30}, length)
		if body {
			b = append(b, bytes.Repeat([]byte{0xff}, length)...)
		}
		return b
	}
	whole := slices.Concat([]byte{0x20, 2, 0, 0}, packet(listenPacket, true), []byte{0xd0, 0}, packet(127, true), packet(128, true))
	for piece := 1; piece < 300; piece += 7 {
		var p packetBound
		for rest := whole; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
			if err := p.feed(rest[:min(piece, len(rest))]); err != nil {
				t.Fatalf("in pieces of %d: %v", piece, err)
			}
		}
		if p != (packetBound{}) {
			t.Fatalf("in pieces of %d it ends within a packet: %+v", piece, p)
		}
	}
	for name, b := range map[string][]byte{
		"one byte too large": packet(listenPacket+1, false), "256 MB": packet(maxRemaining, false), "a length without end": {0x30, 0x80, 0x80, 0x80, 0x80},
	} {
		if err := new(packetBound).feed(b); err == nil {
			t.Errorf("%s was let in", name)
		}
	}
}

// No stream makes the bound wait for more than it allows, in whatever pieces.
func FuzzPacketBound(f *testing.F) {
	f.Add([]byte{0x30, 3, 0, 1, 'x', 0xd0, 0}, 2)
	f.Add([]byte{0x30, 0xff, 0xff, 0xff, 0x7f}, 1)
	f.Fuzz(func(t *testing.T, b []byte, cut int) {
		cut = max(0, min(cut, len(b)))
		var whole, pieces packetBound
		first := whole.feed(b)
		second := pieces.feed(b[:cut])
		if second == nil {
			second = pieces.feed(b[cut:])
		}
		if (first == nil) != (second == nil) || first == nil && whole != pieces || whole.left > listenPacket {
			t.Errorf("whole %+v %v, in pieces %+v %v", whole, first, pieces, second)
		}
	})
}
