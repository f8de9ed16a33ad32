package qr

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// modules reads a drawing back: true is dark.
func modules(t rapid.TB, drawing string) [][]bool {
	t.Helper()
	var rows [][]bool
	for line := range strings.Lines(drawing) {
		body, ok1 := strings.CutPrefix(strings.TrimSuffix(line, "\n"), lightOnDark)
		body, ok2 := strings.CutSuffix(body, asBefore)
		if !ok1 || !ok2 {
			t.Fatalf("line %q does not set its colours", line)
		}
		var upper, lower []bool
		for _, cell := range body {
			up, low := cell == '▄' || cell == ' ', cell == '▀' || cell == ' '
			upper, lower = append(upper, up), append(lower, low)
		}
		rows = append(rows, upper, lower)
	}
	return rows
}

// What is drawn is what was encoded, with light all around it.
func TestDrawingIsTheCode(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(0, -1, 400).Draw(t, "text")
		drawing, err := Draw(text)
		if err != nil {
			t.Fatal(err)
		}
		c, err := encode(text)
		if err != nil {
			t.Fatal(err)
		}
		rows := modules(t, drawing)
		if len(rows) < c.Size+2*quiet || len(rows) > c.Size+2*quiet+1 {
			t.Fatalf("%d rows for a code of %d", len(rows), c.Size)
		}
		for y, row := range rows {
			if len(row) != c.Size+2*quiet {
				t.Fatalf("row %d has %d modules", y, len(row))
			}
			for x, is := range row {
				if is != dark(c, x-quiet, y-quiet) {
					t.Fatalf("module %d,%d is not as encoded", x-quiet, y-quiet)
				}
			}
		}
	})
}

// The three corners by which a reader finds a code (ISO/IEC 18004, 6.3.3).
func TestFinderPatterns(t *testing.T) {
	const finder = "#######/#.....#/#.###.#/#.###.#/#.###.#/#.....#/#######"
	c, err := encode(strings.Repeat("x", 200))
	if err != nil {
		t.Fatal(err)
	}
	for _, corner := range [][2]int{{0, 0}, {c.Size - 7, 0}, {0, c.Size - 7}} {
		for y, row := range strings.Split(finder, "/") {
			for x, want := range row {
				if dark(c, corner[0]+x, corner[1]+y) != (want == '#') {
					t.Fatalf("no finder pattern at %v", corner)
				}
			}
		}
	}
}

func TestTooLong(t *testing.T) {
	for _, tt := range []struct {
		bytes int
		ok    bool
	}{{0, true}, {2952, true}, {2953, true}, {2954, false}} {
		if _, err := Draw(strings.Repeat("x", tt.bytes)); (err == nil) != tt.ok {
			t.Errorf("%d bytes: %v", tt.bytes, err)
		}
	}
}

// A checkpoint fits a terminal of 80 columns.
func TestACheckpointFits(t *testing.T) {
	text := "quietstat/0123456789abcdef\n1000000\n" + strings.Repeat("A", 44) + "\n\n— quietstat/0123456789abcdef " + strings.Repeat("A", 92) + "\n"
	drawing, err := Draw(text)
	if err != nil {
		t.Fatal(err)
	}
	rows := modules(t, drawing)
	if len(rows[0]) > 80 || len(rows) > 80 {
		t.Errorf("it takes %d columns and %d lines", len(rows[0]), len(rows)/2)
	}
}
