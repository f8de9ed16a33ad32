//go:build systest

package systest

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func TestL22NoServerNameForAddresses(t *testing.T) {
	t.Parallel()
	leak(t, 22)
	names := witness(t).study.asked()
	if len(names) < 3 {
		t.Errorf("%d handshakes in five sessions", len(names))
	}
	for _, name := range names {
		if name != "" {
			t.Errorf("the handshake names %q", name)
		}
	}
}

func TestL25JournalIsSilent(t *testing.T) {
	t.Parallel()
	leak(t, 25)
	e := witness(t)
	printed := 0
	for role, text := range e.journal {
		printed += len(text)
		if found := canaryIn([]byte(text)); len(found) != 0 {
			t.Errorf("%s printed %v", role, found)
		}
		for _, secret := range []string{"kitchen", "parlor", "study", brokerAddress, "quietstat/"} {
			if strings.Contains(strings.ReplaceAll(text, "path=", ""), secret) {
				t.Errorf("%s named %q:\n%s", role, secret, text)
			}
		}
	}
	if printed == 0 {
		t.Error("nobody printed anything: this journal would not have told of a leak either")
	}
}

func TestL26LibraryLogsAreOff(t *testing.T) {
	t.Parallel()
	leak(t, 26)
	paho := regexp.MustCompile(`\[(client|net|store|router|pinger|memorystore)\]`)
	for role, text := range witness(t).journal {
		if paho.MatchString(text) {
			t.Errorf("%s printed the library's log:\n%s", role, text)
		}
	}
	switchOn := regexp.MustCompile(`paho\.(DEBUG|WARN|ERROR|CRITICAL)\b`)
	eachSource(t, "../mqtt", func(path, text string) {
		if switchOn.MatchString(text) {
			t.Errorf("%s switches the library's log on", path)
		}
	})
}

// eachSource shows every Go file below a folder that is no test.
func eachSource(t *testing.T, folder string, look func(path, text string)) {
	t.Helper()
	seen := 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		seen++
		look(path, string(b))
		return err
	})
	if err != nil || seen == 0 {
		t.Errorf("%d sources in %s: %v", seen, folder, err)
	}
}

func TestL27NothingListens(t *testing.T) {
	t.Parallel()
	leak(t, 27)
	e := witness(t)
	for line := range strings.Lines(e.listening) {
		if !strings.Contains(line, ":5353 ") || !strings.HasPrefix(line, "udp") {
			t.Errorf("it listens: %s", line)
		}
	}
	linked := output(t, "", "go", "list", "-deps", "../../../agent")
	for _, never := range []string{"net/http/pprof", "expvar", "github.com/prometheus"} {
		if strings.Contains(linked, never) {
			t.Errorf("the program has %s in it", never)
		}
	}
}

func TestL28CrashesTellNothing(t *testing.T) {
	t.Parallel()
	leak(t, 28)
	e := witness(t)
	for _, role := range []string{"uplink", "keeper", "control", "mdns"} {
		text, ok := e.crashes[role]
		if !ok || !strings.Contains(text, "SIGABRT") {
			t.Errorf("%s was aborted and printed %q", role, text)
		}
		if found := canaryIn([]byte(text)); len(found) != 0 {
			t.Errorf("%s, aborted, printed %v", role, found)
		}
	}
	if len(e.cores) != 0 {
		t.Errorf("it left %v", e.cores)
	}
	units, err := filepath.Glob("../../../systemd/*.service")
	if err != nil || len(units) == 0 {
		t.Fatalf("%d units: %v", len(units), err)
	}
	for _, unit := range units {
		b, err := os.ReadFile(unit)
		if err != nil || !strings.Contains(string(b), "\nLimitCORE=0\n") {
			t.Errorf("%s lets a core file be written (%v)", filepath.Base(unit), err)
		}
	}
}

