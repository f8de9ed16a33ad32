package keeper

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/agent/internal/uplink"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// uplinkVariable turns this test binary into an uplink process.
const uplinkVariable = "QUIETSTAT_KEEPER_TEST_RECIPIENT"

func TestMain(m *testing.M) {
	if path := os.Getenv(uplinkVariable); path != "" {
		conn, err := uplink.Inherit()
		if err == nil {
			err = uplink.Run(context.Background(), conn, path)
		}
		os.Exit(uplink.ExitCode(err))
	}
	os.Exit(m.Run())
}

// notebook is a log that can be read while it is written.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(b []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(b)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

// broker is a real MQTT broker in this process that notes what it is told.
type broker struct {
	mochi.HookBase
	server   *mochi.Server
	endpoint string
	stop     func()
	mu       sync.Mutex
	heard    []packets.Packet
}

func (b *broker) ID() string { return "ear" }
func (b *broker) Provides(h byte) bool {
	return h == mochi.OnPublish || h == mochi.OnConnectAuthenticate || h == mochi.OnACLCheck
}
func (b *broker) OnConnectAuthenticate(*mochi.Client, packets.Packet) bool { return true }
func (b *broker) OnACLCheck(*mochi.Client, string, bool) bool              { return true }
func (b *broker) OnPublish(_ *mochi.Client, p packets.Packet) (packets.Packet, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.heard = append(b.heard, p)
	return p, nil
}

func (b *broker) messages() []packets.Packet {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Clone(b.heard)
}

func startBroker(t *testing.T) *broker {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	b := &broker{endpoint: "mqtt://" + l.Addr().String()}
	server := mochi.New(&mochi.Options{Logger: slog.New(slog.DiscardHandler), InlineClient: true})
	b.server = server
	b.stop = sync.OnceFunc(func() { server.Close() })
	for _, err := range []error{server.AddHook(b, nil), server.AddListener(listeners.NewNet("test", l))} {
		if err != nil {
			t.Fatal(err)
		}
	}
	go server.Serve()
	t.Cleanup(b.stop)
	return b
}

// house is a keeper on a virtual clock with everything around it played by the
// test: control behind panel.sock, the parent that forks uplinks, the clock.
type house struct {
	t        *testing.T
	folder   string
	broker   *broker
	disk     *store.Disk
	talk     bool // a talk button is configured
	dark     bool // no light is wired
	stacks   map[consent.Source]string
	patience time.Duration // with an instant; 0: as outside tests
	log      bytes.Buffer
	stop     func()
	master   *clock.Master
	link     *clock.Link // the keeper's end of the clock, to see which instant it has
	control  net.Conn    // our end of panel.sock
	panel    *net.UnixListener

	now      clock.Instant
	snap     consent.Snapshot
	faults   clock.Fault
	light    bool // the indicator can be driven
	silent   bool // control sends no snapshots
	asked    wire.Panel
	askedMu  sync.Mutex
	children sync.WaitGroup
	alive    atomic.Int64 // uplinks
	child    atomic.Int64 // the newest one's pid
}

func newHouse(t *testing.T) *house {
	t.Helper()
	folder, err := os.MkdirTemp("", "qk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	h := &house{t: t, folder: folder, broker: startBroker(t), disk: new(store.Disk), talk: true, light: true}
	h.now = clock.Instant{Boot: time.Hour, Wall: time.Date(2026, 1, 15, 8, 0, 0, 0, time.UTC), Trusted: true}
	h.snap = consent.Snapshot{Temperature: 20.26, Humidity: 41, Pressure: 99000, Sensor: consent.HealthOK, Setpoint: 21, Mode: consent.ModeHeat, DoorCount: 1}
	if h.panel, err = net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: filepath.Join(folder, local.PanelSocket)}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.panel.Close() })
	h.start()
	t.Cleanup(func() {
		h.stop()
		h.children.Wait()
		for _, secret := range []string{"kitchen", "Kitchen", "home/heat", "door", "20.26", "99000", strings.TrimPrefix(h.broker.endpoint, "mqtt://")} {
			if strings.Contains(h.log.String(), secret) {
				t.Errorf("the log tells of %q", secret)
			}
		}
		if t.Failed() {
			t.Logf("the keeper logged:\n%s", h.log.String())
		}
	})
	return h
}

