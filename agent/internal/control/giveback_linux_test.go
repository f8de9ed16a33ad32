package control

import (
	"os"
	"strconv"
	"strings"
	"testing"
)

// programPages is how much of this process's memory is file pages, in kB.
func programPages(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "RssFile:"); ok {
			kB, err := strconv.Atoi(strings.Fields(value)[0])
			if err != nil {
				t.Fatal(err)
			}
			return kB
		}
	}
	t.Fatal("the kernel does not tell RssFile")
	return 0
}

func TestGiveBack(t *testing.T) {
	before := programPages(t)
	if err := giveBack(); err != nil {
		t.Fatal(err)
	}
	if after := programPages(t); after >= before {
		t.Errorf("%d kB of program pages before, %d after", before, after)
	}
}
