//go:build systest

package mqtt

import (
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"quietstat/agent/internal/store"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// stormFactor is how many times larger than in CI the storm is.
func stormFactor(t *testing.T) int64 {
	t.Helper()
	text := os.Getenv("QUIETSTAT_STORM")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 1 {
		t.Fatalf("QUIETSTAT_STORM=%q is no number above 0", text)
	}
	return n
}

// supply is a keeper without processes: the real state machine, gate and ledger on
// a clock that takes a second per message, so that a storm of messages is decided
// in the time it takes to write them down.
type supply struct {
	dir    string
	st     consent.State
	gate   *consent.Gate
	ledger *store.Ledger
	now    consent.Now
	snap   consent.Snapshot
	epoch  uint64
	window int
	mu     sync.Mutex
	salts  map[string][32]byte // by payload
	seqs   map[string]uint64
}

// memory is a folder in memory where there is one: a storm is not about the disk.
func memory(t *testing.T) string {
	t.Helper()
	parent := "/dev/shm"
	if _, err := os.Stat(parent); err != nil {
		parent = ""
	}
	dir, err := os.MkdirTemp(parent, "qsstorm")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func newSupply(t *testing.T, lane uint64) *supply {
	t.Helper()
	s := &supply{dir: memory(t), salts: map[string][32]byte{}, seqs: map[string]uint64{}}
	var err error
	if s.ledger, err = store.OpenLedger(new(store.Disk), s.dir); err != nil {
		t.Fatal(err)
	}
	s.gate = consent.NewGate(s.ledger, rand.Reader)
	s.now = consent.Now{Boot: time.Hour, BootID: "storm", Wall: time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC), WallTrusted: true}
	s.snap = consent.Snapshot{Temperature: 20.74, Humidity: 43, Pressure: 101325, Sensor: consent.HealthOK, Setpoint: 21, Mode: consent.ModeHeat, IndicatorOK: true}
	hub := consent.Recipient{ID: "hub", DisplayName: "Hub", Reach: consent.ReachLAN, Endpoint: "mqtt://192.0.2.7:1883", TopicPrefix: fmt.Sprintf("storm/%d", lane), Profile: consent.ProfileJSON}
	root := consent.Owner{By: consent.AuthorityRoot}
	s.apply(t, consent.BootStarted{ButtonWindow: consent.SessionCap})
	s.apply(t, consent.LedgerOK{})
	s.apply(t, consent.ControlBack{})
	s.apply(t, consent.RecipientAdd{Owner: root, Recipient: hub})
	policy, err := consent.NewSessionPolicy(hub, consent.Scope{{Category: consent.CategoryTemperature, Granularity: consent.Granularity{Period: time.Second}}}, s.now)
	if err != nil {
		t.Fatal(err)
	}
	s.apply(t, consent.PolicySet{Owner: root, Policy: policy})
	return s
}

func (s *supply) apply(t *testing.T, event consent.Event) {
	t.Helper()
	next, effects, err := consent.Apply(s.st, s.now, event)
	if err != nil {
		t.Errorf("%T: %v", event, err)
	}
	s.st = next
	for _, effect := range effects {
		switch e := effect.(type) {
		case consent.Record:
			if _, err := s.ledger.Append(e.Entry); err != nil {
				t.Errorf("ledger: %v", err)
			}
		case consent.SetIndicator:
			s.snap.Indicator, s.snap.IndicatorEpoch = e.State, e.Epoch
		case consent.Persist:
			_, saved, err := consent.Save(s.st)
			if err != nil {
				t.Errorf("save: %v", err)
			}
			s.apply(t, saved)
		case consent.OpenWindow:
			s.epoch = e.Epoch
			s.apply(t, consent.UplinkOpened{Recipient: e.Recipient, Epoch: e.Epoch, Fingerprint: e.Fingerprint})
		}
	}
}

// after lets time pass.
func (s *supply) after(d time.Duration) {
	s.now.Boot += d
	s.now.Wall = s.now.Wall.Add(d)
}

// open begins a session, an hour after the last, for sessions are not without end.
func (s *supply) open(t *testing.T) {
	t.Helper()
	if s.ledger.Pending() >= store.SealEvery {
		if err := s.ledger.Seal(); err != nil {
			t.Error(err)
		}
	}
	s.after(time.Hour)
	s.apply(t, consent.Tick{})
	s.apply(t, consent.TalkPress{})
	s.window++
}

func (s *supply) shut(t *testing.T) { s.apply(t, consent.SessionEnd{}) }

func (s *supply) clientID() string { return fmt.Sprintf("w%d-%d", os.Getpid()%10000, s.window) }

// decide hands out n messages, each with its intent in the ledger.
func (s *supply) decide(t *testing.T, n int) <-chan wire.Delivery {
	out := make(chan wire.Delivery, n)
	for range n {
		s.after(time.Second)
		s.apply(t, consent.Tick{})
		s.snap.Seq++
		s.snap.Boot, s.snap.SampleBoot, s.snap.Wall, s.snap.WallTrusted = s.now.Boot, s.now.Boot, s.now.Wall, true
		releases, err := s.gate.Release(s.now, &s.st, "hub", s.snap)
		if err != nil {
			t.Errorf("the gate: %v", err)
			break
		}
		for _, r := range releases {
			frame, err := wire.EncodeRelease(r)
			if err != nil {
				t.Error(err)
				continue
			}
			d, err := wire.DecodeDelivery(frame[1:])
			if err != nil {
				t.Error(err)
				continue
			}
			s.mu.Lock()
			s.salts[string(r.Payload())], s.seqs[string(r.Payload())] = r.Salt(), r.Seq()
			s.mu.Unlock()
			out <- d
		}
	}
	close(out)
	return out
}

// decided reports whether a payload opens the commitment of an intent in the
// ledger, as it stands on the disk.
func (s *supply) decided(payload string) bool {
	s.mu.Lock()
	salt, known := s.salts[payload]
	seq := s.seqs[payload]
	s.mu.Unlock()
	if !known {
		return false
	}
	e, err := s.ledger.Record(seq)
	return err == nil && e.Kind == consent.EntryReleaseIntent && e.Commitment == consent.Commit(salt, []byte(payload))
}

// verify proves the ledger as a stranger would.
func (s *supply) verify(t *testing.T) {
	t.Helper()
	if err := s.ledger.Close(); err != nil {
		t.Error(err)
	}
	if _, err := store.Verify(s.dir, store.Witness{}); err != nil {
		t.Errorf("the ledger: %v", err)
	}
}