// start starts a keeper and lets control and it find each other.
func (h *house) start() {
	h.t.Helper()
	listener, err := net.Listen("unix", filepath.Join(h.folder, local.KeeperSocket))
	if err != nil {
		h.t.Fatal(err)
	}
	voice, err := net.Listen("unixpacket", filepath.Join(h.folder, local.VoiceSocket))
	if err != nil {
		h.t.Fatal(err)
	}
	master, file, err := clock.Pair()
	if err != nil {
		h.t.Fatal(err)
	}
	conn, err := net.FileConn(file)
	if err != nil {
		h.t.Fatal(err)
	}
	file.Close()
	h.master, h.link = master, clock.NewLink(conn)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- Run(ctx, Options{
			Folder: h.folder, Runtime: h.folder, PanelSocket: filepath.Join(h.folder, local.PanelSocket), Listener: listener,
			Link: h.link, Disk: h.disk, TalkButton: h.talk, Indicator: !h.dark, VoiceListener: voice, VoiceStacks: h.stacks, instantLimit: h.patience, BootID: "one boot", Log: slog.New(slog.NewTextHandler(&h.log, nil)),
		})
	}()
	h.control, err = h.panel.Accept()
	if err != nil {
		h.t.Fatal(err)
	}
	go h.hearPanel(h.control)
	h.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				h.t.Errorf("keeper: %v", err)
			}
		case <-time.After(10 * time.Second):
			h.t.Error("the keeper does not end")
		}
		h.master.Close()
		h.control.Close()
	})
}

func (h *house) hearPanel(conn net.Conn) {
	buf := make([]byte, wire.MaxFrame+1)
	for {
		_, body, err := wire.Receive(conn, buf)
		if err != nil {
			return
		}
		var p wire.Panel
		if wire.Decode(body, &p) != nil {
			return
		}
		h.askedMu.Lock()
		h.asked = p
		h.askedMu.Unlock()
	}
}

// tick lets seconds pass, one instant each, with a fresh sample in every one.
func (h *house) tick(seconds int) {
	h.t.Helper()
	for range seconds {
		h.now.Boot += time.Second
		h.now.Wall = h.now.Wall.Add(time.Second)
		tick := clock.Tick{Instant: h.now, Faults: h.faults}
		if !h.silent {
			tick.Snapshot = h.snapshot()
		}
		if err := h.master.Send(tick); err != nil {
			h.t.Fatal(err)
		}
		if _, err := h.master.Wait(30 * time.Second); err != nil {
			h.t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // the panel request of this instant arrives
	}
}

// arrived waits until the keeper's clock shows the instant that was sent last.
func (h *house) arrived() {
	h.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); h.link.Now().Boot != h.now.Boot; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			h.t.Error("the instant did not reach the keeper")
			return
		}
	}
}

// snapshot plays one tick of control.
func (h *house) snapshot() uint64 {
	h.t.Helper()
	h.askedMu.Lock()
	asked := h.asked
	h.askedMu.Unlock()
	h.snap.Seq++
	h.snap.Boot, h.snap.SampleBoot, h.snap.Wall, h.snap.WallTrusted = h.now.Boot, h.now.Boot, h.now.Wall, h.now.Trusted
	h.snap.Indicator, h.snap.IndicatorEpoch, h.snap.IndicatorOK = asked.Indicator, asked.Epoch, h.light
	if _, err := h.control.Write(wire.AppendSnapshot(nil, &h.snap)); err != nil {
		h.t.Fatal(err)
	}
	return h.snap.Seq
}

func (h *house) call(verb string, arguments, into any) error {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return local.Call(ctx, filepath.Join(h.folder, local.KeeperSocket), verb, arguments, into)
}

