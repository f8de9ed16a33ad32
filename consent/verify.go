package consent

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// VerifyLog reads the whole log again and proves that it is what the checkpoint
// says: every entry parses, stands in its place, and hashes to the stored hashes
// and to the signed root. read returns the bytes of an entry; hashes may be nil
// when there are none to compare. size may exceed the checkpoint's: a log that
// grew since must still begin with what was signed. The entries are returned for
// who wants to show them.
func VerifyLog(read func(seq uint64) ([]byte, error), size uint64, hashes tlog.HashReader, cp Checkpoint) ([]Entry, error) {
	if size < cp.Size {
		return nil, fmt.Errorf("consent: the ledger holds %d entries and the checkpoint was signed over %d: entries were taken away", size, cp.Size)
	}
	var own Hashes
	var entries []Entry
	for seq := range size {
		data, err := read(seq)
		if err != nil {
			return entries, fmt.Errorf("consent: ledger entry %d cannot be read: %w", seq, err)
		}
		e, err := ParseEntry(data)
		if err != nil {
			return entries, fmt.Errorf("consent: ledger entry %d: %w", seq, err)
		}
		if e.Seq != seq {
			return entries, fmt.Errorf("consent: ledger entry %d says it is number %d", seq, e.Seq)
		}
		if own, err = own.Append(seq, data); err != nil {
			return entries, err
		}
		entries = append(entries, e)
	}
	root, err := Root(cp.Size, own)
	if err != nil {
		return entries, err
	}
	if root != cp.Root {
		return entries, fmt.Errorf("consent: the first %d ledger entries are not those the checkpoint was signed over: they were changed", cp.Size)
	}
	return entries, sameHashes(own, hashes)
}

func sameHashes(own Hashes, stored tlog.HashReader) error {
	if stored == nil || len(own) == 0 {
		return nil
	}
	all := make([]int64, len(own))
	for i := range all {
		all[i] = int64(i)
	}
	have, err := stored.ReadHashes(all)
	if err != nil {
		return fmt.Errorf("consent: stored hashes cannot be read: %w", err)
	}
	if len(have) != len(own) {
		return fmt.Errorf("consent: %d stored hashes were read and %d are needed", len(have), len(own))
	}
	for i := range own {
		if have[i] != own[i] {
			return fmt.Errorf("consent: stored hash %d is not that of the entries: the tiles were changed", i)
		}
	}
	return nil
}

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
