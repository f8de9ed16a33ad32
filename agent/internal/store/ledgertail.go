package store

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// tailMagic begins the header of the tail; the number of its first record follows.
const tailMagic = "quietstat-tail/1 "

func tailHeader(base int64) []byte { return strconv.AppendInt([]byte(tailMagic), base, 10) }

func parseTailHeader(record []byte) (base int64, err error) {
	text, ok := strings.CutPrefix(string(record), tailMagic)
	if ok {
		base, err = strconv.ParseInt(text, 10, 64)
	}
	if !ok || err != nil || base < 0 || !bytes.Equal(tailHeader(base), record) {
		return 0, errors.New("its header is not one of a ledger's tail")
	}
	return base, nil
}

// readTail opens the tail and returns the number of its first record, and its
// records.
func (d *Disk) readTail(dir string) (a *appendFile, base int64, records [][]byte, cut int64, err error) {
	visit := func(at int64, record []byte) (err error) {
		if at == 0 {
			base, err = parseTailHeader(record)
			return err
		}
		records = append(records, bytes.Clone(record))
		return nil
	}
	a, cut, err = d.openAppend(filepath.Join(dir, "tail"), ledgerRemedy, visit)
	return a, base, records, cut, err
}

// joinTail holds the tail against the sealed tree and returns the records that
// are not sealed yet, each an entry that knows its own place. A crash between checkpoint and new tail leaves records that
// stand in both; they must be the same. A gap between the two means that one of
// them has been put back to an earlier time.
func joinTail(t tiles, tree tlog.Tree, base int64, records [][]byte) ([][]byte, error) {
	wrong := func(reason string) error {
		return &DamagedError{Path: filepath.Join(t.dir, "tail"), Reason: reason, Remedy: ledgerRemedy}
	}
	if base > tree.N {
		return nil, wrong(fmt.Sprintf("it begins at record %d while the checkpoint ends at %d", base, tree.N))
	}
	twice := tree.N - base
	if base < tree.N && int64(len(records)) < twice {
		return nil, wrong("it lacks records that the checkpoint covers")
	}
	indexes := make([]int64, twice)
	for i := range indexes {
		indexes[i] = tlog.StoredHashIndex(0, base+int64(i))
	}
	sealed, err := t.hashes(tree).ReadHashes(indexes)
	if err != nil {
		return nil, err
	}
	for i, h := range sealed {
		if tlog.RecordHash(records[i]) != h {
			return nil, wrong("it disagrees with the tiles")
		}
	}
	pending := records[twice:]
	for i, r := range pending {
		if _, err := readEntry(uint64(tree.N)+uint64(i), r); err != nil {
			return nil, wrong(err.Error())
		}
	}
	return pending, nil
}
