package keeper

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// waited asks while the clock goes on, and returns what was answered.
func waited[T any](h *house, verb string, arguments any, seconds int) (answer T, err error) {
	h.t.Helper()
	done := make(chan error, 1)
	go func() { done <- h.call(verb, arguments, &answer) }()
	for range seconds {
		time.Sleep(10 * time.Millisecond)
		h.tick(1)
		select {
		case err := <-done:
			return answer, err
		default:
		}
	}
	select {
	case err = <-done:
	case <-time.After(20 * time.Second):
		h.t.Fatalf("%s is not answered", verb)
	}
	return answer, err
}

func (h *house) once(a local.OnceArguments) (local.Pending, error) {
	h.t.Helper()
	var p local.Pending
	if err := h.call("consent.once", a, &p); err != nil {
		return p, err
	}
	h.press()
	h.tick(2)
	action := p.Action
	p = local.Pending{}
	h.must("action.wait", local.WaitArguments{Action: action, TimeoutS: 1}, &p)
	return p, nil
}

// busyTries is how often something is tried whose uplink a busy machine may hold up
// for longer than its lease, which runs on the real clock.
const busyTries = 5

func TestOnceSendsExactlyWhatWasShown(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	ask := local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature"}, {Category: "door.state", Fields: []string{"door_1"}}}}
	var offer local.Offer
	h.must("consent.offer", ask, &offer)
	if offer.Shown["temperature"] != "20.5" || offer.Topic != "home/heat/state" || offer.Endpoint != h.broker.endpoint || len(offer.Message)%256 != 0 {
		t.Fatalf("offered %+v", offer)
	}
	var p local.Pending
	var out local.OnceOutcome
	tries := 0
	for tries < busyTries && out.Outcome != "sent" {
		tries++
		var err error
		if p, err = h.once(local.OnceArguments{Recipient: "kitchen", Purpose: ask.Purpose, Categories: ask.Categories, Shown: offer.Shown}); err != nil {
			t.Fatal(err)
		}
		if out, err = waited[local.OnceOutcome](h, "once.wait", local.OnceWait{ID: p.ID, TimeoutS: 30}, 20); err != nil {
			t.Fatal(err)
		}
		h.tick(10)
	}
	heard := h.broker.messages()
	if len(heard) == 0 || len(heard) > tries || string(heard[len(heard)-1].Payload) != string(out.Message) || heard[0].FixedHeader.Retain {
		t.Errorf("the recipient heard %d messages in %d tries, the last not the one that was told of (%s)", len(heard), tries, out.Outcome)
	}
	var sent, shown struct{ Fields map[string]json.RawMessage }
	if json.Unmarshal(out.Message, &sent) != nil || json.Unmarshal(offer.Message, &shown) != nil || len(sent.Fields) != 2 {
		t.Fatal("no envelopes")
	}
	for name, value := range shown.Fields {
		if string(sent.Fields[name]) != string(value) {
			t.Errorf("%s was shown as %s and sent as %s", name, value, sent.Fields[name])
		}
	}
	h.gone(t)
	if kinds := h.kinds(); !slices.Contains(kinds, "grant.given") {
		t.Errorf("recorded %v", kinds)
	}
	var r consent.Receipt
	h.must("ledger.receipt", local.ID{ID: p.ID}, &r)
	if len(r.Events) != 1 || r.Events[0].Validity != "PT1M" || len(r.Missing) != 0 {
		t.Errorf("its receipt is %+v", r)
	}
}

func TestOnceStaysInWhenTheHouseChanged(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	a := local.OnceArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "climate.temperature"}}, Shown: map[string]string{"temperature": "25.0"}}
	p, err := h.once(a)
	if err != nil {
		t.Fatal(err)
	}
	_, err = waited[local.OnceOutcome](h, "once.wait", local.OnceWait{ID: p.ID, TimeoutS: 30}, 70)
	if err == nil || !strings.Contains(err.Error(), "not as the preview showed it") || len(h.broker.messages()) != 0 {
		t.Errorf("%v, %d messages", err, len(h.broker.messages()))
	}
	h.gone(t)
	a.Shown["humidity"] = "40"
	if _, err := h.once(a); err == nil {
		t.Error("more was shown than is asked for")
	}
	if err := h.call("once.wait", local.OnceWait{ID: "nothing"}, nil); err == nil {
		t.Error("waited for nothing")
	}
	if err := h.call("consent.offer", local.GrantArguments{Recipient: "kitchen", Purpose: "home.automation", Categories: []local.Share{{Category: "voice.content"}}}, nil); err == nil {
		t.Error("transcripts were offered")
	}
}

