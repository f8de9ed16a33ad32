package consent

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// sealed is a log of entries as somebody with a key would publish it.
type sealed struct {
	origin   string
	verifier note.Verifier
	public   string
	hashes   hashes
	lines    [][]byte
	signed   []byte
}

func seal(t *testing.T, entries []Entry) sealed {
	t.Helper()
	origin, secret, public, err := NewLedgerKey(rand.New(rand.NewSource(5)))
	if err != nil {
		t.Fatal(err)
	}
	l := sealed{origin: origin, public: public}
	if l.verifier, err = note.NewVerifier(public); err != nil {
		t.Fatal(err)
	}
	signer, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range entries {
		line, err := e.Format()
		if err != nil {
			t.Fatal(err)
		}
		if l.hashes, err = l.hashes.with(uint64(i), line); err != nil {
			t.Fatal(err)
		}
		l.lines = append(l.lines, line)
	}
	if l.signed, err = SignCheckpoint(origin, uint64(len(entries)), l.hashes, signer); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l sealed) prove(t *testing.T, seq uint64) Proof {
	t.Helper()
	cp, err := OpenCheckpoint(l.signed, l.verifier)
	if err != nil {
		t.Fatal(err)
	}
	path, err := ProveRecord(cp.Size, seq, l.hashes)
	if err != nil {
		t.Fatal(err)
	}
	return Proof{Seq: seq, Entry: l.lines[seq], Path: path, Checkpoint: l.signed}
}

func TestProofStandsAlone(t *testing.T) {
	for _, size := range []int{1, 2, 3, 7, 8, 9, 100} {
		r := emptyRig(t)
		for range size {
			r.ledger.Append(r.now.Entry(EntryButtonClose))
		}
		l := seal(t, r.ledger.entries)
		for seq := range uint64(size) {
			text := l.prove(t, seq).Format()
			p, err := ParseProof(text)
			if err != nil {
				t.Fatal(err)
			}
			if e, _, err := VerifyProof(text, l.public); err != nil || e.Seq != seq {
				t.Errorf("entry %d of %d: %+v, %v", seq, size, e, err)
			}
			e, cp, err := p.Check(l.verifier)
			if err != nil || e.Seq != seq || cp.Size != uint64(size) {
				t.Fatalf("entry %d of %d: %+v, %v", seq, size, e, err)
			}
		}
	}
}

// Whatever byte of a proof is changed, it is no proof any more.
func TestProofRefusesEveryChange(t *testing.T) {
	r := emptyRig(t)
	for range 5 {
		r.ledger.Append(r.now.Entry(EntryButtonClose))
	}
	l := seal(t, r.ledger.entries)
	good := l.prove(t, 3).Format()
	for i := range good {
		bad := bytes.Clone(good)
		bad[i] ^= 1
		p, err := ParseProof(bad)
		if err == nil {
			_, _, err = p.Check(l.verifier)
		}
		if err == nil {
			t.Fatalf("byte %d of %q makes no difference", i, good)
		}
	}
	for _, key := range []string{"", "x", l.public[1:], strings.Replace(l.public, "+", "+0", 1)} {
		if _, _, err := VerifyProof(good, key); err == nil {
			t.Errorf("proven with the key %q", key)
		}
	}
	other := l.prove(t, 2)
	other.Seq = 3
	if _, _, err := other.Check(l.verifier); err == nil {
		t.Error("an entry was proven in another's place")
	}
}

func FuzzParseProof(f *testing.F) {
	f.Add([]byte(proofMagic + "\nextra e30K\nindex 0\n\nx"))
	f.Add([]byte(proofMagic + "\nextra \nindex 7\n" + strings.Repeat("A", 43) + "=\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := ParseProof(b)
		if err == nil && !bytes.Equal(p.Format(), b) {
			t.Errorf("%q reads as %+v", b, p)
		}
	})
}

func given(t *testing.T) (*rig, Grant, []Entry) {
	r := newRig(t)
	g := r.give("hub", GrantRequest{Scope: Scope{{CategoryTemperature, Granularity{Round: 0.5, Period: 5 * time.Minute}}}})
	r.run(6 * time.Minute)
	r.must(GrantRevoke{g.ID})
	var about []Entry
	for _, e := range r.ledger.entries {
		if e.IsAbout(g.ID) {
			about = append(about, e)
		}
	}
	return r, g, about
}

