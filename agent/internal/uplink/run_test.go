package uplink

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/mqtt"
	"quietstat/agent/internal/wire"
)

func TestCarriesAWindow(t *testing.T) {
	b := serve(t, nil)
	r := recipient(b.Addr().String())
	k := begin(t, r, patience)
	if k.hello.Recipient != "hub" || k.hello.Fingerprint != r.Fingerprint().String() {
		t.Errorf("hello: %+v", k.hello)
	}
	k.open()
	for _, payload := range []string{"first", "second"} {
		if o := k.deliver(payload, payload); o.Result != wire.ResultSent || o.Error != "" {
			t.Errorf("outcome: %+v", o)
		}
		k.send(wire.KindLease, wire.Lease{Epoch: epoch})
	}
	k.send(wire.KindShut, wire.Shut{Epoch: epoch})
	if err := k.closed(); err != nil {
		t.Error(err)
	}
	if got, want := b.end(), "\x30\x0d\x00\x06home/tfirst\x30\x0e\x00\x06home/tsecond"; string(got) != want {
		t.Errorf("the recipient got %q, want %q", got, want)
	}
}

func TestNoNetworkBeforeOpen(t *testing.T) {
	for name, end := range map[string]func(*keeper){
		"shut": func(k *keeper) {
			k.send(wire.KindShut, wire.Shut{Epoch: epoch})
			if err := k.closed(); err != nil {
				k.Error(err)
			}
		},
		"gone": func(k *keeper) {
			k.conn.Close()
			if err := <-k.ended; err != nil {
				k.Error(err)
			}
		},
		"a frame too early": func(k *keeper) {
			k.send(wire.KindDelivery, release("m", epoch, "x"))
			if err := <-k.ended; !errors.Is(err, ErrLink) {
				k.Error(err)
			}
		},
		"no epoch": func(k *keeper) {
			k.send(wire.KindOpen, wire.Open{Fingerprint: k.hello.Fingerprint})
			if err := <-k.ended; !errors.Is(err, ErrLink) {
				k.Error(err)
			}
		},
		"another fingerprint": func(k *keeper) {
			k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: strings.Repeat("0", 64)})
			var opened wire.Opened
			if k.expect(wire.KindOpened, &opened); opened.Error == "" {
				k.Error("opened")
			}
			if err := <-k.ended; !errors.Is(err, ErrRecipient) {
				k.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, nil)
			k := begin(t, recipient(b.Addr().String()), patience)
			k.T = t
			end(k)
			if b.connections() != 0 {
				t.Error("it connected")
			}
		})
	}
}

func TestBadFilesSayNothing(t *testing.T) {
	good := recipient("127.0.0.1:1")
	path := enrol(t, good)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{
		"empty":       nil,
		"unknown key": bytes.Replace(text, []byte(`{`), []byte(`{"topic":"x",`), 1),
		"two":         append(bytes.Clone(text), text...),
		"invalid":     bytes.Replace(text, []byte(`mqtt://`), []byte(`ws://`), 1),
		"too long":    append(bytes.Clone(text), bytes.Repeat([]byte(" "), maxRecipient)...),
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			ours, theirs := pair(t)
			if err := Run(t.Context(), theirs, path); ExitCode(err) != ExitRecipient {
				t.Errorf("run: %v", err)
			}
			if kind, _, err := wire.Receive(ours, make([]byte, wire.MaxFrame+1)); err != io.EOF {
				t.Errorf("it said %q, %v", kind, err)
			}
		})
	}
}

func TestUnreachableRecipient(t *testing.T) {
	b := serve(t, nil)
	b.Close()
	k := begin(t, recipient(b.Addr().String()), patience)
	k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
	var opened wire.Opened
	if k.expect(wire.KindOpened, &opened); opened.Error == "" || opened.Epoch != epoch {
		t.Errorf("opened: %+v", opened)
	}
	if err := k.closed(); ExitCode(err) != ExitUnreachable {
		t.Error(err)
	}
}

func TestLostRecipientEndsTheWindow(t *testing.T) {
	b := serve(t, nil)
	k := begin(t, recipient(b.Addr().String()), patience)
	k.open()
	b.cut()
	if err := k.closed(); !errors.Is(err, mqtt.ErrLost) || ExitCode(err) != ExitUnreachable {
		t.Error(err)
	}
	if b.end(); b.connections() != 1 {
		t.Errorf("%d connections", b.connections())
	}
}

func TestEndOfTheLinkEndsTheWindow(t *testing.T) {
	b := serve(t, nil)
	k := begin(t, recipient(b.Addr().String()), patience)
	k.open()
	k.conn.Close()
	if err := <-k.ended; err != nil {
		t.Error(err)
	}
	b.end() // returns only when the connection is gone
}

func TestWithoutALeaseTheWindowEnds(t *testing.T) {
	b := serve(t, nil)
	k := begin(t, recipient(b.Addr().String()), 30*time.Millisecond)
	k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
	if err := <-k.ended; !errors.Is(err, ErrLease) || ExitCode(err) != ExitLease {
		t.Error(err)
	}
	b.end()
}

