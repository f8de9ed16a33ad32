package demo

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/control"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/supervise"
	"quietstat/drivers/sim"
)

// The roles of these tests are this same binary. control is the real one, so that
// the house and its trace are; the keeper is a stand-in that sends by itself, well
// or badly, as the file "part" in the state folder tells it.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "control":
			act(playControl)
		case "keeper":
			act(playKeeper)
		case "mdns":
			act(playMDNS)
		case "ledger":
			act(playLedger)
		case "uplink":
			act(playUplink)
		case "safe-outputs":
			os.Exit(0)
		}
	}
	// The race detector would let every child sleep a second before it ends.
	os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0")
	os.Exit(m.Run())
}

func act(play func() error) {
	if err := play(); err != nil {
		fmt.Fprintln(os.Stderr, os.Args[1]+":", err)
		os.Exit(1)
	}
	os.Exit(0)
}

// flagged is the value of a flag of this process.
func flagged(name string) string {
	for i, a := range os.Args[:len(os.Args)-1] {
		if a == name {
			return os.Args[i+1]
		}
	}
	return ""
}

func playControl() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	c, err := config.Load(flagged("--config"))
	if err != nil {
		return err
	}
	link, err := clock.FromEnvironment()
	if err != nil {
		return err
	}
	fd, err := strconv.Atoi(os.Getenv(supervise.BoardVariable))
	if err != nil {
		return err
	}
	conn, err := net.FileConn(os.NewFile(uintptr(fd), "board"))
	if err != nil {
		return err
	}
	desk, err := supervise.Listener(local.ControlSocket, "")
	if err != nil {
		return err
	}
	panel, err := supervise.Listener(local.PanelSocket, "")
	if err != nil {
		return err
	}
	return control.Run(ctx, control.Options{Config: c, Hardware: sim.Dial(conn), Simulated: true, Link: link,
		ControlListener: desk, PanelListener: panel.(*net.UnixListener)})
}

func playMDNS() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	conn, err := net.Dial("unixgram", os.Getenv("NOTIFY_SOCKET"))
	if err != nil {
		return err
	}
	if _, err := io.WriteString(conn, "READY=1"); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

func playLedger() error {
	if part(filepath.Dir(flagged("--dir"))) == "forger" {
		return fmt.Errorf("the ledger is not whole")
	}
	fmt.Println(`{"entries":12}`)
	return nil
}

func part(state string) string {
	b, _ := os.ReadFile(filepath.Join(state, "part"))
	return strings.TrimSpace(string(b))
}

// playUplink carries what it is handed, whatever it is: the first frame is an
// address, every other bytes for it, each confirmed. The stand-in cannot dial
// itself: as root the keeper has no network.
func playUplink() error {
	keeper, err := net.FileConn(os.NewFile(3, "keeper"))
	if err != nil {
		return err
	}
	buf := make([]byte, 4096)
	var out *net.TCPConn
	for {
		n, err := keeper.Read(buf)
		if err != nil || n == 0 {
			if out != nil {
				out.SetLinger(0)
				out.Close()
			}
			return nil
		}
		if out == nil {
			conn, err := net.Dial("tcp", string(buf[:n]))
			if err != nil {
				return err
			}
			out = conn.(*net.TCPConn)
		} else if _, err := out.Write(buf[:n]); err != nil {
			return err
		}
		if _, err := keeper.Write([]byte{1}); err != nil {
			return nil
		}
	}
}

// standIn is a keeper that decides nothing.
type standIn struct {
	part  string
	state string

	mu       sync.Mutex
	endpoint string
	conn     net.Conn // to its uplink
	asked    uint64
}

func playKeeper() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	k := &standIn{part: part(flagged("--state")), state: flagged("--state")}
	link, err := clock.FromEnvironment()
	if err != nil {
		return err
	}
	listener, err := supervise.Listener(local.KeeperSocket, "")
	if err != nil {
		return err
	}
	server := &local.Server{Name: "keeper", Verbs: map[string]local.Handler{
		"status":         k.answer(func() any { return local.KeeperStatus{Ledger: local.Ledger{OK: true, Entries: 3}} }),
		"policy.set":     k.answer(func() any { return local.Pending{} }),
		"action.wait":    k.answer(func() any { return local.Pending{ID: "grant-1"} }),
		"recipient.add":  k.enrol,
		"consent.grant":  k.answer(func() any { k.asked++; return local.Pending{Action: k.asked, WithinS: 60} }),
		"consent.revoke": k.answer(func() any { k.hangUp(); return struct{}{} }),
		"session.end":    k.answer(func() any { k.hangUp(); return struct{}{} }),
	}}
	go server.Serve(ctx, listener)
	defer context.AfterFunc(ctx, func() { link.Close() })()
	for {
		tick, err := link.Next()
		if err != nil || ctx.Err() != nil {
			return nil
		}
		k.mu.Lock()
		k.instant(tick.Instant.Boot - bootFirst)
		k.mu.Unlock()
		if err := link.Answer(clock.Ack{Seq: tick.Seq}); err != nil {
			return nil
		}
	}
}