func TestRenewalSaysWhatItChanges(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	old := h.optIn()
	var p local.Pending
	h.must("consent.renew", local.RenewArguments{ID: old, Categories: []local.Share{{Category: "climate.temperature", PeriodS: 10, Round: 0.1}}, Days: 60}, &p)
	if len(p.Changes) != 2 || p.Changes[0].What != "life" || !p.Changes[0].Wider || p.Changes[1].What != "climate.temperature" || !p.Changes[1].Wider {
		t.Fatalf("before the press it says %+v", p)
	}
	h.press()
	h.tick(2)
	var done local.Pending
	h.must("action.wait", local.WaitArguments{Action: p.Action, TimeoutS: 1}, &done)
	var all []local.GrantView
	h.must("consent.list", nil, &all)
	states := map[string]local.GrantView{}
	for _, g := range all {
		states[g.ID] = g
	}
	if len(all) != 2 || states[old].State != "withdrawn" || states[old].Why != "renewed" || states[done.ID].State != "given" ||
		states[done.ID].Renews != old || states[done.ID].Scope[0].Round != 0.1 || states[done.ID].Scope[0].PeriodS != 10 || states[done.ID].Scope[0].Mode != "latest" {
		t.Errorf("%+v", all)
	}
	// As it was, without a difference.
	var same local.Pending
	h.must("consent.renew", local.RenewArguments{ID: done.ID, Days: 60}, &same)
	if same.Action == 0 || len(same.Changes) != 0 {
		t.Errorf("the same again is %+v", same)
	}
	if err := h.call("consent.renew", local.RenewArguments{ID: "nothing"}, nil); err == nil {
		t.Error("nothing was renewed")
	}
	// The one that was renewed already names the one that stands, and is left alone.
	if err := h.call("consent.renew", local.RenewArguments{ID: old, Days: 1}, nil); err == nil || !strings.Contains(err.Error(), done.ID) {
		t.Errorf("renewed twice: %v", err)
	}
}

func TestErasureComesBeforeTheEnd(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	var id string
	var out local.EraseOutcome
	for range busyTries {
		id = h.optIn()
		h.within(30, h.hears(1))
		var err error
		if out, err = waited[local.EraseOutcome](h, "consent.erase", local.ID{ID: id}, 20); err != nil {
			t.Fatal(err)
		}
		if out.Erased == 1 {
			break
		}
	}
	if out.Erased != 1 || out.Problem != "" {
		t.Fatalf("%+v", out)
	}
	h.gone(t)
	heard := h.broker.messages()
	last := heard[len(heard)-1]
	if len(last.Payload) != 0 || !last.FixedHeader.Retain || last.TopicName != "home/heat/state" {
		t.Errorf("the last message is %q on %s, retained %v", last.Payload, last.TopicName, last.FixedHeader.Retain)
	}
	for _, m := range heard[:len(heard)-1] {
		if (len(m.Payload) == 0) != m.FixedHeader.Retain {
			t.Errorf("%q, retained %v, came before", m.Payload, m.FixedHeader.Retain)
		}
	}
	kinds := h.kinds()
	slices.Reverse(kinds)
	erased, withdrawn := slices.Index(kinds, "erase.sent"), slices.Index(kinds, "grant.withdrawn")
	if erased < 0 || withdrawn > erased {
		t.Errorf("recorded, the newest first, %v", kinds)
	}
	if err := h.call("consent.erase", local.ID{ID: id}, nil); err == nil {
		t.Error("erased twice")
	}
}

