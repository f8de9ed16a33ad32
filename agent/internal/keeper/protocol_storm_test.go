package keeper

import (
	"crypto/rand"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quietstat/agent/internal/store"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// protocol is consent/model/gate.pml with the real parts: the state machine, the
// gate, the ledger on a disk and the fence. Its actions are the model's processes,
// one step at a time, in whatever order rapid draws.
type protocol struct {
	t      *rapid.T
	dir    string
	st     consent.State
	gate   *consent.Gate
	ledger *store.Ledger
	fence  *fence
	now    consent.Now
	snap   consent.Snapshot
	saved  []byte

	wanted   *consent.OpenWindow // asked for by the state machine, no line yet
	line     *sentLine
	asked    []uint64          // closings that returned and are not noted
	silent   bool              // a closing has returned, no press since
	ready    []consent.Release // decided, intent written, not handed over
	everSent map[string]uint64
}

// sentLine is an uplink that takes everything: only the fence is between.
type sentLine struct {
	p     *protocol
	epoch uint64
	shut  bool
}

func (l *sentLine) Deliver(b []byte) error {
	p := l.p
	d, err := wire.DecodeDelivery(b[1:])
	if err != nil {
		p.t.Fatal(err)
	}
	if p.silent || l.shut {
		p.t.Fatal("P1: a message passed after a closing had returned")
	}
	if d.Epoch() != l.epoch {
		p.t.Fatal("P4: a message of one window left in another")
	}
	seq, ok := p.everSent[d.ID()]
	if !ok {
		p.t.Fatal("P2: a message left that was never decided")
	}
	if e, err := p.ledger.Record(seq); err != nil || e.Kind != consent.EntryReleaseIntent {
		p.t.Fatalf("P2: a message left and entry %d is %v, %v", seq, e.Kind, err)
	}
	return nil
}

func (l *sentLine) Shut(time.Duration) error { l.shut = true; return nil }

func (p *protocol) apply(event consent.Event) {
	next, effects, err := consent.Apply(p.st, p.now, event)
	if _, refusal := asRefusal(err); err != nil && !refusal {
		p.t.Fatalf("%T: %v", event, err)
	}
	p.st = next
	for _, effect := range effects {
		switch e := effect.(type) {
		case consent.Record:
			if _, err := p.ledger.Append(e.Entry); err != nil {
				p.t.Fatal(err)
			}
		case consent.SetIndicator:
			p.snap.Indicator, p.snap.IndicatorEpoch = e.State, e.Epoch
		case consent.CloseWindow:
			p.wanted = nil
			p.fence.shut(e.Recipient, e.Epoch)
		case consent.OpenWindow:
			p.wanted = &e
		case consent.Persist:
			b, saved, err := consent.Save(p.st)
			if err != nil {
				p.t.Fatal(err)
			}
			p.saved = b
			p.apply(saved)
		}
	}
}

// boot starts a keeper on what is on the disk.
func (p *protocol) boot() {
	ledger, err := store.OpenLedger(new(store.Disk), p.dir)
	if err != nil {
		p.t.Fatalf("the ledger does not open after a crash: %v", err)
	}
	p.ledger, p.fence, p.wanted, p.line, p.ready, p.asked = ledger, newFence(), nil, nil, nil, nil
	p.gate = consent.NewGate(ledger, rand.Reader)
	p.st = consent.State{}
	if p.saved != nil {
		if p.st, _, err = consent.Load(p.saved); err != nil {
			p.t.Fatal(err)
		}
	}
	p.apply(consent.BootStarted{})
	p.apply(consent.LedgerOK{})
	p.apply(consent.ControlBack{})
	if len(p.st.Windows()) != 0 {
		p.t.Fatal("it came back open")
	}
}

func (p *protocol) actions() map[string]func(*rapid.T) {
	return map[string]func(*rapid.T){
		"second": func(*rapid.T) {
			p.now.Boot += time.Second
			p.now.Wall = p.now.Wall.Add(time.Second)
			p.snap.Seq++
			p.snap.Boot, p.snap.SampleBoot, p.snap.Wall, p.snap.WallTrusted = p.now.Boot, p.now.Boot, p.now.Wall, true
			p.apply(consent.Tick{})
		},
		"press": func(*rapid.T) {
			if len(p.asked) == 0 { // the core takes note of a closing before a later press
				p.silent = false
				p.apply(consent.TalkPress{})
			}
		},
		"connect": func(*rapid.T) {
			w := p.wanted
			if w == nil {
				return
			}
			p.wanted = nil
			line := &sentLine{p: p, epoch: w.Epoch}
			err := p.fence.admit(&openLine{line: line, recipient: w.Recipient, epoch: w.Epoch})
			if err == nil && p.silent {
				p.t.Fatal("a line was let in after a closing had returned")
			}
			if err != nil {
				p.apply(consent.UplinkClosed{Recipient: w.Recipient, Epoch: w.Epoch})
				return
			}
			p.line = line
			p.apply(consent.UplinkOpened{Recipient: w.Recipient, Epoch: w.Epoch, Fingerprint: w.Fingerprint})
		},
		"stall": func(*rapid.T) { // and the line is gone, which leaves the window to be opened anew
			if p.line != nil && !p.line.shut {
				p.line.shut = true
				p.apply(consent.UplinkStalled{Recipient: "hub", Epoch: p.line.epoch})
			}
		},
		"decide": func(*rapid.T) {
			releases, _ := p.gate.Release(p.now, &p.st, "hub", p.snap)
			for _, r := range releases {
				p.everSent[r.ID()] = r.Seq()
			}
			p.ready = append(p.ready, releases...)
		},
		"hand over": func(*rapid.T) { // also late, and out of its window
			for _, r := range p.ready {
				frame, err := wire.EncodeRelease(r)
				if err != nil {
					p.t.Fatal(err)
				}
				p.fence.deliver(r.Recipient(), r.Epoch(), frame)
			}
		},
		"close": func(*rapid.T) {
			closing, err := p.fence.shutWhere(anyLine)
			if err != nil {
				p.t.Fatal(err)
			}
			p.asked, p.silent = append(p.asked, closing), true
			if p.line != nil && !p.line.shut {
				p.t.Fatal("P3: a closing returned and the line is there")
			}
		},
		"note": func(*rapid.T) {
			if len(p.asked) > 0 {
				p.apply(consent.Quiet{})
				p.fence.took(p.asked[0])
				p.asked = p.asked[1:]
			}
		},
		"crash": func(*rapid.T) {
			p.ledger.Close() // what is on the disk stays as it is: nothing was buffered
			p.now.Boot += time.Minute
			p.now.Wall = p.now.Wall.Add(time.Minute)
			p.silent = false
			p.boot()
		},
	}
}

// The protocol of consent/model/gate.pml, on the real code.
func TestProtocolAsModelled(t *testing.T) {
	sent := 0
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		p := &protocol{t: rt, dir: dir, everSent: map[string]uint64{}}
		p.now = consent.Now{Boot: time.Hour, BootID: "boot", Wall: time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC), WallTrusted: true}
		p.snap = consent.Snapshot{Temperature: 20, Sensor: consent.HealthOK, Setpoint: 21, Mode: consent.ModeHeat, IndicatorOK: true}
		p.boot()
		hub := consent.Recipient{ID: "hub", DisplayName: "Hub", Reach: consent.ReachLAN, Endpoint: "mqtt://192.0.2.7:1883", TopicPrefix: "home", Profile: consent.ProfileJSON}
		p.apply(consent.RecipientAdd{Owner: consent.Owner{By: consent.AuthorityRoot}, Recipient: hub})
		policy, err := consent.NewSessionPolicy(hub, consent.Scope{{Category: consent.CategoryTemperature, Granularity: consent.Granularity{Period: time.Second}}}, p.now)
		if err != nil {
			rt.Fatal(err)
		}
		p.apply(consent.PolicySet{Owner: consent.Owner{By: consent.AuthorityRoot}, Policy: policy})
		rt.Repeat(p.actions())
		sent += len(p.everSent)
		p.ledger.Close()
		if _, err := store.Verify(dir, store.Witness{}); err != nil {
			rt.Fatal(err)
		}
	})
	if sent == 0 {
		t.Error("nothing was ever decided: these runs show nothing")
	}
}
