package store

import (
	"errors"
	"fmt"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

const (
	tileHeight = consent.TileHeight
	tileWidth  = consent.TileWidth

	entriesLevel = -1 // tlog's level for entry bundles

	ledgerRemedy = "keep the folder as evidence, check its copies with quietstat ledger verify, and restore one; moving the folder away begins a new ledger, and nothing leaves the house before that"
)

// tiles reads and checks the tile files under the folder of a ledger.
type tiles struct {
	disk *Disk
	dir  string
	held map[string][]byte // partial tiles by path, as they were; see hold
}

var _ tlog.TileReader = tiles{}

// path is where a tile lies. Tiles are named from sizes that are never negative,
// so that there is always such a place.
func (t tiles) path(tile tlog.Tile) string {
	name, err := consent.TilePath(tile)
	if err != nil {
		panic(err)
	}
	return filepath.Join(t.dir, name)
}

// Height is the height of the tiles.
func (t tiles) Height() int { return tileHeight }

// ReadTiles reads hash tiles; tlog.TileHashReader checks them.
func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	all := make([][]byte, len(wanted))
	for i, tile := range wanted {
		data, err := t.read(tile)
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

// read reads one tile's file.
func (t tiles) read(tile tlog.Tile) ([]byte, error) {
	if data, ok := t.held[t.path(tile)]; ok {
		return data, nil
	}
	return t.disk.read(t.path(tile))
}

// hold reads the partial tiles of a tree into memory, a few files of at most some
// kilobytes. They are all that a Seal takes away, so that with them the tree can be
// read for as long as it takes while the ledger goes on.
func (t *tiles) hold(tree tlog.Tree) error {
	t.held = make(map[string][]byte)
	for _, tile := range partials(tree.N) {
		data, err := t.disk.read(t.path(tile))
		if err != nil {
			return t.damage(tile, err)
		}
		t.held[t.path(tile)] = data
	}
	return nil
}

// partials are the tiles of a tree that are not full, entries first.
func partials(size int64) (tiles []tlog.Tile) {
	for level, n := entriesLevel, size; n > 0; level++ {
		if w := int(n % tileWidth); w > 0 {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n / tileWidth, W: w})
		}
		if level != entriesLevel {
			n /= tileWidth
		}
	}
	return tiles
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
	data, err := t.read(tile)
	if err != nil {
		return nil, t.damage(tile, err)
	}
	records, err := consent.ParseBundle(data)
	if err == nil && len(records) != width {
		err = fmt.Errorf("it holds %d records", len(records))
	}
	if err != nil {
		return nil, t.damage(tile, err)
	}
	return records, nil
}

// formatBundle makes the content of an entry bundle.
func formatBundle(records [][]byte) (data []byte, err error) {
	for _, r := range records {
		if data, err = consent.AppendToBundle(data, r); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// widthAt is how many entries of a tree of the given size stand in its n-th bundle.
func widthAt(n, size int64) int {
	return int(min(tileWidth, size-n*tileWidth))
}
