package consent

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Receipt is the record of one opt-in in the terms of ISO/IEC TS 27560:2023 (consent
// record information structure): header, processing, parties, events, and the proof
// that the ledger holds it. The device is the record keeper, for the household.
type Receipt struct {
	SchemaVersion  string           `json:"schema_version"`
	RecordID       string           `json:"record_id"`
	PIIPrincipalID string           `json:"pii_principal_id"` // the household, by the random name of its ledger; never a person
	Processing     []ReceiptPurpose `json:"pii_processing"`
	Parties        []ReceiptParty   `json:"party_identification"`
	Events         []ReceiptEvent   `json:"events"`
	Proof          ReceiptProof     `json:"proof"`
	Missing        []string         `json:"missing,omitempty"` // what could not be told, and why
}

// ReceiptPurpose is one purpose with all that is processed for it.
type ReceiptPurpose struct {
	PrivacyNotice          string       `json:"privacy_notice"`
	Language               string       `json:"language"`
	Purpose                string       `json:"purpose"`
	LawfulBasis            string       `json:"lawful_basis"`
	PIIInformation         []ReceiptPII `json:"pii_information"`
	PIIControllers         []string     `json:"pii_controllers"` // party ids
	CollectionMethod       string       `json:"collection_method"`
	ProcessingMethod       string       `json:"processing_method"`
	StorageLocations       []string     `json:"storage_locations"`
	RetentionPeriod        string       `json:"retention_period"`
	GeographicRestrictions string       `json:"geographic_restrictions"`
	Jurisdiction           string       `json:"jurisdiction"`
	RecipientThirdParties  []string     `json:"recipient_third_parties"`
	WithdrawalMethod       string       `json:"withdrawal_method"`
	PrivacyRights          string       `json:"privacy_rights"`
}

// ReceiptPII is one category and how finely it is told.
type ReceiptPII struct {
	Type       string   `json:"pii_type"`
	Attributes []string `json:"pii_attribute_id"`
	Optional   bool     `json:"pii_optional"`
	Sensitive  string   `json:"sensitive_pii_category"`
	Round      float64  `json:"round,omitempty"`
	PeriodS    float64  `json:"period_s,omitempty"`
	MaxPerHour int      `json:"max_per_hour,omitempty"`
	Mode       string   `json:"mode,omitempty"`
}

// ReceiptParty is somebody who is named in the record.
type ReceiptParty struct {
	ID      string `json:"party_id"`
	Name    string `json:"party_name"`
	Address string `json:"party_address"`
	Contact string `json:"party_contact"`
	Type    string `json:"party_type"`
}

// ReceiptEvent is one thing that happened to the consent, as the ledger has it.
type ReceiptEvent struct {
	Time      time.Time `json:"event_time"`
	Trusted   bool      `json:"event_time_trusted"`
	Validity  string    `json:"validity_duration"` // ISO 8601
	EntityID  string    `json:"entity_id"`
	Type      string    `json:"event_type"`
	State     string    `json:"event_state"`
	Reason    string    `json:"reason,omitempty"`
	LedgerSeq uint64    `json:"ledger_entry"`
}

// ReceiptProof is what makes the receipt more than a claim.
type ReceiptProof struct {
	Format string `json:"format"`
	Text   string `json:"tlog_proof"` // of the entry by which the consent was given; see Proof
	Digest string `json:"record_sha256"`
	Record string `json:"record"` // what the entry's commitment is the SHA-256 of; "" when it is not here
	Ledger string `json:"ledger"`
}

// BasisRecord is what is kept of a consent beside the ledger, to tell it in full.
type BasisRecord struct {
	Record    []byte    // Grant.Record or Once.Record
	Recipient Recipient // as it was enrolled then
}

const (
	householdParty = "household"
	notDeclared    = "not declared"
)

// NewReceipt writes the receipt of an opt-in. entries are those of the ledger that
// name it, the first being that by which it was given, which proof is of. kept may
// be nil; what does not agree with the ledger is an error.
func NewReceipt(entries []Entry, proof Proof, origin string, kept *BasisRecord) (Receipt, error) {
	if len(entries) == 0 || entries[0].Kind != EntryGrantGiven || entries[0].Seq != proof.Seq {
		return Receipt{}, fmt.Errorf("consent: the ledger has no opt-in of that id: see ledger show")
	}
	given := entries[0]
	r := Receipt{
		SchemaVersion: "ISO/IEC TS 27560:2023", RecordID: given.BasisID,
		PIIPrincipalID: "household:" + strings.TrimPrefix(origin, originPrefix),
		Proof:          ReceiptProof{Format: proofMagic, Text: string(proof.Format()), Digest: fmt.Sprintf("%x", given.Commitment), Ledger: origin},
	}
	p := ReceiptPurpose{
		Language: "en", Purpose: given.Purpose.String(), LawfulBasis: "consent", PIIControllers: []string{given.Recipient},
		CollectionMethod: "given on the device, by its owner", ProcessingMethod: "sent over MQTT, rounded and paced by the device",
		StorageLocations: []string{notDeclared}, RetentionPeriod: notDeclared, GeographicRestrictions: "none that the device could enforce",
		Jurisdiction: notDeclared, RecipientThirdParties: []string{},
		WithdrawalMethod: "quiet button held for 3 s, or quietstat consent revoke " + given.BasisID + "; at once, by anybody, without a network",
		PrivacyRights:    "to be asked of the recipient; the device keeps the ledger of what it was told",
	}
	for _, c := range given.Categories {
		p.PIIInformation = append(p.PIIInformation, ReceiptPII{Type: c.String(), Attributes: []string{}, Optional: true, Sensitive: sensitivity[c]})
	}
	recipient := ReceiptParty{ID: given.Recipient, Name: notDeclared, Address: notDeclared, Contact: notDeclared, Type: "pii controller"}
	validity := ""
	if kept == nil {
		r.Missing = append(r.Missing, "the record itself is not here, only its digest: granularity and recipient are not told")
		p.PrivacyNotice = notDeclared
	} else if err := p.fill(*kept, given, &recipient, &validity); err != nil {
		return Receipt{}, err
	} else {
		r.Proof.Record = string(kept.Record)
	}
	r.Processing = []ReceiptPurpose{p}
	r.Parties = []ReceiptParty{{ID: householdParty, Name: "the household", Address: "this house", Contact: "the owner of the device", Type: "pii principal"}, recipient}
	for i, e := range entries {
		r.Events = append(r.Events, receiptEvent(e, i == 0, validity))
	}
	return r, nil
}

// fill tells what the record says, after holding it against the ledger.
func (p *ReceiptPurpose) fill(kept BasisRecord, given Entry, party *ReceiptParty, validity *string) error {
	if sha256.Sum256(kept.Record) != given.Commitment {
		return fmt.Errorf("consent: the record kept of this opt-in is not the one the ledger refers to")
	}
	var g struct {
		Fingerprint Fingerprint `json:"fingerprint"`
		Scope       Scope       `json:"scope"`
		NotBefore   time.Time   `json:"not_before"`
		NotAfter    time.Time   `json:"not_after"`
		Notice      string      `json:"notice"`
	}
	if err := json.Unmarshal(kept.Record, &g); err != nil {
		return fmt.Errorf("consent: the record kept of this opt-in cannot be read: %w", err)
	}
	rec := kept.Recipient
	if rec.Fingerprint() != g.Fingerprint {
		return fmt.Errorf("consent: the recipient kept with this opt-in is not the one it was given to")
	}
	p.PIIInformation = nil
	for _, it := range g.Scope {
		p.PIIInformation = append(p.PIIInformation, ReceiptPII{
			Type: it.Category.String(), Attributes: it.Fields, Optional: true, Sensitive: sensitivity[it.Category],
			Round: it.Round, PeriodS: it.Period.Seconds(), MaxPerHour: it.MaxPerHour, Mode: it.Mode.String(),
		})
	}
	p.RecipientThirdParties = append([]string{}, rec.Onward...)
	p.StorageLocations = []string{"with the recipient, at " + rec.Endpoint}
	party.Name = rec.DisplayName
	if rec.LegalEntity != "" {
		party.Name, party.Contact = rec.LegalEntity, rec.LegalEntity
	}
	if rec.Jurisdiction != "" {
		p.Jurisdiction = rec.Jurisdiction
	}
	party.Address = rec.Endpoint
	*validity = "PT1M"
	if !g.NotAfter.IsZero() {
		*validity = fmt.Sprintf("PT%dS", int64(g.NotAfter.Sub(g.NotBefore)/time.Second))
	}
	p.PrivacyNotice = Notice(rec, given.Purpose, g.Scope)
	if g.Notice != "" && g.Notice != noticeDigest(rec, given.Purpose, g.Scope) {
		p.PrivacyNotice = "another program's words, of which the SHA-256 is " + g.Notice
	}
	return nil
}

// Notice says in plain words what an opt-in lets out, and what it cannot promise.
func Notice(r Recipient, p Purpose, s Scope) string {
	var parts []string
	for _, it := range s {
		parts = append(parts, it.Category.String()+" ("+it.words()+")")
	}
	text := r.DisplayName + " at " + r.Endpoint + " is told, for " + p.String() + ": " + strings.Join(parts, "; ") + "."
	if p == PurposeRemote && len(r.Listens()) > 0 {
		text += " It may wish, while this stands: a temperature, a mode, a preset, within the bounds of the device."
	}
	if len(r.Onward) > 0 {
		text += " It passes this on to " + strings.Join(r.Onward, ", ") + "."
	}
	return text + " The device decides what leaves and records it; what the recipient does with it is beyond the device."
}

// noticeDigest is what an opt-in keeps of its notice.
func noticeDigest(r Recipient, p Purpose, s Scope) string {
	return fmt.Sprintf("%x", sha256.Sum256([]byte(Notice(r, p, s))))
}

// sensitivity says what a category betrays beyond its name.
var sensitivity = map[Category]string{
	CategoryTemperature: "its history shows presence and sleep",
	CategoryHumidity:    "shows how many are at home",
	CategoryPressure:    "shows doors that move",
	CategorySetpoint:    "shows habits",
	CategoryHVAC:        "shows presence",
	CategoryDoor:        "shows who comes and goes",
}

func receiptEvent(e Entry, first bool, validity string) ReceiptEvent {
	out := ReceiptEvent{Time: e.Wall, Trusted: e.WallTrusted, EntityID: householdParty, LedgerSeq: e.Seq, Type: "explicit", State: "given", Validity: validity}
	if !first {
		_, out.State, _ = strings.Cut(e.Kind.String(), ".")
		out.Type, out.Validity = "", "PT0S"
	}
	if e.Reason != ReasonNone {
		out.Reason = e.Reason.String()
	}
	return out
}

// IsAbout reports whether the entry says what happened to an opt-in, rather than
// what was sent under it.
func (e Entry) IsAbout(id string) bool {
	switch e.Kind {
	case EntryGrantGiven, EntryGrantWithdrawn, EntryGrantExpired, EntryGrantSuspended, EntryGrantInvalidated:
		return e.BasisID == id
	}
	return false
}
