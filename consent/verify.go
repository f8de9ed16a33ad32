package consent

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveRecord proves that entry seq is in a log of size entries. r reads its stored
// hashes.
func ProveRecord(size, seq uint64, r tlog.HashReader) (tlog.RecordProof, error) {
	if seq >= size {
		return nil, fmt.Errorf("consent: entry %d is not in a log of %d", seq, size)
	}
	p, err := tlog.ProveRecord(int64(size), int64(seq), r)
	if err != nil {
		return nil, fmt.Errorf("consent: proof of ledger entry %d: %w", seq, err)
	}
	return p, nil
}

// CheckRecord checks a proof by ProveRecord over the entry's bytes: the entry is in the
// log the checkpoint was signed over.
func CheckRecord(cp Checkpoint, seq uint64, entry []byte, p tlog.RecordProof) error {
	if seq >= cp.Size {
		return fmt.Errorf("consent: entry %d is not in a log of %d", seq, cp.Size)
	}
	if err := tlog.CheckRecord(p, int64(cp.Size), cp.Root, int64(seq), tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("consent: entry %d is not proven: %w", seq, err)
	}
	return nil
}