// A recipient that is away keeps what it has; the opt-in ends all the same.
func TestErasureThatCannotBeSentStillEnds(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	id := h.optIn() // never used: nothing to erase
	h.broker.stop()
	out, err := waited[local.EraseOutcome](h, "consent.erase", local.ID{ID: id}, 40)
	if err != nil || out.Erased != 0 || out.Problem == "" {
		t.Errorf("%+v, %v", out, err)
	}
	var all []local.GrantView
	h.must("consent.list", nil, &all)
	if all[0].State != "withdrawn" {
		t.Errorf("it is %s", all[0].State)
	}
	h.gone(t)
}

func TestChangingARecipientSaysWhatItVoids(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol(local.Share{Category: "climate.temperature"})
	id := h.optIn()
	r := consent.Recipient{ID: "kitchen", DisplayName: "Kitchen", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint, TopicPrefix: "home/heat", Profile: consent.ProfileJSON}
	var p local.Pending
	h.must("recipient.add", r, &p)
	if len(p.Changed)+len(p.Voided) != 0 {
		t.Errorf("the same again changed %+v", p)
	}
	r.TopicPrefix, r.Onward = "elsewhere", []string{"a cloud"}
	h.must("recipient.add", r, &p)
	if !slices.Equal(p.Changed, []string{"topic_prefix", "onward"}) || !slices.Equal(p.Voided, []string{"policy", id}) {
		t.Errorf("answered %+v", p)
	}
	var lines []local.LedgerLine
	h.must("ledger.show", local.LedgerArguments{}, &lines)
	if !slices.ContainsFunc(lines, func(l local.LedgerLine) bool { return strings.Contains(l.Text, "topic_prefix, onward") }) {
		t.Errorf("the ledger does not say what changed: %+v", lines)
	}
}

