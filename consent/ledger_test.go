package consent

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// testLog is a ledger in memory, with the bytes and hashes a store would keep.
type testLog struct {
	data     [][]byte
	hashes   hashes
	origin   string
	signer   note.Signer
	verifier note.Verifier
}

func newTestLog(t *testing.T, n int) *testLog {
	t.Helper()
	origin, skey, vkey, err := NewLedgerKey(rand.New(rand.NewSource(3)))
	if err != nil {
		t.Fatal(err)
	}
	l := &testLog{origin: origin}
	if l.signer, err = note.NewSigner(skey); err != nil {
		t.Fatal(err)
	}
	if l.verifier, err = note.NewVerifier(vkey); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		l.append(t, fmt.Sprint("session-", i))
	}
	return l
}

func (l *testLog) append(t *testing.T, basis string) {
	t.Helper()
	e := Now{Boot: time.Duration(len(l.data)), BootID: "boot-a", Wall: start}.Entry(EntrySessionOpen)
	e.Seq, e.BasisID = uint64(len(l.data)), basis
	b, err := e.Format()
	if err != nil {
		t.Fatal(err)
	}
	if l.hashes, err = l.hashes.with(e.Seq, b); err != nil {
		t.Fatal(err)
	}
	l.data = append(l.data, b)
}

