package keeper

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// recipientView is one recipient with everything that was ever given to it.
type recipientView struct {
	Recipient   consent.Recipient      `json:"recipient"`
	Fingerprint string                 `json:"fingerprint"`
	Policy      *consent.SessionPolicy `json:"policy"`
	Grants      []consent.Grant        `json:"grants"`
}

func (c *core) showRecipient(a local.ID) (any, error) {
	r, ok := c.state.Recipient(a.ID)
	if !ok {
		return nil, nobody(a.ID)
	}
	view := recipientView{Recipient: r, Fingerprint: r.Fingerprint().String(), Grants: []consent.Grant{}}
	if p, ok := c.state.Policy(a.ID); ok {
		view.Policy = &p
	}
	for _, g := range c.state.Grants() {
		if g.RecipientID == a.ID {
			view.Grants = append(view.Grants, g)
		}
	}
	return view, nil
}

func (c *core) showPolicy(a local.ID) (any, error) {
	if _, ok := c.state.Recipient(a.ID); !ok {
		return nil, nobody(a.ID)
	}
	p, ok := c.state.Policy(a.ID)
	if !ok {
		return nil, local.Refuse(a.ID+" has no policy and is told nothing during voice sessions", "quietstat policy set "+a.ID)
	}
	return p, nil
}

// previewView is a preview for people: what would go, what keeps it, what stays.
type previewView struct {
	Messages []previewMessage `json:"messages"`
	Withheld []string         `json:"withheld"` // fields no consent covers
}

type previewMessage struct {
	Basis   string          `json:"basis"`
	ID      string          `json:"id,omitempty"`
	Topic   string          `json:"topic,omitempty"`
	Message json.RawMessage `json:"message,omitempty"`
	Blocked []string        `json:"blocked_by"` // empty: it would leave now
}

func (c *core) preview(a local.ID) (any, error) {
	if _, ok := c.state.Recipient(a.ID); !ok {
		return nil, nobody(a.ID)
	}
	preview := c.gate.Preview(c.now(), &c.state, a.ID, c.snap)
	view := previewView{Messages: []previewMessage{}, Withheld: []string{}}
	for _, m := range preview.Messages {
		out := previewMessage{Basis: m.Basis.String(), ID: m.BasisID, Topic: m.Topic, Blocked: []string{}}
		if json.Valid(m.Payload) {
			out.Message = m.Payload
		}
		for _, r := range m.Refusals {
			out.Blocked = append(out.Blocked, plain(r.Error()))
		}
		view.Messages = append(view.Messages, out)
	}
	for _, w := range preview.Withheld {
		view.Withheld = append(view.Withheld, w.Field)
	}
	return view, nil
}

// shownValues is how many lines of a statement carry the exact message.
const shownValues = 200

// showLedger prints the record like a bank statement.
func (c *core) showLedger(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.LedgerArguments
	if err := local.Arguments(raw, &a); err != nil {
		return nil, err
	}
	if err := caller.MustOwn("reading the ledger"); err != nil {
		return nil, err
	}
	lines, err := ask(ctx, c, func() ([]local.LedgerLine, error) { return c.statement(a) })
	return lines, problem(err)
}

func (c *core) statement(a local.LedgerArguments) ([]local.LedgerLine, error) {
	if c.ledger == nil {
		return nil, local.Unavailable("the ledger is closed: "+c.problem.Error(), "quietstat ledger verify --dir DIR tells what is wrong")
	}
	var entries []consent.Entry
	err := c.ledger.Records(0, c.ledger.Size(), func(e consent.Entry) bool {
		entries = append(entries, e)
		return true
	})
	if err != nil {
		return nil, err
	}
	return Statement(entries, a, c.values)
}

// Statement turns entries into the lines that were asked for. The last of them
// carry the exact messages, as far as values, which may be nil, still has them.
func Statement(entries []consent.Entry, a local.LedgerArguments, values *store.Values) ([]local.LedgerLine, error) {
	bySeq := map[uint64]consent.Entry{}
	for _, e := range entries {
		bySeq[e.Seq] = e
	}
	lines := []local.LedgerLine{}
	for _, line := range consent.Statement(entries) {
		e := bySeq[line.Seq]
		if e.Wall.Before(a.Since) || a.Recipient != "" && e.Recipient != a.Recipient || !carries(e, a.Category) {
			continue
		}
		raw, err := e.Format()
		if err != nil {
			return nil, err
		}
		lines = append(lines, local.LedgerLine{Seq: e.Seq, Kind: e.Kind.String(), Text: line.String(), Raw: string(raw)})
	}
	if a.Last > 0 && len(lines) > a.Last {
		lines = lines[len(lines)-a.Last:]
	}
	for i := max(0, len(lines)-shownValues); i < len(lines); i++ {
		e := bySeq[lines[i].Seq]
		if e.Kind != consent.EntryReleaseIntent || values == nil {
			continue
		}
		value, err := values.Value(e.Seq, e.Commitment)
		if err != nil && !errors.Is(err, store.ErrNoRecord) {
			return nil, err
		}
		lines[i].Sent = string(value)
	}
	return lines, nil
}

func carries(e consent.Entry, category string) bool {
	return category == "" || slices.ContainsFunc(e.Categories, func(c consent.Category) bool { return c.String() == category })
}

// verifyLedger checks the whole ledger on the disk.
func (c *core) verifyLedger(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	if err := caller.MustOwn("checking the ledger"); err != nil { // it takes the keeper's time
		return nil, err
	}
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	return ask(ctx, c, func() (store.Report, error) {
		if c.ledger == nil {
			return store.Report{}, local.Unavailable("the ledger is closed: "+c.problem.Error(), "quietstat ledger verify --dir DIR tells what is wrong")
		}
		return c.ledger.Verify(store.Witness{})
	})
}

// mirrorRecipients writes what each uplink may know: its own recipient, one file
// each, and takes away those of recipients that are gone.
func (c *core) mirrorRecipients() {
	files := map[string][]byte{}
	for _, r := range c.state.Recipients() {
		b, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			c.log.Error("a recipient cannot be written down")
			return
		}
		files[r.ID+".json"] = append(b, '\n')
	}
	if err := c.o.Disk.Mirror(filepath.Join(c.o.Folder, "keeper", "recipients"), files); err != nil {
		c.log.Error("writing the uplinks' recipients", "problem", errno(err)) // the paths are their names
		c.mirrorAt = c.now().Boot + time.Minute
		return
	}
	c.mirrorAt = 0
}

// errno is what the system said, without the path it said it of.
func errno(err error) error {
	var no syscall.Errno
	if errors.As(err, &no) {
		return no
	}
	return errors.New("unknown")
}
