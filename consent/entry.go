package consent

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
)

// Entry is one line of the ledger. It holds no reading: what was said is behind
// Commitment, and the values live in a store that can be purged.
type Entry struct {
	Seq         uint64 // position in the log, from 0; given by whoever appends
	Kind        EntryKind
	Wall        time.Time // UTC
	WallTrusted bool
	Boot        time.Duration // CLOCK_BOOTTIME
	BootID      string
	BasisID     string // session, grant or once
	Basis       BasisKind
	Recipient   string
	Purpose     Purpose
	Categories  []Category
	Fields      int // fields in the message
	Bytes       int // bytes of the payload
	// Commitment is Commit(salt, payload) of a release, and the digest of the
	// record in entries about recipients, policies and grants.
	Commitment [32]byte
	Reason     ReasonCode
	Evidence   Class                 // session.open: what opened it; absent in ledgers from before voice, which had presses alone
	Source     Source                // session.open: what heard it, not where and not what
	Counts     map[ReasonCode]uint64 // deny.summary: refusals per reason
	Changed    []string              // recipient.changed: the names of the fields that did
}

// MaxEntry is the most bytes an encoded entry can have.
const MaxEntry = 4096

// entryJSON fixes names and order. Absent and zero are the same, and only the
// absent form is canonical.
type entryJSON struct {
	Seq         uint64                `json:"seq"`
	Kind        EntryKind             `json:"kind"`
	Wall        string                `json:"wall"`
	WallTrusted bool                  `json:"wall_trusted"`
	Boot        time.Duration         `json:"boottime_ns"`
	BootID      string                `json:"boot_id"`
	Basis       *BasisKind            `json:"basis,omitempty"`
	BasisID     string                `json:"basis_id,omitempty"`
	Recipient   string                `json:"recipient,omitempty"`
	Purpose     *Purpose              `json:"purpose,omitempty"`
	Categories  []Category            `json:"categories,omitempty"`
	Fields      int                   `json:"fields,omitempty"`
	Bytes       int                   `json:"bytes,omitempty"`
	Commitment  string                `json:"commitment,omitempty"`
	Reason      *ReasonCode           `json:"reason,omitempty"`
	Evidence    *Class                `json:"evidence,omitempty"`
	Source      *Source               `json:"source,omitempty"`
	Counts      map[ReasonCode]uint64 `json:"counts,omitempty"`
	Changed     []string              `json:"changed,omitempty"`
}

// Format writes the entry as one line of canonical JSON, newline included.
func (e Entry) Format() ([]byte, error) {
	j := entryJSON{
		Seq: e.Seq, Kind: e.Kind, Wall: e.Wall.UTC().Format(time.RFC3339Nano), WallTrusted: e.WallTrusted,
		Boot: e.Boot, BootID: e.BootID, BasisID: e.BasisID, Recipient: e.Recipient, Categories: e.Categories,
		Fields: e.Fields, Bytes: e.Bytes, Counts: e.Counts, Changed: e.Changed,
		Basis: unlessZero(e.Basis), Purpose: unlessZero(e.Purpose), Reason: unlessZero(e.Reason),
		Evidence: unlessZero(e.Evidence), Source: unlessZero(e.Source),
	}
	if e.Commitment != ([32]byte{}) {
		j.Commitment = hex.EncodeToString(e.Commitment[:])
	}
	b, err := json.Marshal(j)
	if err != nil {
		return nil, fmt.Errorf("consent: ledger entry cannot be written down: %w", err)
	}
	if len(b)+1 > MaxEntry {
		return nil, fmt.Errorf("consent: ledger entry of %d bytes is longer than %d", len(b)+1, MaxEntry)
	}
	return append(b, '\n'), nil
}

// ParseEntry reads what Format wrote and nothing else: an unknown key or word, a
// second spelling of the same entry, or anything left over is an error.
func ParseEntry(b []byte) (Entry, error) {
	if len(b) > MaxEntry {
		return Entry{}, fmt.Errorf("consent: ledger entry of %d bytes is longer than %d", len(b), MaxEntry)
	}
	var j entryJSON
	if err := strictJSON(b, &j); err != nil {
		return Entry{}, fmt.Errorf("consent: malformed ledger entry: %w", err)
	}
	wall, err := time.Parse(time.RFC3339Nano, j.Wall)
	if err != nil {
		return Entry{}, fmt.Errorf("consent: malformed ledger entry: %w", err)
	}
	e := Entry{
		Seq: j.Seq, Kind: j.Kind, Wall: wall.UTC(), WallTrusted: j.WallTrusted, Boot: j.Boot, BootID: j.BootID,
		BasisID: j.BasisID, Recipient: j.Recipient, Categories: j.Categories, Fields: j.Fields, Bytes: j.Bytes,
		Counts: j.Counts, Changed: j.Changed, Basis: orZero(j.Basis), Purpose: orZero(j.Purpose), Reason: orZero(j.Reason),
		Evidence: orZero(j.Evidence), Source: orZero(j.Source),
	}
	if j.Commitment != "" {
		if n, err := hex.Decode(e.Commitment[:], []byte(j.Commitment[:min(len(j.Commitment), 64)])); err != nil || n != len(e.Commitment) {
			return Entry{}, fmt.Errorf("consent: malformed ledger entry: commitment is not 64 hexadecimal digits")
		}
	}
	again, err := e.Format()
	if err != nil {
		return Entry{}, err
	}
	if !bytes.Equal(again, b) {
		return Entry{}, fmt.Errorf("consent: ledger entry is not in canonical form")
	}
	return e, nil
}

// Commit is what the ledger keeps of a payload: SHA-256(salt || payload). Without
// the salt nobody can try payloads against it.
func Commit(salt [32]byte, payload []byte) [32]byte {
	h := sha256.New()
	h.Write(salt[:])
	h.Write(payload)
	return [32]byte(h.Sum(nil))
}

// Entry starts a ledger entry of this instant.
func (n Now) Entry(kind EntryKind) Entry {
	return Entry{Kind: kind, Wall: n.Wall.UTC(), WallTrusted: n.WallTrusted, Boot: n.Boot, BootID: n.BootID}
}

func unlessZero[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func orZero[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

// strictJSON decodes one value, refusing unknown keys and anything after it but
// white space.
func strictJSON(b []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(b[d.InputOffset():]); len(rest) != 0 {
		return fmt.Errorf("%d bytes left over", len(rest))
	}
	return nil
}