func TestReceiptTellsWhatWasGiven(t *testing.T) {
	r, g, about := given(t)
	l := seal(t, r.ledger.entries)
	rec, _ := r.st.Recipient("hub")
	receipt, err := NewReceipt(about, l.prove(t, about[0].Seq), l.origin, &BasisRecord{g.Record(), rec})
	if err != nil {
		t.Fatal(err)
	}
	if len(receipt.Events) != 2 || receipt.Events[0].State != "given" || receipt.Events[0].Validity != "PT2592000S" ||
		receipt.Events[1].State != "withdrawn" || receipt.Events[1].Reason != "revoked" {
		t.Errorf("events %+v", receipt.Events)
	}
	p := receipt.Processing[0]
	if len(p.PIIInformation) != 1 || p.PIIInformation[0].PeriodS != 300 || p.PIIInformation[0].Mode != "latest" ||
		!strings.Contains(p.PrivacyNotice, "rounded to 0.5") || !strings.Contains(p.WithdrawalMethod, g.ID) {
		t.Errorf("processing %+v", p)
	}
	if d := g.Digest(); receipt.Proof.Digest != fmt.Sprintf("%x", d) || len(receipt.Missing) != 0 {
		t.Errorf("proof %+v, missing %v", receipt.Proof, receipt.Missing)
	}
	// Every field the standard makes mandatory is there, and none is empty.
	b, err := json.Marshal(receipt)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"schema_version", "record_id", "pii_principal_id", "privacy_notice", "language", "purpose", "lawful_basis",
		"pii_information", "pii_type", "pii_controllers", "storage_locations", "retention_period", "jurisdiction", "recipient_third_parties",
		"withdrawal_method", "party_id", "party_address", "party_name", "party_contact", "party_type", "event_time", "validity_duration",
		"entity_id", "event_type", "event_state"} {
		if !bytes.Contains(b, []byte(`"`+key+`":`)) || bytes.Contains(b, []byte(`"`+key+`":null`)) {
			t.Errorf("no %s in %s", key, b)
		}
	}
}

// Words that were confirmed and are not this program's are not put into its mouth.
func TestReceiptOfOtherWords(t *testing.T) {
	r, g, about := given(t)
	g.Notice = strings.Repeat("ab", 32)
	r.ledger.entries[about[0].Seq].Commitment = g.Digest()
	about[0].Commitment = g.Digest()
	l := seal(t, r.ledger.entries)
	rec, _ := r.st.Recipient("hub")
	receipt, err := NewReceipt(about, l.prove(t, about[0].Seq), l.origin, &BasisRecord{g.Record(), rec})
	if err != nil || !strings.Contains(receipt.Processing[0].PrivacyNotice, g.Notice) || strings.Contains(receipt.Processing[0].PrivacyNotice, "is told") {
		t.Errorf("%+v, %v", receipt.Processing, err)
	}
}

func TestReceiptWithoutTheRecord(t *testing.T) {
	r, _, about := given(t)
	l := seal(t, r.ledger.entries)
	receipt, err := NewReceipt(about, l.prove(t, about[0].Seq), l.origin, nil)
	if err != nil || len(receipt.Missing) != 1 || len(receipt.Processing[0].PIIInformation) != 1 {
		t.Errorf("%+v, %v", receipt, err)
	}
}

func TestReceiptRefusesWhatDisagrees(t *testing.T) {
	r, g, about := given(t)
	l := seal(t, r.ledger.entries)
	rec, _ := r.st.Recipient("hub")
	other := rec
	other.Endpoint = "mqtt://192.0.2.8:1883"
	wider := g
	wider.Scope = Scope{{Category: CategoryPressure}}
	proof := l.prove(t, about[0].Seq)
	for name, f := range map[string]func() (Receipt, error){
		"no entries":      func() (Receipt, error) { return NewReceipt(nil, proof, l.origin, nil) },
		"another's proof": func() (Receipt, error) { return NewReceipt(about, l.prove(t, 0), l.origin, nil) },
		"not the giving":  func() (Receipt, error) { return NewReceipt(about[1:], proof, l.origin, nil) },
		"another record":  func() (Receipt, error) { return NewReceipt(about, proof, l.origin, &BasisRecord{wider.Record(), rec}) },
		"another recipient": func() (Receipt, error) {
			return NewReceipt(about, proof, l.origin, &BasisRecord{g.Record(), other})
		},
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s: a receipt was written", name)
		}
	}
}