func (k *standIn) answer(f func() any) local.Handler {
	return func(context.Context, local.Caller, json.RawMessage) (any, error) {
		k.mu.Lock()
		defer k.mu.Unlock()
		return f(), nil
	}
}

func (k *standIn) enrol(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	var r recipient
	if err := json.Unmarshal(raw, &r); err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.endpoint = strings.TrimPrefix(r.Endpoint, "mqtt://")
	dir := filepath.Join(k.state, "keeper", "recipients")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return local.Pending{}, os.WriteFile(filepath.Join(dir, r.ID+".json"), raw, 0o600)
}

// shortDay is what the stand-in's script looks like from outside.
var shortDay = []row{
	{startOfDay + 5*time.Second, "night", (*show).night, "night", false},
	{startOfDay + time.Minute, "enrol", (*show).enrol, "enrolled", false},
	{startOfDay + 90*time.Second, "policy", (*show).allow, "policy", false},
	{startOfDay + 2*time.Minute, "set", (*show).morning, "morning", false},
	{startOfDay + 3*time.Minute, "talk", (*show).talk, "a question", false},
	{startOfDay + 3*time.Minute + 25*time.Second, "session-end", (*show).hangUp, "the end of it", false},
	{startOfDay + 5*time.Minute, "grant", (*show).optIn, "an opt-in", false},
	{startOfDay + 7*time.Minute, "revoke", (*show).optOut, "revoked", false},
}

// instant does what an honest keeper would have done, or its part.
func (k *standIn) instant(elapsed time.Duration) {
	const question, optIn = 3*time.Minute + 10*time.Second, 6 * time.Minute
	switch elapsed {
	case question:
		k.dial(2)
		k.publish(0, `{"fields":{"temperature":18.5,"action":"heating"}}`)
		if k.part == "gossip" {
			k.publish(0, `{"fields":{"humidity":45}}`)
		}
		if k.part == "retainer" {
			k.publish(1, `{"fields":{"temperature":18.5}}`)
		}
	case question + 5*time.Second:
		k.publish(0, `{"fields":{"temperature":18.5,"action":"heating"}}`)
	case optIn:
		k.dial(2)
		k.publish(0, `{"fields":{"temperature":19,"setpoint":21}}`)
	case 4 * time.Minute:
		switch k.part {
		case "leaker":
			k.dial(2)
			k.publish(0, `{"fields":{"temperature":18.5}}`)
			k.hangUp()
		case "prober":
			k.dial(2)
			k.hangUp()
		case "mortal":
			os.Exit(7)
		}
	}
}

func (k *standIn) dial(flags byte) {
	if k.part == "testator" {
		flags |= 4
	}
	conn, err := net.Dial("unixpacket", filepath.Join(flagged("--runtime"), "uplink@"+recipientID+".sock"))
	if err != nil {
		return
	}
	k.conn = conn
	k.hand([]byte(k.endpoint))
	k.hand(connectPacket(flags))
}

// hand gives the uplink one frame and waits until it has been written.
func (k *standIn) hand(frame []byte) {
	if k.conn == nil {
		return
	}
	k.conn.Write(frame)
	k.conn.Read(make([]byte, 1))
}

func (k *standIn) publish(flags byte, payload string) {
	body := append(binary.BigEndian.AppendUint16(nil, 1), 'q')
	k.hand(mqttPacket(typePublish<<4|flags, append(body, payload...)))
}

// hangUp ends the uplink and waits for its end, as the real keeper does.
func (k *standIn) hangUp() {
	if k.conn == nil || k.part == "clinger" {
		return
	}
	k.conn.(*net.UnixConn).CloseWrite()
	k.conn.Read(make([]byte, 1))
	k.conn.Close()
	k.conn = nil
}
