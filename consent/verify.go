package consent

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// ProveRecord proves that entry seq is in the log the checkpoint was signed over.
func ProveRecord(cp Checkpoint, seq uint64, r tlog.HashReader) (tlog.RecordProof, error) {
	if seq >= cp.Size {
		return nil, fmt.Errorf("consent: entry %d is not in a log of %d", seq, cp.Size)
	}
	p, err := tlog.ProveRecord(int64(cp.Size), int64(seq), r)
	if err != nil {
		return nil, fmt.Errorf("consent: proof of ledger entry %d: %w", seq, err)
	}
	return p, nil
}

// CheckRecord checks a proof by ProveRecord over the entry's bytes.
func CheckRecord(cp Checkpoint, seq uint64, entry []byte, p tlog.RecordProof) error {
	if seq >= cp.Size {
		return fmt.Errorf("consent: entry %d is not in a log of %d", seq, cp.Size)
	}
	if err := tlog.CheckRecord(p, int64(cp.Size), cp.Root, int64(seq), tlog.RecordHash(entry)); err != nil {
		return fmt.Errorf("consent: entry %d is not proven: %w", seq, err)
	}
	return nil
}

// ProveTree proves that the log of new begins with the log of old.
func ProveTree(old, new Checkpoint, r tlog.HashReader) (tlog.TreeProof, error) {
	if err := grows(old, new); err != nil || old.Size == 0 {
		return nil, err
	}
	p, err := tlog.ProveTree(int64(new.Size), int64(old.Size), r)
	if err != nil {
		return nil, fmt.Errorf("consent: proof of growth from %d to %d entries: %w", old.Size, new.Size, err)
	}
	return p, nil
}

// CheckTree checks a proof by ProveTree: whoever kept old elsewhere learns that
// nothing before it was rewritten.
func CheckTree(old, new Checkpoint, p tlog.TreeProof) error {
	if err := grows(old, new); err != nil || old.Size == 0 {
		return err
	}
	if err := tlog.CheckTree(p, int64(new.Size), new.Root, int64(old.Size), old.Root); err != nil {
		return fmt.Errorf("consent: the ledger does not begin with what was signed at %d entries: %w", old.Size, err)
	}
	return nil
}

func grows(old, new Checkpoint) error {
	if old.Origin != new.Origin {
		return fmt.Errorf("consent: the checkpoints are of two logs")
	}
	if old.Size > new.Size {
		return fmt.Errorf("consent: the ledger shrank from %d to %d entries", old.Size, new.Size)
	}
	return nil
}
