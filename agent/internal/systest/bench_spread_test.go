//go:build bench

package systest

import (
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"text/tabwriter"
	"time"
)

// spread is how late something was, over many times.
type spread struct {
	n             int
	p50, p99, max time.Duration // by nearest rank
}

func spreadOf(lateness []time.Duration) spread {
	sorted := slices.Sorted(slices.Values(lateness))
	rank := func(part float64) time.Duration {
		return sorted[max(0, int(math.Ceil(part*float64(len(sorted))))-1)]
	}
	return spread{n: len(sorted), p50: rank(0.50), p99: rank(0.99), max: rank(1)}
}

func micros(d time.Duration) string {
	return strconv.FormatFloat(float64(d)/float64(time.Microsecond), 'f', 0, 64)
}

// times is how often b fits into a; cyclictest counts whole microseconds, and so
// nothing is compared with less than one.
func times(a, b time.Duration) float64 {
	return float64(a) / float64(max(b, time.Microsecond))
}

// readHistogram reads what cyclictest -q -h prints. Every cycle must be in it: a
// quantile of an incomplete histogram would flatter whoever is measured beside it.
func readHistogram(text string, cycles int) (spread, error) {
	var lateness []time.Duration
	longest := -1
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "# Max Latencies:"); ok {
			us, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				return spread{}, fmt.Errorf("cyclictest: %q: %w", line, err)
			}
			longest = us
		}
		fields := strings.Fields(line)
		if len(fields) != 2 || strings.HasPrefix(line, "#") {
			continue
		}
		us, err := strconv.Atoi(fields[0])
		if err != nil {
			continue // a line of words
		}
		count, err := strconv.Atoi(fields[1])
		if err != nil {
			return spread{}, fmt.Errorf("cyclictest: %q: %w", line, err)
		}
		lateness = append(lateness, slices.Repeat([]time.Duration{time.Duration(us) * time.Microsecond}, count)...)
	}
	if len(lateness) == 0 || len(lateness) > cycles {
		return spread{}, fmt.Errorf("cyclictest: %d of %d cycles in the histogram:\n%s", len(lateness), cycles, text)
	}
	// What the histogram has no room for is later than all in it, and at most max.
	for len(lateness) < cycles {
		lateness = append(lateness, time.Duration(longest)*time.Microsecond)
	}
	s := spreadOf(lateness)
	if s.max != time.Duration(longest)*time.Microsecond {
		return spread{}, fmt.Errorf("cyclictest: the histogram ends at %v, the longest was %d us", s.max, longest)
	}
	return s, nil
}

func TestBenchReadsHistogram(t *testing.T) {
	const good = "# Histogram\n000009 000000\n000010 000098\n000020 000001\n# Total: 000000100\n# Max Latencies: 00500\n"
	s, err := readHistogram(good, 100)
	want := spread{n: 100, p50: 10 * time.Microsecond, p99: 20 * time.Microsecond, max: 500 * time.Microsecond}
	if err != nil || s != want {
		t.Errorf("read as %+v, %v; want %+v", s, err, want)
	}
	for name, text := range map[string]string{
		"nothing":         "",
		"too many cycles": strings.ReplaceAll(good, "000098", "000198"),
		"no maximum":      strings.ReplaceAll(good, "# Max", "# Min"),
		"another maximum": "000010 000100\n# Max Latencies: 00011\n",
		"a word":          "000010 many\n# Max Latencies: 00010\n",
	} {
		if s, err := readHistogram(text, 100); err == nil {
			t.Errorf("%s: read as %+v", name, s)
		}
	}
}

// table prints rows below a title, where make bench shows it without a log's
// prefixes.
func table(title string, rows ...[]string) {
	fmt.Printf("\n%s\n", title)
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, row := range rows {
		io.WriteString(w, strings.Join(row, "\t")+"\t\n")
	}
	w.Flush()
}
