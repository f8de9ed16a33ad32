package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"

	"quietstat/agent/internal/keeper"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/qr"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

type ledgerCheckpoint struct {
	Dir      string
	QR, JSON bool
}

func (c *ledgerCheckpoint) run(s *surroundings, _ []string) error {
	var a local.CheckpointAnswer
	var err error
	if c.Dir == "" {
		err = s.keeper("ledger.checkpoint", nil, &a)
	} else {
		a.Checkpoint, a.Key, err = store.SignedCheckpoint(c.Dir, store.Witness{})
	}
	if err != nil {
		return err
	}
	switch {
	case c.JSON:
		return s.printJSON(a)
	case c.QR:
		picture, err := qr.Draw(a.Checkpoint + a.Key + "\n")
		if err != nil {
			return err
		}
		s.printf("%s", picture)
		return nil
	}
	s.printf("%s", a.Checkpoint) // nothing else, so that it can be sent to a file
	return nil
}

type ledgerProof struct {
	Dir  string
	JSON bool
}

func (c *ledgerProof) run(s *surroundings, args []string) error {
	seq, err := strconv.ParseUint(args[0], 10, 62)
	if err != nil {
		return local.Usage("an entry's number is what stands at the beginning of its line in quietstat ledger show", "")
	}
	var a local.ProofAnswer
	if c.Dir == "" {
		if err := s.keeper("ledger.proof", local.ProofArguments{Seq: seq}, &a); err != nil {
			return err
		}
	} else {
		p, key, err := store.Prove(c.Dir, store.Witness{}, seq)
		if err != nil {
			return noSuchEntry(err)
		}
		a = local.ProofAnswer{Proof: string(p.Format()), Key: key}
	}
	if c.JSON {
		return s.printJSON(a)
	}
	s.printf("%s", a.Proof)
	return nil
}

func noSuchEntry(err error) error {
	if errors.Is(err, store.ErrNoRecord) {
		return local.Refuse("the ledger has no such entry", "see quietstat ledger show")
	}
	return err
}

// proof checks a proof, with no ledger at hand.
func (c *ledgerVerify) proof(s *surroundings) error {
	if c.Key == "" || c.Dir != "" || c.Checkpoint != "" {
		return local.Usage("--proof needs --key and nothing else", "the key is in the ledger's file key.pub, and in quietstat ledger verify")
	}
	text, err := os.ReadFile(c.Proof)
	if err != nil {
		return err
	}
	e, cp, err := consent.VerifyProof(text, c.Key)
	if err != nil {
		return err
	}
	if c.JSON {
		entry, err := e.Format()
		if err != nil {
			return err
		}
		return s.printJSON(map[string]any{"verified": true, "seq": e.Seq, "entry": json.RawMessage(entry), "of": cp.Size, "root": cp.Root.String()})
	}
	s.printf("verified: entry %d of %d\n", e.Seq, cp.Size)
	for _, line := range consent.Statement([]consent.Entry{e}) {
		s.printf("%s\n", line)
	}
	return nil
}

// printReceipt asks the keeper, or reads a copy of the ledger with the folder of
// records beside it, as in the state folder.
func printReceipt(s *surroundings, dir, id string) error {
	if dir == "" {
		var raw json.RawMessage
		if err := s.keeper("ledger.receipt", local.ID{ID: id}, &raw); err != nil {
			return err
		}
		return s.printJSON(raw)
	}
	var about []consent.Entry
	report, err := store.Read(dir, store.Witness{}, func(e consent.Entry) {
		if e.IsAbout(id) {
			about = append(about, e)
		}
	})
	if err != nil {
		return err
	}
	records := filepath.Join(filepath.Dir(filepath.Clean(dir)), "records")
	receipt, err := keeper.Receipt(about, report.Key, records, id, func(seq uint64) (consent.Proof, error) {
		p, _, err := store.Prove(dir, store.Witness{}, seq)
		return p, err
	})
	if err != nil {
		return err
	}
	return s.printJSON(receipt)
}

// keptDays is how long exact values are kept if nobody says otherwise.
const keptDays = 30

type ledgerPurge struct {
	Days      float64
	All, JSON bool
}

func (c *ledgerPurge) run(s *surroundings, _ []string) error {
	arguments := local.PurgeArguments{All: c.All}
	if !c.All {
		arguments.OlderS = c.Days * 24 * 3600
	}
	var a local.PurgeAnswer
	if err := s.keeper("ledger.purge", arguments, &a); err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(a)
	}
	s.printf("deleted the exact values of %d days; the record of them stays, and can be verified as before\n", a.Days)
	return nil
}
