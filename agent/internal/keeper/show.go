package keeper

import (
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

// previewView is a preview for people: what would go, what keeps it, what stays.
type previewView struct {
	Name     string           `json:"display_name"` // whom
	Endpoint string           `json:"endpoint"`     // and where
	Onward   []string         `json:"onward"`       // and whom it tells
	Messages []previewMessage `json:"messages"`
	Withheld []string         `json:"withheld"`  // fields no consent covers
	OnceOnly []string         `json:"once_only"` // those of them that no policy or opt-in can cover
}

type previewMessage struct {
	Basis   string          `json:"basis"`
	ID      string          `json:"id,omitempty"`
	Topic   string          `json:"topic,omitempty"`
	Message json.RawMessage `json:"message,omitempty"`
	Blocked []string        `json:"blocked_by"` // empty: it would leave now
}

func (c *core) preview(a local.ID) (any, error) {
	r, ok := c.state.Recipient(a.ID)
	if !ok {
		return nil, nobody(a.ID)
	}
	preview := c.gate.Preview(c.now(), &c.state, a.ID, c.snap)
	view := previewView{
		Name: r.DisplayName, Endpoint: r.Endpoint, Onward: list(r.Onward),
		Messages: []previewMessage{}, Withheld: []string{}, OnceOnly: []string{},
	}
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
		if w.OnceOnly {
			view.OnceOnly = append(view.OnceOnly, w.Field)
		}
	}
	return view, nil
}

// shownValues is how many lines of a statement carry the exact message.
const shownValues = 200

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
		if !wanted(e, a) {
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
	if values == nil {
		return lines, nil
	}
	wanted := map[uint64][32]byte{}
	for _, line := range lines[max(0, len(lines)-shownValues):] {
		if e := bySeq[line.Seq]; e.Kind == consent.EntryReleaseIntent {
			wanted[e.Seq] = e.Commitment
		}
	}
	found, err := values.Find(wanted)
	for i := range lines {
		lines[i].Sent = string(found[lines[i].Seq])
	}
	return lines, err
}

// wanted reports whether an entry is among those asked for. An outcome is when its
// intent is, as it comes later and tells of the same.
func wanted(e consent.Entry, a local.LedgerArguments) bool {
	return !e.Wall.Before(a.Since) && (a.Recipient == "" || e.Recipient == a.Recipient) && carries(e, a.Category)
}

func carries(e consent.Entry, category string) bool {
	return category == "" || slices.ContainsFunc(e.Categories, func(c consent.Category) bool { return c.String() == category })
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
