package store

import (
	"fmt"
	"path/filepath"

	"quietstat/consent"
)

// recordSchema names the format of a consent record's file.
const recordSchema = "quietstat.record/1"

// basisRecord is a consent.BasisRecord as it is written down.
type basisRecord struct {
	Record    string            `json:"record"` // byte for byte what was digested
	Recipient consent.Recipient `json:"recipient"`
}

// SaveRecord keeps what a consent was given as, in a file of its own, so that its
// receipt can tell it in full. The ledger holds its digest; a record that is lost or
// altered is found out by that. Records are not purged: who agreed to what is to be
// told for as long as the ledger is.
func SaveRecord(d *Disk, dir, id string, r consent.BasisRecord) error {
	path, err := recordPath(dir, id)
	if err != nil {
		return err
	}
	return d.SaveState(path, recordSchema, basisRecord{Record: string(r.Record), Recipient: r.Recipient})
}

// LoadRecord reads a record back, or ErrNoRecord.
func LoadRecord(d *Disk, dir, id string) (consent.BasisRecord, error) {
	path, err := recordPath(dir, id)
	if err != nil {
		return consent.BasisRecord{}, err
	}
	var r basisRecord
	ok, err := d.LoadState(path, recordSchema, &r)
	if err != nil {
		return consent.BasisRecord{}, err
	}
	if !ok {
		return consent.BasisRecord{}, ErrNoRecord
	}
	return consent.BasisRecord{Record: []byte(r.Record), Recipient: r.Recipient}, nil
}

// recordPath is where a record lies. The id may be anybody's word.
func recordPath(dir, id string) (string, error) {
	if id == "" || filepath.Base(id) != id || !filepath.IsLocal(id) {
		return "", fmt.Errorf("%q is not the id of an opt-in", id)
	}
	return filepath.Join(dir, id), nil
}
