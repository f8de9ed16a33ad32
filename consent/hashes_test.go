package consent

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// hashes are all stored hashes of a log in order, as a store with memory to spare would
// keep them.
type hashes []tlog.Hash

var _ tlog.HashReader = hashes(nil)

// ReadHashes implements tlog.HashReader.
func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, x := range indexes {
		if x < 0 || x >= int64(len(h)) {
			return nil, fmt.Errorf("stored hash %d is not there", x)
		}
		out[i] = h[x]
	}
	return out, nil
}

// with is the log with one more entry.
func (h hashes) with(seq uint64, entry []byte) (hashes, error) {
	if want := tlog.StoredHashCount(int64(seq)); int64(len(h)) != want {
		return h, fmt.Errorf("%d stored hashes do not make a log of %d entries", len(h), seq)
	}
	more, err := StoredHashes(seq, entry, h)
	if err != nil {
		return h, err
	}
	return append(h, more...), nil
}
