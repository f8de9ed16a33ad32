package consent

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Proof shows by itself that an entry is in a log: C2SP tlog-proof, with the entry
// as its extra data.
//
//	c2sp.org/tlog-proof@v1
//	extra <base64 of the entry>
//	index <number of the entry>
//	<base64 hash>                    one line each, none in a log of one entry
//
//	<signed checkpoint>
type Proof struct {
	Seq        uint64
	Entry      []byte // as Entry.Format writes it
	Path       tlog.RecordProof
	Checkpoint []byte // signed note
}

const (
	proofMagic = "c2sp.org/tlog-proof@v1"
	maxProof   = 64 << 10
)

// Format writes the proof.
func (p Proof) Format() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\nextra %s\nindex %d\n", proofMagic, base64.StdEncoding.EncodeToString(p.Entry), p.Seq)
	for _, h := range p.Path {
		b.WriteString(h.String() + "\n")
	}
	b.WriteByte('\n')
	b.Write(p.Checkpoint)
	return b.Bytes()
}

// ParseProof reads what Format wrote, byte for byte. It proves nothing; Check does.
func ParseProof(b []byte) (Proof, error) {
	bad := func(why string) (Proof, error) { return Proof{}, fmt.Errorf("consent: malformed proof: %s", why) }
	if len(b) > maxProof {
		return bad("it is too long")
	}
	head, checkpoint, ok := strings.Cut(string(b), "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 3 || lines[0] != proofMagic {
		return bad("it does not begin with " + proofMagic)
	}
	extra, ok1 := strings.CutPrefix(lines[1], "extra ")
	index, ok2 := strings.CutPrefix(lines[2], "index ")
	if !ok1 || !ok2 {
		return bad("it names no entry")
	}
	p := Proof{Checkpoint: []byte(checkpoint)}
	var err error
	if p.Entry, err = base64.StdEncoding.Strict().DecodeString(extra); err != nil {
		return bad("its entry is not base64")
	}
	if p.Seq, err = strconv.ParseUint(index, 10, 62); err != nil {
		return bad("its index is no number")
	}
	for _, line := range lines[3:] {
		h, err := tlog.ParseHash(line)
		if err != nil {
			return bad("a line is no hash")
		}
		p.Path = append(p.Path, h)
	}
	if !bytes.Equal(p.Format(), b) {
		return bad("it is not in canonical form")
	}
	return p, nil
}

// VerifyProof reads a proof and checks it with a ledger's public key, as its file
// key.pub has it.
func VerifyProof(text []byte, key string) (Entry, Checkpoint, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil {
		return Entry{}, Checkpoint{}, fmt.Errorf("consent: that is not the public key of a ledger: it begins with %s", originPrefix)
	}
	p, err := ParseProof(text)
	if err != nil {
		return Entry{}, Checkpoint{}, err
	}
	return p.Check(verifier)
}

// Check proves the entry: the key signed a log in which it stands where it says.
func (p Proof) Check(key note.Verifier) (Entry, Checkpoint, error) {
	cp, err := OpenCheckpoint(p.Checkpoint, key)
	if err != nil {
		return Entry{}, Checkpoint{}, err
	}
	if err := CheckRecord(cp, p.Seq, p.Entry, p.Path); err != nil {
		return Entry{}, Checkpoint{}, err
	}
	e, err := ParseEntry(p.Entry)
	if err == nil && e.Seq != p.Seq {
		err = fmt.Errorf("consent: entry %d says it is number %d", p.Seq, e.Seq)
	}
	if err != nil {
		return Entry{}, Checkpoint{}, err
	}
	return e, cp, nil
}