func (h *house) must(verb string, arguments, into any) {
	h.t.Helper()
	if err := h.call(verb, arguments, into); err != nil {
		h.t.Fatalf("%s: %v", verb, err)
	}
}

func (h *house) status() (s local.KeeperStatus) {
	h.t.Helper()
	h.must("status", nil, &s)
	return s
}

// enrol enrols the broker as "kitchen" with a policy, and plays the parent that
// forks its uplinks.
func (h *house) enrol(shares ...local.Share) {
	h.t.Helper()
	h.must("recipient.add", consent.Recipient{
		ID: "kitchen", DisplayName: "Kitchen", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint,
		TopicPrefix: "home/heat", Profile: consent.ProfileJSON,
	}, nil)
	if len(shares) > 0 {
		h.must("policy.set", local.PolicyArguments{Recipient: "kitchen", Categories: shares}, nil)
	}
	socket := filepath.Join(h.folder, "uplink@kitchen.sock")
	l, err := net.ListenUnix("unixpacket", &net.UnixAddr{Net: "unixpacket", Name: socket})
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { l.Close() })
	go func() {
		for {
			conn, err := l.AcceptUnix()
			if err != nil {
				return
			}
			h.fork(conn)
		}
	}()
}

func (h *house) fork(conn *net.UnixConn) {
	defer conn.Close()
	file, err := conn.File()
	if err != nil {
		return
	}
	defer file.Close()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), fmt.Sprintf("%s=%s", uplinkVariable, filepath.Join(h.folder, "keeper", "recipients", "kitchen.json")))
	child.ExtraFiles = []*os.File{file}
	if child.Start() == nil {
		h.alive.Add(1)
		h.child.Store(int64(child.Process.Pid))
		h.children.Go(func() {
			child.Wait()
			h.alive.Add(-1)
		})
	}
}

// gone waits until no uplink lives. Shut has confirmed it; the parent notices the
// exit a moment later.
func (h *house) gone(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(4 * time.Second); h.alive.Load() > 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d uplinks live after the closing returned", h.alive.Load())
		}
	}
}

// optIn gives the kitchen an opt-in to the temperature every 10 s and returns its id.
func (h *house) optIn() string {
	h.t.Helper()
	var p local.Pending
	h.must("consent.grant", local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature", PeriodS: 10}}}, &p)
	h.press()
	h.tick(2)
	h.must("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &p)
	if p.ID == "" {
		h.t.Fatal("no opt-in after the press")
	}
	return p.ID
}

// cutPower starts the keeper anew with the state folder as it is on the disk now:
// nothing of its orderly end counts.
func (h *house) cutPower() {
	h.t.Helper()
	kept, folders := h.t.TempDir(), []string{"keeper", "ledger", "values", "history"}
	for _, name := range folders {
		if err := os.CopyFS(filepath.Join(kept, name), os.DirFS(filepath.Join(h.folder, name))); err != nil {
			h.t.Fatal(err)
		}
	}
	h.stop()
	h.disk.Inject(nil)
	for _, name := range folders {
		folder := filepath.Join(h.folder, name)
		if err := os.RemoveAll(folder); err != nil {
			h.t.Fatal(err)
		}
		if err := os.CopyFS(folder, os.DirFS(filepath.Join(kept, name))); err != nil {
			h.t.Fatal(err)
		}
	}
	h.start()
}

// press presses the talk button; it counts from the next snapshot.
func (h *house) press() { h.snap.TalkPresses++ }

// fields lists the field names of a message.
func fields(t *testing.T, p packets.Packet) []string {
	t.Helper()
	var envelope struct {
		Fields map[string]any `json:"fields"`
	}
	if err := json.Unmarshal(p.Payload, &envelope); err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(envelope.Fields))
}

// kinds lists the kinds of every entry in the ledger.
func (h *house) kinds() []string {
	h.t.Helper()
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	var kinds []string
	for _, line := range lines {
		kinds = append(kinds, line.Kind)
	}
	return kinds
}
