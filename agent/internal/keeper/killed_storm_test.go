package keeper

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// dyingVariable names the folder of a keeper that is about to be killed.
const dyingVariable = "QUIETSTAT_DYING_KEEPER"

// kills is how often a keeper dies; QUIETSTAT_KILLS sets it for scripts/soak.
func kills(t *testing.T) int {
	t.Helper()
	text := os.Getenv("QUIETSTAT_KILLS")
	if text == "" {
		return 40
	}
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestDyingKeeper is the keeper of the next test, in a process of its own: it
// decides, writes intent and value, hands over (to standard output) and writes the
// outcome, as fast as it can, until it is killed.
func TestDyingKeeper(t *testing.T) {
	folder := os.Getenv(dyingVariable)
	if folder == "" {
		return // it is a part of TestKilledAtEveryStep
	}
	ledger, err := store.OpenLedger(new(store.Disk), filepath.Join(folder, "ledger"))
	if err != nil {
		fmt.Println("broken", err)
		os.Exit(1)
	}
	values, err := store.OpenValues(new(store.Disk), filepath.Join(folder, "values"), "dying")
	if err != nil {
		fmt.Println("broken", err)
		os.Exit(1)
	}
	now := consent.Now{Boot: time.Hour, BootID: "boot", Wall: time.Date(2026, 1, 5, 6, 0, 0, 0, time.UTC), WallTrusted: true}
	entry := func(kind consent.EntryKind, payload string, salt [32]byte) consent.Entry {
		e := now.Entry(kind)
		e.Basis, e.BasisID, e.Recipient, e.Purpose = consent.BasisSession, "session-1", "hub", consent.PurposeVoiceAnswer
		e.Categories, e.Fields, e.Bytes, e.Commitment = []consent.Category{consent.CategoryTemperature}, 1, len(payload), consent.Commit(salt, []byte(payload))
		return e
	}
	fmt.Println("begun")
	for n := 0; ; n++ {
		payload := fmt.Sprintf("%d-%d", os.Getpid(), n)
		var salt [32]byte
		rand.Read(salt[:])
		seq, err := ledger.Append(entry(consent.EntryReleaseIntent, payload, salt))
		if err == nil {
			err = values.Put(clock.Instant{Boot: now.Boot, Wall: now.Wall, Trusted: true}, seq, salt, []byte(payload))
		}
		if err != nil {
			fmt.Println("broken", err)
			os.Exit(1)
		}
		fmt.Println("left", seq, payload, hex.EncodeToString(salt[:]))
		outcome := entry(consent.EntryReleaseOutcome, payload, salt)
		outcome.Reason = consent.ReasonSent
		if _, err := ledger.Append(outcome); err != nil {
			fmt.Println("broken", err)
			os.Exit(1)
		}
		if ledger.Pending() >= store.SealEvery/8 { // far more often than in a house
			if err := ledger.Seal(); err != nil {
				fmt.Println("broken", err)
				os.Exit(1)
			}
		}
	}
}

// A keeper that is killed at any step of the way out, again and again on the same
// disk: the ledger opens, verifies, has lost nothing, and whatever left is in it.
func TestKilledAtEveryStep(t *testing.T) {
	folder := t.TempDir()
	random := mathrand.New(mathrand.NewPCG(3, 5))
	left := map[uint64][2]string{} // payload and salt, by entry
	size := uint64(0)
	for kill := range kills(t) {
		child := exec.Command(os.Args[0], "-test.run=^TestDyingKeeper$")
		child.Env = append(os.Environ(), dyingVariable+"="+folder)
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(out)
		if !lines.Scan() || lines.Text() != "begun" {
			t.Fatalf("kill %d: the next keeper said %q", kill, lines.Text())
		}
		wait := time.Duration(random.IntN(30000)) * time.Microsecond
		time.AfterFunc(wait, func() { child.Process.Kill() })
		for lines.Scan() {
			f := strings.Fields(lines.Text())
			if len(f) == 4 && f[0] == "left" && len(f[3]) == 64 {
				seq, _ := strconv.ParseUint(f[1], 10, 64)
				left[seq] = [2]string{f[2], f[3]}
			} else if f[0] == "broken" {
				t.Fatalf("kill %d: %s", kill, lines.Text())
			}
		}
		child.Wait()
		intents := map[uint64][32]byte{}
		report, err := store.Read(filepath.Join(folder, "ledger"), store.Witness{}, func(e consent.Entry) {
			if e.Kind == consent.EntryReleaseIntent {
				intents[e.Seq] = e.Commitment
			}
		})
		if err != nil {
			t.Fatalf("kill %d: the ledger: %v", kill, err)
		}
		if now := report.Sealed + report.Pending; now < size {
			t.Fatalf("kill %d: %d entries, there were %d", kill, now, size)
		} else {
			size = now
		}
		for seq, message := range left {
			var salt [32]byte
			b, _ := hex.DecodeString(message[1])
			copy(salt[:], b)
			if intents[seq] != consent.Commit(salt, []byte(message[0])) {
				t.Fatalf("kill %d: message %s left and opens no commitment", kill, message[0])
			}
		}
	}
	if len(left) == 0 {
		t.Error("nothing ever left: these deaths show nothing")
	}
	t.Logf("%d kills, %d messages, %d entries", kills(t), len(left), size)
}
