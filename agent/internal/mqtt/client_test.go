package mqtt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/eclipse/paho.mqtt.golang/packets"

	"quietstat/agent/internal/wire"
)

func TestDeliversAndCloses(t *testing.T) {
	r := listen(t)
	c := dial(t, options(r.Addr().String()))
	for _, payload := range []string{"a", "b", "c"} {
		if result, err := c.Publish(delivery(t, epoch, "home/t", payload)); result != wire.ResultSent || err != nil {
			t.Fatalf("result %d, %v", result, err)
		}
	}
	c.Close()
	if result, err := c.Publish(delivery(t, epoch, "home/t", "d")); result != wire.ResultRefused || !refused(err) {
		t.Errorf("published after close: result %d, %v", result, err)
	}
	<-c.Lost()
	r.end()
	if got := r.kinds(); !slices.Equal(got, []byte{kindConnect, kindPublish, kindPublish, kindPublish}) {
		t.Errorf("kinds of packets: %v", got)
	}
	connect := r.got[0].(*packets.ConnectPacket)
	if connect.WillFlag || !connect.CleanSession || connect.ProtocolVersion != 4 || connect.ClientIdentifier != "window-1" || connect.Keepalive != 60 {
		t.Errorf("connected as %v", connect)
	}
	for _, p := range r.got[1:] {
		if p := p.(*packets.PublishPacket); p.Qos != 0 || p.Retain || p.Dup || p.TopicName != "home/t" {
			t.Errorf("published as %v", p.FixedHeader)
		}
	}
}

// Paho itself is told to publish what nobody decided, as a fault of its own would.
func TestPahoAloneCannotPublish(t *testing.T) {
	r := listen(t)
	c := dial(t, options(r.Addr().String()))
	c.paho.Publish("home/secret", 0, true, "occupied").Wait()
	c.Close()
	r.end()
	if got := r.published(); len(got) != 0 {
		t.Errorf("%q was published", got)
	}
}

// P1 and P3: what was published into an outage, and what was blocked when the
// window closed, comes out on the next connection. There must be none.
func TestNothingOutlivesTheConnection(t *testing.T) {
	r := listen(t)
	c := dial(t, options(r.Addr().String()))
	r.cut()
	<-c.Lost()
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			result, err := c.Publish(delivery(t, epoch, "home/t", fmt.Sprint(i)))
			if result != wire.ResultFailed || !errors.Is(err, ErrLost) {
				t.Errorf("published into an outage: result %d, %v", result, err)
			}
		})
	}
	all.Wait()
	if result, _ := c.Publish(delivery(t, epoch, "home/t", "late")); result != wire.ResultFailed {
		t.Errorf("result %d", result)
	}
	// A second window: the recipient is told only what belongs to it.
	second := dial(t, options(r.Addr().String()))
	if result, err := second.Publish(delivery(t, epoch, "home/t", "second")); result != wire.ResultSent {
		t.Error(err)
	}
	second.Close()
	r.end()
	if got := r.published(); !slices.Equal(got, []string{"second"}) || r.connections() != 2 {
		t.Errorf("%q over %d connections", got, r.connections())
	}
}

