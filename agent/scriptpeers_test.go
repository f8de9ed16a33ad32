package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
	"github.com/rogpeppe/go-internal/testscript"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/supervise"
	"quietstat/hvac/house"
)

// cmdBroker starts a recipient at $BROKER. It appends every message to the file
// "received", topic and payload on one line.
func cmdBroker(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 0, "broker")
	received := ts.MkAbs("received")
	ts.Check(os.WriteFile(received, nil, 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	server := mqtt.New(&mqtt.Options{Logger: slog.New(slog.DiscardHandler)})
	ts.Defer(func() { complain(ts, server.Close()) })
	ts.Check(server.AddHook(&diary{path: received}, nil))
	ts.Check(server.AddListener(listeners.NewNet("script", listener)))
	ts.Check(server.Serve())
	ts.Setenv("BROKER", "mqtt://"+listener.Addr().String())
}

// complain says what went wrong when the script was over.
func complain(ts *testscript.TestScript, err error) {
	if err != nil {
		ts.Value(test{}).(testing.TB).Error(err)
	}
}

// diary lets everybody in and writes down what they say.
type diary struct {
	mqtt.HookBase
	path string
	mu   sync.Mutex
}

func (*diary) ID() string { return "diary" }

func (*diary) Provides(b byte) bool {
	return b == mqtt.OnConnectAuthenticate || b == mqtt.OnACLCheck || b == mqtt.OnPublish
}

func (*diary) OnConnectAuthenticate(*mqtt.Client, packets.Packet) bool { return true }

func (*diary) OnACLCheck(*mqtt.Client, string, bool) bool { return true }

func (d *diary) OnPublish(_ *mqtt.Client, p packets.Packet) (packets.Packet, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	f, err := os.OpenFile(d.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return p, err
	}
	defer f.Close()
	_, err = fmt.Fprintf(f, "%s %s\n", p.TopicName, p.Payload)
	return p, err
}

// cmdHouse starts the roles of the configuration in the file of that name as
// quietstat agent does, on a clock of their own that is always trusted: whether a test
// machine's clock is synchronised must not matter. Virtual seconds pass quickly, but
// slowly enough that nobody misses the minute for a press.
func cmdHouse(ts *testscript.TestScript, neg bool, args []string) {
	usage(ts, neg, len(args) == 1 || len(args) == 2, "house FILE [SECONDS]")
	pace := 1 // virtual seconds for each tenth of a real one
	if len(args) == 2 {
		var err error
		pace, err = strconv.Atoi(args[1])
		ts.Check(err)
	}
	path := ts.MkAbs(args[0])
	c, err := config.Load(path)
	ts.Check(err)
	world, err := supervise.NewWorld(c, house.KindA, 1, 8*time.Hour)
	ts.Check(err)
	ts.Check(errors.Join(os.MkdirAll(c.State.Runtime, 0o700), os.MkdirAll(c.State.Folder, 0o700)))
	g, err := supervise.NewGroup(c.State.Runtime, nil)
	ts.Check(err)
	ts.Defer(g.Stop)
	ctx, cancel := context.WithCancel(context.Background())
	ts.Defer(cancel)
	v := &virtual{world: world, now: time.Minute}
	world.Board.SetClock(v.boot)
	roles := supervise.Roles{
		Config: path, Runtime: c.State.Runtime, State: c.State.Folder,
		Keeper: func() ([]supervise.File, error) { return v.files(&v.keeper) },
		Control: func() ([]supervise.File, error) {
			board, err := world.Link(ctx)
			if err != nil {
				return nil, err
			}
			return v.files(&v.control, board)
		},
		ControlDied: func() {},
	}
	sockets, err := roles.Start(g)
	ts.Check(err)
	uplinks := g.NewUplinks(c.State.Folder, supervise.Child{})
	over := make(chan struct{})
	go func() {
		defer close(over)
		for ctx.Err() == nil {
			for range pace {
				v.second()
			}
			_ = uplinks.Rescan() // a recipient that cannot be reached shows in the script
			time.Sleep(100 * time.Millisecond)
		}
	}()
	ts.Defer(func() {
		cancel()
		<-over
		complain(ts, uplinks.Close())
		g.Stop()
		complain(ts, sockets.Close())
	})
}

// virtual is the clock of such a house.
type virtual struct {
	world *supervise.World

	mu              sync.Mutex
	now             time.Duration // CLOCK_BOOTTIME of roles and board alike
	control, keeper *clock.Master
}

func (v *virtual) boot() time.Duration {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// files makes a role's clock link, beside what it gets otherwise.
func (v *virtual) files(end **clock.Master, others ...supervise.File) ([]supervise.File, error) {
	master, theirs, err := clock.Pair()
	if err != nil {
		return nil, err
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	*end = master
	return append(others, supervise.File{Variable: clock.LinkVariable, File: theirs}), nil
}

// second lets one pass, in the house first, then in control, then in the keeper.
func (v *virtual) second() {
	v.world.Advance(time.Second)
	v.mu.Lock()
	v.now += time.Second
	control, keeper := v.control, v.keeper
	tick := clock.Tick{Instant: clock.Instant{Boot: v.now, Trusted: true,
		Wall: time.Date(2026, time.March, 2, 8, 0, 0, 0, time.UTC).Add(v.now)}}
	v.mu.Unlock()
	for _, master := range []*clock.Master{control, keeper} {
		if master == nil || master.Send(tick) != nil {
			return // not there yet, or gone
		}
		ack, err := master.Wait(patience)
		if err != nil {
			return
		}
		tick.Snapshot = ack.Snapshot
	}
}
