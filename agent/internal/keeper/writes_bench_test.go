//go:build bench

package keeper

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"quietstat/agent/internal/local"
)

// written is what the kernel has charged this process for writing to storage, and
// what it was asked to write (proc(5), /proc/pid/io).
func written(t *testing.T) (storage, asked int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/io")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		n, err := strconv.Atoi(value)
		if err != nil {
			t.Fatal(err)
		}
		switch key {
		case "write_bytes":
			storage = n
		case "wchar":
			asked = n
		}
	}
	return storage, asked
}

// What the keeper writes in a day: alone, and with one opt-in at the default period.
// Its hours are virtual, its disk is not.
func TestBenchBytesPerDay(t *testing.T) {
	hours := 24
	if testing.Short() {
		hours = 1
	}
	for _, mode := range []string{"private mode", "one opt-in"} {
		h := newHouse(t)
		h.tick(2)
		if mode != "private mode" {
			h.enrol()
			var p local.Pending
			h.must("consent.grant", local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature"}}}, &p)
			h.press()
			h.tick(1)
		}
		h.tick(60) // the start's own writing is not a day's
		messages := len(h.broker.messages())
		storage, asked := written(t)
		h.tick(hours * 3600)
		storageNow, askedNow := written(t)
		fmt.Printf("keeper, %-13s %9d bytes to storage a day (%d asked for, sockets included), %d messages a day; from %d h\n",
			mode+":", (storageNow-storage)*24/hours, (askedNow-asked)*24/hours, (len(h.broker.messages())-messages)*24/hours, hours)
	}
}
