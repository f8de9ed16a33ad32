//go:build bench

package systest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Limits of the resident memory of an idle house, in KiB.
const (
	controlLimit = 10 << 10
	rolesLimit   = 36 << 10
)

// jiffy is the unit of the processor time in /proc/PID/stat: USER_HZ, which is 100
// on every architecture Linux has in common with us (proc(5), times(2)).
const jiffy = 10 * time.Millisecond

// footprint is what the kernel says about one process.
type footprint struct {
	rss, anon, file int // KiB resident: all, its own, of the program file
	locked          int // KiB that are never paged out, resident or not
	threads         int
	busy            time.Duration // processor time since its start
	written         int           // bytes sent to storage since its start
}

func footprintOf(t *testing.T, pid int) (f footprint) {
	t.Helper()
	status := procFields(t, pid, "status", ":")
	f.rss, f.anon, f.file = kib(t, status["VmRSS"]), kib(t, status["RssAnon"]), kib(t, status["RssFile"])
	f.locked = kib(t, status["VmLck"])
	f.threads = number(t, status["Threads"])
	f.written = number(t, procFields(t, pid, "io", ":")["write_bytes"])
	b := procFile(t, pid, "stat")
	// The name, in parentheses, may hold anything; the third field follows it.
	fields := strings.Fields(string(b[bytes.LastIndexByte(b, ')')+1:]))
	if len(fields) < 13 {
		t.Fatalf("/proc/%d/stat: %q", pid, b)
	}
	f.busy = time.Duration(number(t, fields[11])+number(t, fields[12])) * jiffy
	return f
}

func procFile(t *testing.T, pid int, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func procFields(t *testing.T, pid int, name, separator string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for line := range strings.Lines(string(procFile(t, pid, name))) {
		if key, value, ok := strings.Cut(line, separator); ok {
			found[key] = strings.TrimSpace(value)
		}
	}
	return found
}

func kib(t *testing.T, value string) int {
	t.Helper()
	return number(t, strings.TrimSuffix(value, " kB"))
}

func number(t *testing.T, value string) int {
	t.Helper()
	n, err := strconv.Atoi(value)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// An idle house: nothing is asked and no window is open.
func TestBenchFootprint(t *testing.T) {
	idle := 60 * time.Second
	if testing.Short() {
		idle = 15 * time.Second
	}
	a := startAgent(t, "", "1s", "[mdns]\ninterface = \"lo\"\n")
	roles := []string{"control", "keeper", "mdns"}
	pids := map[string]int{}
	for _, role := range roles {
		a.until(role+" runs", 10*time.Second, func() bool {
			found := a.processes(role)
			if len(found) == 1 {
				pids[role] = found[0]
			}
			return len(found) == 1
		})
	}
	time.Sleep(5 * time.Second) // the start's own work is not idle
	before := map[string]footprint{}
	for _, role := range roles {
		before[role] = footprintOf(t, pids[role])
	}
	begun := time.Now()
	time.Sleep(idle)

	rows := [][]string{{"role", "RSS KiB", "anon", "file", "limit", "locked", "threads", "CPU %", "written"}}
	sum := 0
	for _, role := range roles {
		f := footprintOf(t, pids[role])
		lasted := time.Since(begun)
		sum += f.rss
		limit := ""
		if role == "control" {
			limit = strconv.Itoa(controlLimit)
			if f.rss > controlLimit {
				t.Errorf("control holds %d KiB of memory, at most %d are allowed", f.rss, controlLimit)
			}
		}
		rows = append(rows, []string{role, strconv.Itoa(f.rss), strconv.Itoa(f.anon), strconv.Itoa(f.file), limit,
			strconv.Itoa(f.locked), strconv.Itoa(f.threads),
			strconv.FormatFloat(100*float64(f.busy-before[role].busy)/float64(lasted), 'f', 2, 64),
			strconv.Itoa(f.written - before[role].written)})
	}
	rows = append(rows, []string{"together", strconv.Itoa(sum), "", "", strconv.Itoa(rolesLimit), "", "", "", ""})
	table(fmt.Sprintf("idle for %v, one tick a second; CPU %% of one processor and bytes written to storage in that time", idle), rows...)
	if sum > rolesLimit {
		t.Errorf("control, keeper and mdns hold %d KiB of memory, at most %d are allowed", sum, rolesLimit)
	}
	for _, role := range roles {
		if now := a.processes(role); len(now) != 1 || now[0] != pids[role] {
			t.Errorf("%s is another process at the end: %v instead of %d", role, now, pids[role])
		}
	}
}