// P2, a level higher: the window is shut while CONNACK is awaited.
func TestShutWhileDialling(t *testing.T) {
	b := serve(t, func(b *broker) { b.hold = make(chan struct{}) })
	k := begin(t, recipient(b.Addr().String()), patience)
	k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
	k.send(wire.KindDelivery, release("m", epoch, "too early"))
	for b.connections() == 0 {
		time.Sleep(time.Millisecond)
	}
	k.send(wire.KindShut, wire.Shut{Epoch: epoch})
	var opened wire.Opened
	if k.expect(wire.KindOpened, &opened); opened.Error == "" {
		t.Error("opened")
	}
	if err := k.closed(); err != nil {
		t.Error(err)
	}
	close(b.hold)
	if got := b.end(); len(got) != 0 {
		t.Errorf("the recipient got %q", got)
	}
}

func TestShutWhileTheRecipientIsDeaf(t *testing.T) {
	b := serve(t, func(b *broker) { b.deaf = true })
	k := begin(t, recipient(b.Addr().String()), patience)
	k.open()
	payload := strings.Repeat("x", 4<<10)
	sent := 0
	for stuck := false; !stuck; {
		k.send(wire.KindDelivery, release(fmt.Sprint(sent), epoch, payload))
		_ = k.conn.SetReadDeadline(time.Now().Add(time.Second)) // half of the write timeout
		_, _, err := wire.Receive(k.conn, make([]byte, wire.MaxFrame+1))
		stuck = errors.Is(err, os.ErrDeadlineExceeded)
		sent++
	}
	_ = k.conn.SetReadDeadline(time.Time{})
	k.send(wire.KindShut, wire.Shut{Epoch: epoch})
	var o wire.Outcome
	if k.expect(wire.KindOutcome, &o); o.Result == wire.ResultSent || o.Error == "" {
		t.Errorf("the stuck delivery: %+v", o)
	}
	if err := k.closed(); err != nil {
		t.Error(err)
	}
}

func TestNonsenseEndsTheWindow(t *testing.T) {
	for name, frame := range map[string][]byte{
		"kind":                      []byte("?{}"),
		"one of ours":               []byte(`o{"epoch":7}`),
		"body":                      []byte(`L{"epoch":7} more`),
		"lease of another window":   []byte(`L{"epoch":8}`),
		"shut of another window":    []byte(`X{"epoch":6}`),
		"release of another window": []byte(`D{"id":"m","epoch":8,"topic":"home/t","payload":"eA=="}`),
		"second opening":            []byte(`O{"epoch":7,"fingerprint":""}`),
		"too long":                  bytes.Repeat([]byte("L"), wire.MaxFrame+1),
	} {
		t.Run(name, func(t *testing.T) {
			b := serve(t, nil)
			k := begin(t, recipient(b.Addr().String()), patience)
			k.T = t
			k.open()
			if _, err := k.conn.Write(frame); err != nil {
				t.Fatal(err)
			}
			if err := k.closed(); ExitCode(err) != ExitLink {
				t.Error(err)
			}
			if got := b.end(); len(got) != 0 {
				t.Errorf("the recipient got %q", got)
			}
		})
	}
}

func TestTooManyAtOnceEndTheWindow(t *testing.T) {
	b := serve(t, func(b *broker) { b.hold = make(chan struct{}) })
	k := begin(t, recipient(b.Addr().String()), patience)
	k.send(wire.KindOpen, wire.Open{Epoch: epoch, Fingerprint: k.hello.Fingerprint})
	for i := range waiting + 1 {
		k.send(wire.KindDelivery, release(fmt.Sprint(i), epoch, "x"))
	}
	if err := <-k.ended; ExitCode(err) != ExitLink {
		t.Error(err)
	}
	close(b.hold)
	if got := b.end(); len(got) != 0 {
		t.Errorf("the recipient got %q", got)
	}
}

func TestExitCodes(t *testing.T) {
	for err, want := range map[error]int{
		nil: ExitDone, errors.New("x"): ExitOther, fmt.Errorf("%w: x", ErrRecipient): ExitRecipient,
		ErrLease: ExitLease, ErrUnreachable: ExitUnreachable, mqtt.ErrLost: ExitUnreachable, ErrLink: ExitLink,
		errors.Join(ErrLease, ErrLink): ExitLease,
	} {
		if got := ExitCode(err); got != want {
			t.Errorf("%v: %d, want %d", err, got, want)
		}
	}
	for err, want := range map[error]string{
		fmt.Errorf("%w: /var/lib/quietstat/keeper/recipients/kitchen.json", ErrRecipient): ErrRecipient.Error(),
		errors.New("dial 192.168.1.5:1883"):                                               "it failed",
	} {
		if got := Word(err); got != want {
			t.Errorf("%v: %q, want %q", err, got, want)
		}
	}
}

// The window may end between the recipient's CONNACK and our taking note of it.
func TestClientThatComesTooLateIsClosed(t *testing.T) {
	b := serve(t, nil)
	c, err := mqtt.Dial(t.Context(), mqtt.Options{
		Endpoint: "mqtt://" + b.Addr().String(), ClientID: "late", Epoch: epoch, Alive: func() bool { return true },
	})
	if err != nil {
		t.Fatal(err)
	}
	w := &window{cancel: func() {}}
	w.cut()
	if w.adopt(c) {
		t.Error("adopted")
	}
	select {
	case <-c.Lost():
	default:
		t.Error("it is still open")
	}
}
