package mqtt

import (
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/hooks/auth"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"quietstat/agent/internal/wire"
)

// hub is a whole broker, with a subscriber of its own inside that sees everything.
type hub struct {
	*mochi.Server
	address string
	arrived chan string
	stop    func() // may be called again
}

func startHub(t *testing.T) *hub {
	t.Helper()
	h := &hub{
		Server:  mochi.New(&mochi.Options{InlineClient: true, Logger: quiet}),
		arrived: make(chan string, 1<<12),
	}
	if err := h.AddHook(new(auth.AllowHook), nil); err != nil {
		t.Fatal(err)
	}
	serveHub(t, h)
	err := h.Subscribe("#", 1, func(_ *mochi.Client, _ packets.Subscription, p packets.Packet) {
		h.arrived <- string(p.Payload)
	})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

// serveHub lets a broker listen on the loopback until the test ends.
func serveHub(t *testing.T, h *hub) {
	t.Helper()
	l := listeners.NewTCP(listeners.Config{ID: "tcp", Address: "127.0.0.1:0"})
	if err := h.AddListener(l); err != nil {
		t.Fatal(err)
	}
	if err := h.Serve(); err != nil {
		t.Fatal(err)
	}
	h.stop = sync.OnceFunc(func() { h.Server.Close() })
	t.Cleanup(h.stop)
	h.address = l.Address()
}

func TestWithAWholeBroker(t *testing.T) {
	h := startHub(t)
	c := dial(t, options(h.address))
	for _, payload := range []string{"a", "b", "c"} {
		if result, err := c.Publish(delivery(t, epoch, "home/t", payload)); result != wire.ResultSent {
			t.Fatal(err)
		}
		if got := <-h.arrived; got != payload {
			t.Errorf("%q arrived, want %q", got, payload)
		}
	}
	c.Close()
}

// P7 and the retained flood: a window that is cut leaves no will and nothing
// retained behind, and the broker knows no session of it.
func TestNothingIsLeftAtTheBroker(t *testing.T) {
	h := startHub(t)
	for range 30 {
		c := dial(t, options(h.address))
		for topic := range 10 {
			if result, err := c.Publish(delivery(t, epoch, "home/"+string(rune('a'+topic)), "flood")); result != wire.ResultSent {
				t.Fatal(err)
			}
			if got := <-h.arrived; got != "flood" {
				t.Fatalf("%q arrived", got)
			}
		}
		c.Close()
	}
	for len(h.Clients.GetAll()) > 1 { // until the broker has noticed; the inline one stays
		time.Sleep(time.Millisecond)
	}
	if kept := h.Topics.Messages("#"); len(kept) != 0 {
		t.Errorf("%d retained messages", len(kept))
	}
	if extra := len(h.arrived); extra != 0 {
		t.Errorf("%d messages nobody sent: %q", extra, <-h.arrived)
	}
}
