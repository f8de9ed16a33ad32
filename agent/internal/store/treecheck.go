package store

import (
	"bytes"
	"errors"

	"golang.org/x/mod/sumdb/tlog"
)

// check reads every tile of a tree and recomputes it from the records up: each
// hash tile must be byte for byte what the level below it gives, and the whole
// must be the tree of the checkpoint. visit, if not nil, sees every record in order.
func (t tiles) check(tree tlog.Tree, visit func(seq uint64, record []byte) error) error {
	c := treeCheck{tiles: t}
	for n := int64(0); n*tileWidth < tree.N; n++ {
		records, err := t.bundle(n, widthAt(n, tree.N))
		if err != nil {
			return err
		}
		for i, r := range records {
			if visit != nil {
				if err := visit(uint64(n*tileWidth+int64(i)), r); err != nil {
					return t.damage(tlog.Tile{H: tileHeight, L: entriesLevel, N: n, W: len(records)}, err)
				}
			}
			if err := c.push(0, tlog.RecordHash(r)); err != nil {
				return err
			}
		}
	}
	if err := c.finish(); err != nil {
		return err
	}
	return t.checkRoot(tree)
}

// checkRoot compares the root that the tiles give with the checkpoint's.
func (t tiles) checkRoot(tree tlog.Tree) error {
	got, err := tlog.TreeHash(tree.N, t.hashes(tree))
	if err == nil && got == tree.Hash {
		return nil
	}
	if diskError(err) {
		return err
	}
	return &DamagedError{Path: t.dir, Reason: "its records are not those the checkpoint was signed for", Remedy: ledgerRemedy}
}

// hashes reads the hashes of a tree and authenticates each against its root.
func (t tiles) hashes(tree tlog.Tree) tlog.HashReader {
	return tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		if len(indexes) == 0 {
			return nil, nil // tlog asks so for the very first record
		}
		if tree.N == 0 {
			return nil, errors.New("the tree is empty")
		}
		return tlog.TileHashReader(tree, t).ReadHashes(indexes)
	})
}

// treeCheck holds, per level, the hashes of the tile that is being rebuilt.
type treeCheck struct {
	tiles  tiles
	levels []levelCheck
}

type levelCheck struct {
	n      int64 // tiles already compared
	hashes []tlog.Hash
}

func (c *treeCheck) push(level int, h tlog.Hash) error {
	if level == len(c.levels) {
		c.levels = append(c.levels, levelCheck{})
	}
	l := &c.levels[level]
	l.hashes = append(l.hashes, h)
	if len(l.hashes) < tileWidth {
		return nil
	}
	if err := c.compare(level, l.n, l.hashes); err != nil {
		return err
	}
	parent := subtree(l.hashes)
	l.n++
	l.hashes = l.hashes[:0]
	return c.push(level+1, parent)
}

func (c *treeCheck) finish() error {
	for level, l := range c.levels {
		if len(l.hashes) == 0 {
			continue
		}
		if err := c.compare(level, l.n, l.hashes); err != nil {
			return err
		}
	}
	return nil
}

func (c *treeCheck) compare(level int, n int64, hashes []tlog.Hash) error {
	tile := tlog.Tile{H: tileHeight, L: level, N: n, W: len(hashes)}
	data, err := c.tiles.ReadTiles([]tlog.Tile{tile})
	if err != nil {
		return err
	}
	want := make([]byte, 0, len(hashes)*tlog.HashSize)
	for _, h := range hashes {
		want = append(want, h[:]...)
	}
	if !bytes.Equal(data[0], want) {
		return c.tiles.damage(tile, errors.New("it disagrees with the records below it"))
	}
	return nil
}

// subtree is the hash over a complete tile, a power of two of hashes.
func subtree(hashes []tlog.Hash) tlog.Hash {
	if len(hashes) == 1 {
		return hashes[0]
	}
	half := len(hashes) / 2
	return tlog.NodeHash(subtree(hashes[:half]), subtree(hashes[half:]))
}
