package consent

import (
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// The ledger is a Merkle tree (RFC 6962 hashes, by tlog) laid out on disk as
// C2SP tlog-tiles. This file is the arithmetic; reading and writing are the
// store's.

// TileHeight and TileWidth are those of tlog-tiles: 256 hashes or entries a tile.
const (
	TileHeight = 8
	TileWidth  = 1 << TileHeight
)

// TilePath is where a tile lies below the ledger folder, for example
// "tile/0/x001/234.p/7", or "tile/entries/..." for the level of the entries
// (tlog.Tile.L == -1). It differs from Tile.Path, which is that of the Go
// checksum database.
func TilePath(t tlog.Tile) (string, error) {
	if t.H != TileHeight || t.L < -1 || t.N < 0 || t.W < 1 || t.W > TileWidth {
		return "", fmt.Errorf("consent: no such tile: height %d, level %d, number %d, width %d", t.H, t.L, t.N, t.W)
	}
	rest, ok := strings.CutPrefix(t.Path(), "tile/8/")
	if !ok {
		return "", fmt.Errorf("consent: tile path has an unexpected form")
	}
	if t.L == -1 {
		rest = "entries" + strings.TrimPrefix(rest, "data")
	}
	return "tile/" + rest, nil
}

// NewTiles lists the hash tiles to write when the tree grows from oldSize to
// newSize entries. Partial tiles of the old size are replaced by these.
func NewTiles(oldSize, newSize uint64) []tlog.Tile {
	return tlog.NewTiles(TileHeight, int64(oldSize), int64(newSize))
}

// StoredHashes are the hashes to append, in order, when an entry's bytes become
// number seq. r reads earlier ones by stored-hash index (tlog.StoredHashIndex).
func StoredHashes(seq uint64, entry []byte, r tlog.HashReader) ([]tlog.Hash, error) {
	h, err := tlog.StoredHashes(int64(seq), entry, r)
	if err != nil {
		return nil, fmt.Errorf("consent: hashes of ledger entry %d: %w", seq, err)
	}
	return h, nil
}
