package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

const (
	tileHeight = 8 // C2SP tlog-tiles: 256 hashes or entries per tile
	tileWidth  = 1 << tileHeight

	entriesLevel = -1 // tlog's level for entry bundles

	ledgerRemedy = "keep the folder as evidence, check its copies with quietstat ledger verify, and restore one; moving the folder away begins a new ledger, and nothing leaves the house before that"
)

// tiles reads and checks the tile files under the folder of a ledger.
type tiles struct {
	disk *Disk
	dir  string
}

var _ tlog.TileReader = tiles{}

// tileName is a tile's path under the folder: tile/<L>/<N>[.p/<W>], and
// tile/entries/<N>[.p/<W>] for entry bundles (C2SP tlog-tiles).
func tileName(t tlog.Tile) string {
	level, rest, _ := strings.Cut(strings.TrimPrefix(t.Path(), fmt.Sprintf("tile/%d/", t.H)), "/")
	if t.L == entriesLevel {
		level = "entries"
	}
	return "tile/" + level + "/" + rest
}

func (t tiles) path(tile tlog.Tile) string { return filepath.Join(t.dir, tileName(tile)) }

// Height is the height of the tiles.
func (t tiles) Height() int { return tileHeight }

// ReadTiles reads hash tiles; tlog.TileHashReader checks them.
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(wanted))
	for i, tile := range wanted {
		data, err := t.disk.read(t.path(tile))
		if err != nil {
			return nil, t.damage(tile, err)
		}
		if len(data) != tile.W*tlog.HashSize {
			return nil, t.damage(tile, errors.New("its length is wrong"))
		}
		all[i] = data
	}
	return all, nil
}

// SaveTiles does nothing: the tiles are where they are read from.
func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

// damage makes the typed error of a tile that is missing or wrong. An error of
// the disk itself stays what it is.
func (t tiles) damage(tile tlog.Tile, err error) error {
	reason := err.Error()
	switch {
	case notThere(err):
		reason = "it is missing"
	case diskError(err):
		return fmt.Errorf("cannot read the ledger: %w", err)
	}
	return &DamagedError{Path: t.path(tile), Reason: reason, Remedy: ledgerRemedy}
}

// bundle reads the n-th entry bundle, which must hold exactly width records.
func (t tiles) bundle(n int64, width int) ([][]byte, error) {
	tile := tlog.Tile{H: tileHeight, L: entriesLevel, N: n, W: width}
	data, err := t.disk.read(t.path(tile))
	if err != nil {
		return nil, t.damage(tile, err)
	}
	records, err := parseBundle(data)
	if err == nil && len(records) != width {
		err = fmt.Errorf("it holds %d records", len(records))
	}
	if err != nil {
		return nil, t.damage(tile, err)
	}
	return records, nil
}

// parseBundle takes an entry bundle apart: each entry has its length before it as
// a big-endian uint16. The records alias data.
func parseBundle(data []byte) (records [][]byte, err error) {
	for len(data) > 0 {
		if len(data) < 2 || len(data)-2 < int(binary.BigEndian.Uint16(data)) {
			return nil, errors.New("it ends inside a record")
		}
		n := 2 + int(binary.BigEndian.Uint16(data))
		records = append(records, data[2:n:n])
		data = data[n:]
	}
	return records, nil
}

func formatBundle(records [][]byte) []byte {
	var data []byte
	for _, r := range records {
		data = binary.BigEndian.AppendUint16(data, uint16(len(r)))
		data = append(data, r...)
	}
	return data
}

// widthAt is how many entries of a tree of the given size stand in its n-th bundle.
func widthAt(n, size int64) int {
	return int(min(tileWidth, size-n*tileWidth))
}