func TestProofsCheckpointsAndPurging(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	id := h.optIn()
	if !h.within(120, h.hears(1)) {
		t.Fatal("the opt-in does not work")
	}
	var cp local.CheckpointAnswer
	h.must("ledger.checkpoint", nil, &cp)
	key, err := note.NewVerifier(cp.Key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := consent.OpenCheckpoint([]byte(cp.Checkpoint), key); err != nil {
		t.Error(err)
	}
	var report store.Report
	h.must("ledger.verify", local.VerifyArguments{Checkpoint: cp.Checkpoint, Key: cp.Key}, &report)
	if report.Since == 0 || report.Kinds["checkpoint.exported"] != 1 {
		t.Errorf("%+v", report)
	}
	if err := h.call("ledger.verify", local.VerifyArguments{Key: "another"}, nil); err == nil {
		t.Error("verified with another key")
	}
	var proof local.ProofAnswer
	h.must("ledger.proof", local.ProofArguments{Seq: 0}, &proof)
	p, err := consent.ParseProof([]byte(proof.Proof))
	if err != nil {
		t.Fatal(err)
	}
	if e, _, err := p.Check(key); err != nil || e.Kind != consent.EntryRecipientEnrolled {
		t.Errorf("%+v, %v", e, err)
	}
	if err := h.call("ledger.proof", local.ProofArguments{Seq: 1 << 40}, nil); err == nil {
		t.Error("an entry that is not there was proven")
	}
	var receipt consent.Receipt
	h.must("ledger.receipt", local.ID{ID: id}, &receipt)
	if receipt.RecordID != id || len(receipt.Missing) != 0 || receipt.Processing[0].PIIInformation[0].PeriodS != 10 {
		t.Errorf("%+v", receipt)
	}
	if err := h.call("ledger.receipt", local.ID{ID: "../../ledger/key"}, nil); err == nil {
		t.Error("a receipt of nothing")
	}
	values := func() (n int) {
		var lines []local.LedgerLine
		h.must("ledger.show", local.LedgerArguments{}, &lines)
		for _, l := range lines {
			if l.Sent != "" {
				n++
			}
		}
		return n
	}
	before := values()
	var purged local.PurgeAnswer
	h.must("ledger.purge", local.PurgeArguments{OlderS: 24 * 3600}, &purged)
	if purged.Days != 0 || values() != before || before == 0 {
		t.Errorf("purged %d days; %d of %d values left", purged.Days, values(), before)
	}
	h.must("ledger.purge", local.PurgeArguments{All: true}, &purged)
	if purged.Days != 1 || values() != 0 {
		t.Errorf("purged %d days; %d values left", purged.Days, values())
	}
	h.must("ledger.verify", nil, &report)
	for _, a := range []local.PurgeArguments{{}, {All: true, OlderS: 1}, {OlderS: -1}} {
		if err := h.call("ledger.purge", a, nil); err == nil {
			t.Errorf("%+v was done", a)
		}
	}
}

func TestCredentialsComeAndGoWithTheirRecipient(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	folder := filepath.Join(h.folder, "keeper", "recipients", "kitchen.json.credentials")
	h.must("recipient.credentials", local.CredentialsArguments{ID: "kitchen", Files: map[string][]byte{"username": []byte("house\n"), "password": []byte("a secret\n")}}, nil)
	if b, err := os.ReadFile(filepath.Join(folder, "password")); err != nil || string(b) != "a secret\n" {
		t.Errorf("%q, %v", b, err)
	}
	if info, err := os.Stat(filepath.Join(folder, "password")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	for name, a := range map[string]local.CredentialsArguments{
		"nobody":        {ID: "nobody", Files: map[string][]byte{"username": []byte("x")}},
		"a path":        {ID: "kitchen", Files: map[string][]byte{"../../x": []byte("x")}},
		"empty":         {ID: "kitchen", Files: map[string][]byte{"username": nil}},
		"large":         {ID: "kitchen", Files: map[string][]byte{"username": make([]byte, 16<<10+1)}},
		"a certificate": {ID: "kitchen", Files: map[string][]byte{"house.crt": []byte("x")}},
	} {
		if err := h.call("recipient.credentials", a, nil); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	h.tick(2)
	h.must("recipient.credentials", local.CredentialsArguments{ID: "kitchen"}, nil)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Error("they were not taken away")
	}
	h.must("recipient.credentials", local.CredentialsArguments{ID: "kitchen", Files: map[string][]byte{"username": []byte("house\n")}}, nil)
	// Another name is the same place; at another endpoint somebody else listens.
	var p local.Pending
	r := consent.Recipient{ID: "kitchen", DisplayName: "Other", Reach: consent.ReachThisDevice, Endpoint: h.broker.endpoint, TopicPrefix: "home/heat", Profile: consent.ProfileJSON}
	h.must("recipient.add", r, &p)
	if _, err := os.Stat(folder); err != nil || slices.Contains(p.Voided, "credentials") {
		t.Errorf("another name: %v, %v", err, p.Voided)
	}
	r.Endpoint = "mqtt://127.0.0.1:1"
	h.must("recipient.add", r, &p)
	if _, err := os.Stat(folder); !os.IsNotExist(err) || !slices.Contains(p.Voided, "credentials") {
		t.Errorf("another place: %v, %v", err, p.Voided)
	}
	h.must("recipient.credentials", local.CredentialsArguments{ID: "kitchen", Files: map[string][]byte{"username": []byte("house\n")}}, nil)
	h.must("recipient.remove", local.ID{ID: "kitchen"}, nil)
	if _, err := os.Stat(folder); !os.IsNotExist(err) {
		t.Error("they outlived their recipient")
	}
}

// What cannot be understood at a start is kept beside what is saved next.
func TestDamagedConsentIsSetAside(t *testing.T) {
	h := newHouse(t)
	h.tick(2)
	h.enrol()
	h.tick(2)
	h.stop()
	path := filepath.Join(h.folder, "keeper", "consent.json")
	good, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	bad := append(slices.Clone(good), 'x')
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	h.start()
	h.tick(3)
	s := h.status()
	if slices.ContainsFunc(s.Notices, func(n string) bool { return strings.Contains(n, "using ") }) {
		t.Errorf("says to use what it does not: %q", s.Notices)
	}
	if !slices.ContainsFunc(s.Notices, func(n string) bool { return strings.Contains(n, "consent.json.aside-1") }) {
		t.Errorf("notices: %v", s.Notices)
	}
	h.must("recipient.add", consent.Recipient{ID: "other", DisplayName: "x", Reach: consent.ReachLAN, Endpoint: "mqtt://192.0.2.1:1", TopicPrefix: "x", Profile: consent.ProfileJSON}, nil)
	if got, err := os.ReadFile(path + ".aside-1"); err != nil || string(got) != string(bad) {
		t.Errorf("kept %q, %v", got, err)
	}
}