func TestL29NoSupportBundle(t *testing.T) {
	t.Parallel()
	leak(t, 29)
	for _, verb := range []string{"support", "bundle", "diagnose", "report", "upload"} {
		if b, err := exec.Command(program(t), verb).CombinedOutput(); err == nil {
			t.Errorf("there is a command %q: %s", verb, b)
		}
	}
}

func TestL31RolesAskForNoNetwork(t *testing.T) {
	t.Parallel()
	leak(t, 31)
	e := witness(t)
	seen := false
	for line := range strings.Lines(e.calls) {
		seen = seen || strings.Contains(line, "AF_UNIX")
		if strings.Contains(line, "AF_INET") || strings.Contains(line, "AF_NETLINK") || strings.Contains(line, "AF_PACKET") {
			t.Errorf("keeper or control asked for the network: %s", line)
		}
	}
	if !seen {
		t.Errorf("nothing of their own sockets was traced either: %q", e.calls)
	}
}

func TestL33MovedClockCloses(t *testing.T) {
	t.Parallel()
	leak(t, 33)
	b, err := exec.Command(program(t), "demo", "--for", "15h", "--speed", "0", "--fault", "clock-back", "--json").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	lines := bytes.Split(bytes.TrimSpace(b), []byte("\n"))
	var summary struct {
		Verdict string `json:"verdict"`
		Outside int    `json:"messages_outside_windows"`
		Report  string `json:"fault_report"`
	}
	if err := json.Unmarshal(lines[len(lines)-1], &summary); err != nil {
		t.Fatal(err)
	}
	if summary.Verdict != "kept" || summary.Outside != 0 || !strings.Contains(summary.Report, "opt-ins were held closed") {
		t.Errorf("%+v", summary)
	}
}

func TestL34StrangersAreNotAnswered(t *testing.T) {
	t.Parallel()
	leak(t, 34)
	e := witness(t)
	for what, answer := range e.strangers {
		t.Errorf("%s: %s", what, answer)
	}
}

func TestL36LedgerHoldsNoReading(t *testing.T) {
	t.Parallel()
	leak(t, 36)
	e := witness(t)
	files, entries := 0, 0
	err := filepath.WalkDir(e.folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o007 != 0 && path != e.folder {
			t.Errorf("%s is open to others: %v", path, info.Mode())
		}
		name, _ := filepath.Rel(e.folder, path)
		if found := canaryIn([]byte(name)); len(found) != 0 {
			t.Errorf("a file's name has %v", found)
		}
		if d.IsDir() {
			return nil
		}
		files++
		if strings.HasPrefix(name, "ledger") {
			entries++
			if found := canaryInFile(t, path); len(found) != 0 {
				t.Errorf("%s holds %v", name, found)
			}
			b, err := os.ReadFile(path)
			if err != nil || strings.Contains(string(b), `"fields":{`) || strings.Contains(string(b), `sampled_at`) {
				t.Errorf("%s holds a message (%v)", name, err)
			}
		}
		return nil
	})
	if err != nil || files < 5 || entries < 2 {
		t.Errorf("%d files, %d of the ledger: %v", files, entries, err)
	}
}

func TestL37NoPlaceForWords(t *testing.T) {
	t.Parallel()
	leak(t, 37)
	words := regexp.MustCompile(`(?im)^\s*\w*(transcript|utterance|speech|stt|phrase|spoken)\w*\s+(\*|\[\])?(string|byte|any)`)
	for _, folder := range []string{"../voice", "../wire", "../../../consent"} {
		eachSource(t, folder, func(path, text string) {
			if place := words.FindString(text); place != "" {
				t.Errorf("%s has a place for what was said: %s", path, place)
			}
		})
	}
}

func TestL40OnwardIsShown(t *testing.T) {
	t.Parallel()
	leak(t, 40)
	e := witness(t)
	if !strings.Contains(e.recipients, canaryParty) {
		t.Errorf("the owner is not shown to whom it is passed on:\n%s", e.recipients)
	}
}
