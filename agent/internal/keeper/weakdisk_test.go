package keeper

import (
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// stuckDisk hangs every flush until release is called. hit is closed when somebody
// waits for one.
func stuckDisk() (fault store.Fault, hit <-chan struct{}, release func()) {
	reached, freed := make(chan struct{}), make(chan struct{})
	once := sync.OnceFunc(func() { close(reached) })
	fault = func(op store.Op) store.Verdict {
		if op.Kind == store.OpSync {
			once()
			<-freed
		}
		return store.Verdict{}
	}
	return fault, reached, sync.OnceFunc(func() { close(freed) })
}

// tickOver is one second with a disk that fails. A tick sets the disk's faults, so
// this one's are set between the tick and its snapshot.
func (h *house) tickOver(fault store.Fault) {
	h.t.Helper()
	h.now.Boot += time.Second
	h.now.Wall = h.now.Wall.Add(time.Second)
	if err := h.master.Send(clock.Tick{Instant: h.now, Snapshot: h.snap.Seq + 1}); err != nil {
		h.t.Error(err)
		return
	}
	h.arrived()
	time.Sleep(20 * time.Millisecond) // the tick has taken earlier faults away
	h.disk.Inject(fault)
	h.snapshot()
	h.master.Wait(30 * time.Second) // answers this instant, also when another has begun
}

// brokenLedger takes no entries.
func brokenLedger(op store.Op) store.Verdict {
	if op.Kind == store.OpWrite && strings.Contains(op.Path, "/ledger/") {
		return store.Verdict{Err: syscall.EIO}
	}
	return store.Verdict{}
}

func soon(t *testing.T, what string, c <-chan struct{}) {
	t.Helper()
	select {
	case <-c:
	case <-time.After(20 * time.Second):
		t.Fatal(what + " did not happen")
	}
}

// Closing does not wait for the disk: the uplink is gone although the core hangs
// in a flush, and it stays gone until the core has taken note.
func TestClosingDoesNotWaitForTheDisk(t *testing.T) {
	for name, verb := range map[string]string{"quiet": "quiet", "session": "session.end"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.tick(2)
			h.enrol(temperature())
			h.live()
			fault, hit, release := stuckDisk()
			h.disk.Inject(fault)
			defer release()
			var policy sync.WaitGroup
			policy.Go(func() {
				h.call("policy.set", local.PolicyArguments{Recipient: "kitchen", Categories: []local.Share{temperature()}}, nil)
			})
			soon(t, "a flush", hit)
			h.must(verb, nil, nil)
			h.gone(t)
			release()
			policy.Wait()
			before := len(h.broker.messages())
			h.tick(10)
			if got := len(h.broker.messages()); got != before {
				t.Errorf("%d messages left after %s", got-before, verb)
			}
		})
	}
}

// A flush that takes longer than the session: what was decided before it does not
// leave after it.
func TestSlowFlushOutlivesTheSession(t *testing.T) {
	for name, passes := range map[string]time.Duration{"past the deadline": time.Minute, "past freshness": 15 * time.Second} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t)
			h.tick(2)
			h.enrol(temperature())
			h.hear()
			before := len(h.broker.messages())
			var release func()
			for range 12 { // a message is due every other second, unless the line is lost for 5 s
				fault, hit, free := stuckDisk()
				release = free
				answered := make(chan struct{})
				go func() {
					h.tickOver(fault)
					close(answered)
				}()
				select {
				case <-hit:
				case <-answered:
					before = len(h.broker.messages())
					continue
				}
				h.now.Boot += passes
				h.now.Wall = h.now.Wall.Add(passes)
				if err := h.master.Send(clock.Tick{Instant: h.now}); err != nil {
					t.Fatal(err)
				}
				h.arrived()
				release()
				<-answered
				if _, err := h.master.Wait(30 * time.Second); err != nil {
					t.Fatal(err)
				}
				if got := len(h.broker.messages()); got != before {
					t.Errorf("%d messages decided before the flush left %v later", got-before, passes)
				}
				return
			}
			t.Fatal("nothing was written in twelve seconds of a session")
		})
	}
}

// With a ledger that cannot be written the light still says what is true, and a
// withdrawal is still kept.
func TestWithdrawalOutlivesABrokenLedger(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	id := h.optIn()
	h.tick(12)
	h.disk.Inject(brokenLedger)
	h.must("consent.revoke", local.ID{ID: id}, nil)
	h.askedMu.Lock()
	if h.asked.Indicator != consent.IndicatorFault {
		t.Errorf("the light shows %v over a ledger that cannot be written", h.asked.Indicator)
	}
	h.askedMu.Unlock()
	h.cutPower()
	before := len(h.broker.messages())
	h.tick(90)
	if got := len(h.broker.messages()); got != before {
		t.Errorf("%d messages on an opt-in that was revoked before a power cut", got-before)
	}
}

// What the ledger cannot take is not given, although everything asked for it.
func TestNothingIsGivenThatIsNotRecorded(t *testing.T) {
	for _, talk := range []bool{true, false} {
		h := newHouse(t)
		h.stop()
		h.talk = talk
		h.start()
		h.tick(2)
		h.enrol()
		arguments := local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature", PeriodS: 10}}}
		var p local.Pending
		if talk {
			h.must("consent.grant", arguments, &p)
			h.press()
			h.tickOver(brokenLedger)
			if err := h.call("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &p); err == nil {
				t.Errorf("an opt-in was given over a broken ledger: %+v", p)
			}
		} else {
			h.disk.Inject(brokenLedger)
			if err := h.call("consent.grant", arguments, &p); err == nil {
				t.Errorf("an opt-in was given over a broken ledger: %+v", p)
			}
		}
		h.disk.Inject(brokenLedger)
		if err := h.call("policy.set", local.PolicyArguments{Recipient: "kitchen"}, nil); err == nil {
			t.Error("a policy was set over a broken ledger")
		}
		h.tick(130)
		if s := h.status(); !s.Ledger.OK {
			t.Fatalf("the ledger is whole again, and %+v", s)
		}
		if got := len(h.broker.messages()); got != 0 {
			t.Errorf("%d messages on what was not recorded", got)
		}
	}
}

// A session over which the disk fails ends with the light at fault, not at session.
func TestLightTellsOfALedgerThatBroke(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(temperature())
	h.hear()
	h.faults = clock.FaultDiskFull
	h.tick(3)
	h.askedMu.Lock()
	defer h.askedMu.Unlock()
	if h.asked.Indicator != consent.IndicatorFault {
		t.Errorf("the light was asked to show %v", h.asked.Indicator)
	}
}