func (l *testLog) checkpoint(t *testing.T) Checkpoint {
	t.Helper()
	msg, err := SignCheckpoint(l.origin, uint64(len(l.data)), l.hashes, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	cp, err := OpenCheckpoint(msg, l.verifier)
	if err != nil {
		t.Fatal(err)
	}
	return cp
}

func (l *testLog) read(seq uint64) ([]byte, error) {
	if seq >= uint64(len(l.data)) {
		return nil, errors.New("no such entry")
	}
	return l.data[seq], nil
}

func TestProofs(t *testing.T) {
	l := newTestLog(t, 0)
	var cps []Checkpoint
	for i := range 9 {
		cps = append(cps, l.checkpoint(t))
		l.append(t, fmt.Sprint(i))
	}
	last := cps[8]
	for seq := range last.Size {
		p, err := ProveRecord(last.Size, seq, l.hashes)
		if err != nil {
			t.Fatal(err)
		}
		if err := CheckRecord(last, seq, l.data[seq], p); err != nil {
			t.Error(err)
		}
		if CheckRecord(last, seq, append(bytes.Clone(l.data[seq]), 'x'), p) == nil || CheckRecord(cps[7], seq, l.data[seq], p) == nil {
			t.Errorf("a proof of entry %d proves something else", seq)
		}
	}
	if _, err := ProveRecord(last.Size, last.Size, l.hashes); err == nil {
		t.Error("proved an entry that is not there")
	}
	if CheckRecord(last, last.Size, nil, nil) == nil {
		t.Error("checked an entry that is not there")
	}
}

func TestCheckpointRefuses(t *testing.T) {
	l := newTestLog(t, 3)
	good := l.checkpoint(t).Format()
	for name, in := range map[string]string{
		"empty":         "",
		"no last line":  strings.TrimSuffix(good, "\n"),
		"extra line":    good + "x\n",
		"other origin":  strings.Replace(good, "quietstat/", "go.sum database tree/", 1),
		"bare origin":   strings.Replace(good, l.origin, "quietstat/", 1),
		"leading zero":  strings.Replace(good, "\n3\n", "\n03\n", 1),
		"plus":          strings.Replace(good, "\n3\n", "\n+3\n", 1),
		"huge":          strings.Replace(good, "\n3\n", "\n99999999999999999999\n", 1),
		"short root":    strings.Replace(good, "=\n", "\n", 1),
		"too long":      good + strings.Repeat("x", 600),
		"carriage":      strings.ReplaceAll(good, "\n", "\r\n"),
		"negative size": strings.Replace(good, "\n3\n", "\n-3\n", 1),
	} {
		if c, err := ParseCheckpoint(in); err == nil {
			t.Errorf("%s: read as %+v", name, c)
		}
	}
	msg, err := SignCheckpoint(l.origin, 3, l.hashes, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	_, _, vkey, err := NewLedgerKey(rand.New(rand.NewSource(4)))
	if err != nil {
		t.Fatal(err)
	}
	other, err := note.NewVerifier(vkey)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(msg, other); err == nil {
		t.Error("another key opened the checkpoint")
	}
	if _, err := OpenCheckpoint(bytes.Replace(msg, []byte("\n3\n"), []byte("\n2\n"), 1), l.verifier); err == nil {
		t.Error("a changed checkpoint was opened")
	}
	if _, err := SignCheckpoint("quietstat/00", 3, l.hashes, l.signer); err == nil {
		t.Error("signed for another log")
	}
	if _, err := SignCheckpoint(l.origin, 4, l.hashes, l.signer); err == nil {
		t.Error("signed over entries that are not there")
	}
	foreign, err := note.Sign(&note.Note{Text: strings.Replace(good, l.origin, "quietstat/00", 1)}, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := OpenCheckpoint(foreign, l.verifier); err == nil {
		t.Error("opened a checkpoint of another log signed by this key")
	}
}

func TestNewLedgerKey(t *testing.T) {
	a, s1, v1, err := NewLedgerKey(rand.New(rand.NewSource(1)))
	b, s2, v2, err2 := NewLedgerKey(rand.New(rand.NewSource(1)))
	if err != nil || err2 != nil || a != b || s1 != s2 || v1 != v2 {
		t.Error("one entropy, two keys")
	}
	if c, s3, _, _ := NewLedgerKey(rand.New(rand.NewSource(2))); c == a || s3 == s1 {
		t.Error("two entropies, one key")
	}
	if _, _, _, err := NewLedgerKey(strings.NewReader("short")); err == nil {
		t.Error("made a key out of too little entropy")
	}
}

func FuzzParseCheckpoint(f *testing.F) {
	f.Add(Checkpoint{Origin: "quietstat/0a", Size: 7}.Format())
	f.Fuzz(func(t *testing.T, s string) {
		if c, err := ParseCheckpoint(s); err == nil && c.Format() != s {
			t.Errorf("%q was read and written as %q", s, c.Format())
		}
	})
}

func TestTilePath(t *testing.T) {
	for _, tt := range []struct {
		tile tlog.Tile
		want string
	}{
		{tlog.Tile{H: 8, L: 0, N: 0, W: 256}, "tile/0/000"},
		{tlog.Tile{H: 8, L: 0, N: 0, W: 1}, "tile/0/000.p/1"},
		{tlog.Tile{H: 8, L: 1, N: 1234067, W: 8}, "tile/1/x001/x234/067.p/8"},
		{tlog.Tile{H: 8, L: -1, N: 5, W: 256}, "tile/entries/005"},
		{tlog.Tile{H: 8, L: -1, N: 5, W: 3}, "tile/entries/005.p/3"},
	} {
		if got, err := TilePath(tt.tile); err != nil || got != tt.want {
			t.Errorf("%+v: %s, %v; want %s", tt.tile, got, err, tt.want)
		}
	}
	for _, bad := range []tlog.Tile{{H: 7, W: 1}, {H: 8, L: -2, W: 1}, {H: 8, N: -1, W: 1}, {H: 8, W: 0}, {H: 8, W: 257}} {
		if got, err := TilePath(bad); err == nil {
			t.Errorf("%+v: %s", bad, got)
		}
	}
}

// What is laid out in tiles can be read back as hashes: the tree on disk is the
// tree in memory.
func TestTilesHoldTheTree(t *testing.T) {
	l := newTestLog(t, 600)
	tiles := map[string][]byte{}
	for old := uint64(0); old < 600; old += 50 {
		for _, tile := range NewTiles(old, old+50) {
			b, err := tlog.ReadTileData(tile, l.hashes)
			if err != nil {
				t.Fatal(err)
			}
			p, err := TilePath(tile)
			if err != nil {
				t.Fatal(err)
			}
			tiles[p] = b
		}
	}
	cp := l.checkpoint(t)
	r := tlog.TileHashReader(tlog.Tree{N: 600, Hash: cp.Root}, tileMap(tiles))
	if root, err := Root(600, r); err != nil || root != cp.Root {
		t.Errorf("the tiles' root is %v, %v; the entries' is %v", root, err, cp.Root)
	}
}

type tileMap map[string][]byte

func (tileMap) Height() int                     { return TileHeight }
func (tileMap) SaveTiles([]tlog.Tile, [][]byte) {}
func (m tileMap) ReadTiles(tiles []tlog.Tile) (out [][]byte, err error) {
	for _, t := range tiles {
		p, err := TilePath(t)
		if err != nil {
			return nil, err
		}
		b, ok := m[p]
		if !ok {
			return nil, fmt.Errorf("no %s", p)
		}
		out = append(out, b)
	}
	return out, nil
}

func TestBundle(t *testing.T) {
	var b []byte
	var want [][]byte
	var err error
	for i := range TileWidth {
		e := bytes.Repeat([]byte{byte(i)}, 1+i)
		want = append(want, e)
		if b, err = AppendToBundle(b, e); err != nil {
			t.Fatal(err)
		}
	}
	got, err := ParseBundle(b)
	if err != nil || !slices.EqualFunc(got, want, bytes.Equal) {
		t.Fatalf("%d entries, %v", len(got), err)
	}
	more, _ := AppendToBundle(b, []byte("x"))
	if _, err := ParseBundle(more); err == nil {
		t.Error("read 257 entries")
	}
	for end := 4; end < 7; end++ { // within the second entry, which ends at 7
		if got, err := ParseBundle(b[:end]); err == nil || len(got) != 1 {
			t.Errorf("torn at %d: %d entries, %v", end, len(got), err)
		}
	}
	for _, bad := range [][]byte{{0}, {0, 0}, {0, 2, 'x'}, {0xff, 0xff}} {
		if got, err := ParseBundle(bad); err == nil {
			t.Errorf("%v: %d entries", bad, len(got))
		}
	}
	for _, size := range []int{0, MaxEntry + 1} {
		if _, err := AppendToBundle(nil, make([]byte, size)); err == nil {
			t.Errorf("took an entry of %d bytes", size)
		}
	}
}

func FuzzParseBundle(f *testing.F) {
	f.Add([]byte{0, 1, 'x', 0, 2, 'y', 'z'})
	f.Fuzz(func(t *testing.T, b []byte) {
		entries, err := ParseBundle(b)
		if err != nil {
			return
		}
		var out []byte
		for _, e := range entries {
			if out, err = AppendToBundle(out, e); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(out, b) {
			t.Errorf("%x was read and written as %x", b, out)
		}
	})
}