// P2: Disconnect is no barrier while CONNACK is awaited. Ending the context is.
func TestCancelWhileConnackIsHeld(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	r := listen(t, func(r *recipient) {
		r.welcome = func(c net.Conn) { close(held); <-release; accept(c) }
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-held; cancel() }()
	c, err := Dial(ctx, options(r.Addr().String()))
	if c != nil || err == nil {
		t.Fatalf("connected: %v", err)
	}
	close(release)
	r.end()
	if got := r.kinds(); !slices.Equal(got, []byte{kindConnect}) || r.connections() != 1 {
		t.Errorf("kinds of packets: %v over %d connections", got, r.connections())
	}
}

func TestConnectTimeout(t *testing.T) {
	release := make(chan struct{})
	r := listen(t, func(r *recipient) { r.welcome = func(net.Conn) { <-release } })
	o := options(r.Addr().String())
	o.ConnectTimeout = 20 * time.Millisecond
	if _, err := Dial(t.Context(), o); err == nil {
		t.Error("connected without CONNACK")
	}
	close(release)
}

// P8: closing a socket with data pending lets the kernel go on delivering it.
func TestStalledReaderGetsNothingAfterClose(t *testing.T) {
	r := listen(t, func(r *recipient) { r.stalled = true })
	o := options(r.Addr().String())
	o.WriteTimeout = time.Minute
	c := dial(t, o)
	line := c.fence.line.Load()
	connect := line.sent() // what the reader does not count
	// Fill what the two kernels take, until a write is stuck.
	payload := strings.Repeat("x", 32<<10)
	stuck := make(chan wire.Result, 1)
	go func() {
		for {
			if result, _ := c.Publish(delivery(t, epoch, "home/t", payload)); result != wire.ResultSent {
				stuck <- result
				return
			}
		}
	}()
	for before := int64(-1); ; {
		time.Sleep(200 * time.Millisecond)
		now, writing := line.sent(), !c.fence.mu.TryLock()
		if !writing {
			c.fence.mu.Unlock()
		}
		if writing && now == before {
			break
		}
		before = now
	}
	c.Close() // the stuck write does not hold it up for a minute
	written := line.sent() - connect
	if result := <-stuck; result != wire.ResultUnknown && result != wire.ResultFailed {
		t.Errorf("the stuck delivery: result %d", result)
	}
	close(r.read)
	r.end()
	r.mu.Lock()
	defer r.mu.Unlock()
	if int64(r.bytes) >= written {
		t.Errorf("the reader got %d bytes of %d written: the send buffer was delivered", r.bytes, written)
	}
	if late := line.sent() - connect - written; late != 0 {
		t.Errorf("%d bytes were written after close", late)
	}
}

// P9: a refused login must not be repeated as another version of the protocol.
func TestRefusedLoginIsSentOnce(t *testing.T) {
	r := listen(t, func(r *recipient) {
		r.welcome = func(c net.Conn) { _, _ = c.Write([]byte{0x20, 2, 0, 5}) }
	})
	o := options(r.Addr().String())
	o.Username, o.Password = "user", "pass"
	if _, err := Dial(t.Context(), o); !errors.Is(err, packets.ErrorRefusedNotAuthorised) {
		t.Errorf("a refused login answered %v", err)
	}
	r.end()
	if got := r.kinds(); !slices.Equal(got, []byte{kindConnect}) || r.connections() != 1 {
		t.Errorf("kinds of packets: %v over %d connections", got, r.connections())
	}
}

// P11: a proxy named in the environment would be told the recipient.
func TestNoProxyFromTheEnvironment(t *testing.T) {
	trap := listen(t)
	for _, name := range []string{"all_proxy", "ALL_PROXY", "http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY"} {
		t.Setenv(name, "socks5://"+trap.Addr().String())
	}
	r := listen(t)
	dial(t, options(r.Addr().String())).Close()
	if trap.connections() != 0 {
		t.Error("the proxy was connected to")
	}
}

func TestUnreachable(t *testing.T) {
	r := listen(t)
	r.end()
	if c, err := Dial(t.Context(), options(r.Addr().String())); err == nil || c != nil {
		t.Error("connected to nobody")
	}
}

// A recipient that says what it was not asked for loses the connection, before
// paho makes room for it or answers.
func TestUnaskedWordsEndTheWindow(t *testing.T) {
	publish := packets.NewControlPacket(packets.Publish).(*packets.PublishPacket)
	publish.TopicName, publish.Payload, publish.Qos, publish.MessageID = "home/set", []byte("30"), 1, 9
	for name, words := range map[string][]byte{
		"publish": encoded(publish),
		"256 MB":  {0x30, 0xff, 0xff, 0xff, 0x7f},
	} {
		t.Run(name, func(t *testing.T) {
			r := listen(t, func(r *recipient) {
				r.welcome = func(c net.Conn) { accept(c); _, _ = c.Write(words) }
			})
			c, err := Dial(t.Context(), options(r.Addr().String()))
			if err == nil { // the words may come before or after Dial has returned
				<-c.Lost()
			}
			r.end()
			if got := r.kinds(); !slices.Equal(got, []byte{kindConnect}) {
				t.Errorf("kinds of packets: %v", got)
			}
		})
	}
}

// P12, and the ends that paho itself does not notice: no goroutine may stay.
func TestLeavesNoGoroutineBehind(t *testing.T) {
	r := listen(t)
	before := runtime.NumGoroutine()
	for range 30 {
		c := dial(t, options(r.Addr().String()))
		if result, err := c.Publish(delivery(t, epoch, "home/t", "x")); result != wire.ResultSent {
			t.Fatal(err)
		}
		c.Close()
	}
	for range 1000 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	stacks := make([]byte, 1<<16)
	t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, bytes.TrimSpace(stacks[:runtime.Stack(stacks, true)]))
}

func TestOptions(t *testing.T) {
	good := options("127.0.0.1:1883")
	tests := []struct {
		name   string
		change func(*Options)
		ok     bool
	}{
		{"as they are", func(*Options) {}, true},
		{"tls", func(o *Options) { o.Endpoint = "mqtts://broker.lan:8883" }, true},
		{"ipv6", func(o *Options) { o.Endpoint = "mqtt://[::1]:1883" }, true},
		{"port 65535", func(o *Options) { o.Endpoint = "mqtt://h:65535" }, true},
		{"port 65536", func(o *Options) { o.Endpoint = "mqtt://h:65536" }, false},
		{"port 0", func(o *Options) { o.Endpoint = "mqtt://h:0" }, false},
		{"no port", func(o *Options) { o.Endpoint = "mqtt://h" }, false},
		{"no host", func(o *Options) { o.Endpoint = "mqtt://:1883" }, false},
		{"websocket", func(o *Options) { o.Endpoint = "ws://h:80" }, false},
		{"path", func(o *Options) { o.Endpoint = "mqtt://h:1883/x" }, false},
		{"credentials", func(o *Options) { o.Endpoint = "mqtt://u:p@h:1883" }, false},
		{"no URL", func(o *Options) { o.Endpoint = "\x00" }, false},
		{"no id", func(o *Options) { o.ClientID = "" }, false},
		{"id of 23", func(o *Options) { o.ClientID = strings.Repeat("a", 23) }, true},
		{"id of 24", func(o *Options) { o.ClientID = strings.Repeat("a", 24) }, false},
		{"no epoch", func(o *Options) { o.Epoch = 0 }, false},
		{"no lease", func(o *Options) { o.Alive = nil }, false},
		{"password alone", func(o *Options) { o.Password = "p" }, false},
		{"tls not spoken", func(o *Options) { o.TLS.Pins = []string{"x"} }, false},
		{"negative timeout", func(o *Options) { o.WriteTimeout = -1 }, false},
		{"half a second of keepalive", func(o *Options) { o.KeepAlive = 1500 * time.Millisecond }, false},
		{"longest keepalive", func(o *Options) { o.KeepAlive = 65535 * time.Second }, true},
		{"longer keepalive", func(o *Options) { o.KeepAlive = 65536 * time.Second }, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := good
			test.change(&o)
			if _, err := o.validate(); (err == nil) != test.ok {
				t.Errorf("validate: %v", err)
			}
		})
	}
	if _, err := Dial(t.Context(), Options{}); err == nil {
		t.Error("the zero options connect")
	}
}
