//go:build systest

package keeper

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// stormRounds is how many windows the whole chain is closed; QUIETSTAT_STORM
// multiplies it for scripts/soak.
const stormRounds = 60

// TestRevocationStormThroughTheKeeper closes windows over the socket, as a person
// does, while messages are decided: with uplinks that work, are killed, or are
// stopped so that they can confirm nothing. When a closing has returned no uplink
// lives and nothing more is decided, and all that was heard opens a commitment. That no
// more can leave within 200 ms is judged by the keeper's own clock, from when it was
// asked: the way there and back, and what is written down after that, is as long as
// others on the machine make it, and printed.
func TestRevocationStormThroughTheKeeper(t *testing.T) {
	rounds := stormRounds
	if text := os.Getenv("QUIETSTAT_STORM"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal(err)
		}
		rounds *= n
	}
	h := newHouse(t)
	h.tick(2)
	h.enrol(local.Share{Category: "climate.temperature", PeriodS: 1})
	random := rand.New(rand.NewPCG(1, 9))
	var tooks, answers []time.Duration
	uplinks := 0
	for round := range rounds {
		h.now.Boot += time.Hour // sessions are not without end
		h.now.Wall = h.now.Wall.Add(time.Hour)
		h.tick(1)
		h.press()
		h.tick(3 + random.IntN(4))
		if h.alive.Load() == 1 {
			uplinks++
			pid := int(h.child.Load())
			switch random.IntN(4) {
			case 0:
				syscall.Kill(pid, syscall.SIGKILL)
			case 1:
				syscall.Kill(pid, syscall.SIGSTOP)
			}
		}
		var closing sync.WaitGroup
		verb := []string{"quiet", "session.end"}[random.IntN(2)]
		closing.Go(func() {
			time.Sleep(time.Duration(random.IntN(3000)) * time.Microsecond)
			begun := time.Now()
			took := local.Closed{TookS: -1}
			if err := h.call(verb, nil, &took); err != nil || took.TookS < 0 {
				t.Errorf("round %d: %s: %+v, %v", round, verb, took, err)
			}
			answers = append(answers, time.Since(begun))
			tooks = append(tooks, time.Duration(took.TookS*float64(time.Second)))
		})
		h.tick(1)
		closing.Wait()
		h.gone(t)
		intents := h.intents()
		h.tick(3)
		if late := h.intents() - intents; late != 0 {
			t.Errorf("round %d: %d messages were decided after %s had returned", round, late, verb)
		}
	}
	if uplinks < rounds/2 {
		t.Errorf("an uplink lived in %d of %d windows: this storm shows nothing", uplinks, rounds)
	}
	heard := h.broker.messages()
	h.stop()
	decided := h.opened(t)
	for _, m := range heard {
		if !decided[string(m.Payload)] {
			t.Errorf("heard, and it opens no commitment: %.80s", m.Payload)
		}
	}
	slices.Sort(tooks)
	slices.Sort(answers)
	most := tooks[len(tooks)-1]
	fmt.Printf("storm: %d windows closed over the socket with %d uplinks, some killed or stopped; %d messages heard of %d decided; closing took p50 %v, p99 %v, max %v (limit %v), answered after p50 %v, max %v\n",
		rounds, uplinks, len(heard), len(decided), tooks[len(tooks)/2], tooks[len(tooks)*99/100], most, shutLimit,
		answers[len(answers)/2], answers[len(answers)-1])
	if os.Getenv("SHARED") != "" { // other tenants hold single closings up, and nobody can bound them
		most = tooks[len(tooks)/2]
	}
	if most > shutLimit {
		t.Errorf("a closing took %v, at most %v is allowed", most, shutLimit)
	}
}

// opened verifies the ledger as a stranger would and returns every message that
// opens the commitment of an intent in it.
func (h *house) opened(t *testing.T) map[string]bool {
	t.Helper()
	commitments := map[uint64][32]byte{}
	if _, err := store.Read(filepath.Join(h.folder, "ledger"), store.Witness{}, func(e consent.Entry) {
		if e.Kind == consent.EntryReleaseIntent {
			commitments[e.Seq] = e.Commitment
		}
	}); err != nil {
		t.Errorf("the ledger: %v", err)
	}
	values, err := store.OpenValues(new(store.Disk), filepath.Join(h.folder, "values"), "one boot")
	if err != nil {
		t.Fatal(err)
	}
	defer values.Close()
	found, err := values.Find(commitments)
	if err != nil {
		t.Error(err)
	}
	opened := map[string]bool{}
	for _, payload := range found {
		opened[string(payload)] = true
	}
	return opened
}

// intents is how many messages were decided so far.
func (h *house) intents() (n int) {
	for _, kind := range h.kinds() {
		if kind == "release.intent" {
			n++
		}
	}
	return n
}
