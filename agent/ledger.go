package main

import (
	"encoding/json"
	"errors"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"quietstat/agent/internal/keeper"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// copyFlag is what every verb of the ledger can be told: to read a folder instead of
// asking a keeper.
func copyFlag(f *flag.FlagSet, dir *string) {
	told(f, dir, "dir", "`FOLDER` of a ledger, or of a copy of one, on any computer; otherwise the running keeper's")
}

// told defines a flag that is given as something or not at all. A script whose variable
// turns out to be empty must not be taken to have asked for a weaker proof.
func told(f *flag.FlagSet, to *string, name, usage string) {
	f.Func(name, usage, func(v string) error {
		if strings.TrimSpace(v) == "" {
			return errors.New("it is empty; leave the flag out, or say what is meant")
		}
		*to = v
		return nil
	})
}

func ledgerCommand() *command {
	return group("ledger", "What left this house.",
		leaf("show", "", "Like a bank statement.", func(f *flag.FlagSet) action {
			c := new(ledgerShow)
			f.DurationVar(&c.Since, "since", 0, "only the last such `TIME`, for example 24h")
			f.StringVar(&c.Recipient, "recipient", "", "only this recipient's `ID`")
			f.StringVar(&c.Category, "category", "", "only what carries this `CATEGORY`")
			copyFlag(f, &c.Dir)
			f.IntVar(&c.Last, "last", 0, "only the last `N` lines")
			f.BoolVar(&c.JSON, "json", false, "print one JSON object a line")
			return c.run
		}),
		leaf("verify", "", "Prove that the record is whole.", func(f *flag.FlagSet) action {
			c := new(ledgerVerify)
			copyFlag(f, &c.Dir)
			told(f, &c.Checkpoint, "checkpoint", "`FILE` with a checkpoint that was kept elsewhere; the ledger must contain it")
			told(f, &c.Proof, "proof", "`FILE` with a proof, which needs nothing but --key")
			told(f, &c.Key, "key", "the ledger's public `KEY` as noted elsewhere; otherwise the folder's own word")
			f.BoolVar(&c.JSON, "json", false, "print one JSON object")
			return c.run
		}),
		leaf("checkpoint", "", "A signed summary of all entries, to be kept where this device cannot reach it.", func(f *flag.FlagSet) action {
			c := new(ledgerCheckpoint)
			copyFlag(f, &c.Dir)
			f.BoolVar(&c.QR, "qr", false, "draw it as a QR code for a phone, together with the key")
			f.BoolVar(&c.JSON, "json", false, "print one JSON object")
			return c.run
		}),
		leaf("proof", "N", "Prove entry N alone: to be checked by anybody with verify --proof.", func(f *flag.FlagSet) action {
			c := new(ledgerProof)
			copyFlag(f, &c.Dir)
			f.BoolVar(&c.JSON, "json", false, "print one JSON object")
			return c.run
		}),
		leaf("receipt", "GRANT", "The record of an opt-in (ISO/IEC TS 27560), as JSON, with its proof.", func(f *flag.FlagSet) action {
			var dir string
			copyFlag(f, &dir)
			return func(s *surroundings, args []string) error { return printReceipt(s, dir, args[0]) }
		}),
		leaf("purge", "", "Delete exact values by age; the record stays whole.", func(f *flag.FlagSet) action {
			c := new(ledgerPurge)
			f.Float64Var(&c.Days, "older", keptDays, "values of more than so many `DAYS` ago")
			f.BoolVar(&c.All, "all", false, "all of them, whatever the clock says")
			f.BoolVar(&c.JSON, "json", false, "print one JSON object")
			return c.run
		}),
	)
}

type ledgerShow struct {
	Since               time.Duration
	Recipient, Category string
	Dir                 string
	Last                int
	JSON                bool
}

func (c *ledgerShow) run(s *surroundings, _ []string) error {
	arguments := local.LedgerArguments{Recipient: c.Recipient, Category: c.Category, Last: c.Last}
	if c.Since > 0 {
		arguments.Since = time.Now().Add(-c.Since)
	}
	var lines []local.LedgerLine
	var err error
	if c.Dir != "" {
		lines, err = statementOf(c.Dir, arguments)
	} else {
		err = s.keeper("ledger.show", arguments, &lines)
	}
	if err != nil {
		return err
	}
	for _, line := range lines {
		if c.JSON {
			if err := s.printLine(line); err != nil {
				return err
			}
			continue
		}
		s.printf("%s\n", line.Text)
		if line.Sent != "" {
			s.printf("          %s\n", said(line.Sent))
		}
	}
	if len(lines) == 0 && !c.JSON {
		s.printf("nothing has left this house\n")
	}
	return nil
}

// said is a message for people: its values and the time they are of. The padding,
// which makes messages the same size, is left out.
func said(message string) string {
	var envelope struct {
		Sampled string                     `json:"sampled_at"`
		Fields  map[string]json.RawMessage `json:"fields"`
	}
	if json.Unmarshal([]byte(message), &envelope) != nil || len(envelope.Fields) == 0 {
		return message
	}
	var values []string
	for _, name := range slices.Sorted(maps.Keys(envelope.Fields)) {
		values = append(values, name+" "+strings.Trim(string(envelope.Fields[name]), `"`))
	}
	return strings.Join(values, ", ") + ", sampled at " + envelope.Sampled
}

// statementOf reads a ledger folder without a keeper. The exact messages are shown
// where the folder of values lies beside it, as in the state folder.
func statementOf(dir string, arguments local.LedgerArguments) ([]local.LedgerLine, error) {
	var entries []consent.Entry
	if _, err := store.Read(dir, store.Witness{}, func(e consent.Entry) { entries = append(entries, e) }); err != nil {
		return nil, err
	}
	var values *store.Values
	beside := filepath.Join(filepath.Dir(filepath.Clean(dir)), "values")
	if _, err := os.Stat(beside); err == nil {
		if values, err = store.OpenValues(new(store.Disk), beside, ""); err != nil {
			return nil, err
		}
		defer values.Close()
	}
	return keeper.Statement(entries, arguments, values)
}

type ledgerVerify struct {
	Dir, Checkpoint, Key, Proof string
	JSON                        bool
}

// standing is the report of a verification, for scripts.
type standing struct {
	Verified bool           `json:"verified"`
	Entries  uint64         `json:"entries"` // sealed and pending
	Sealed   uint64         `json:"sealed"`
	Pending  uint64         `json:"pending"`
	Torn     bool           `json:"torn"`
	Since    uint64         `json:"since"` // entries of the checkpoint that was kept elsewhere
	Root     string         `json:"root"`
	Key      string         `json:"key"`
	Kinds    map[string]int `json:"kinds"`
}

func (c *ledgerVerify) run(s *surroundings, _ []string) error {
	if c.Proof != "" {
		return c.proof(s)
	}
	witness := store.Witness{Key: c.Key}
	if c.Checkpoint != "" {
		text, err := os.ReadFile(c.Checkpoint)
		if err != nil {
			return err
		}
		if witness.Checkpoint = string(text); strings.TrimSpace(witness.Checkpoint) == "" {
			return local.Usage(c.Checkpoint+" is empty: there is no checkpoint in it to hold the ledger against", "quietstat ledger checkpoint prints one")
		}
	}
	var report store.Report
	var err error
	if c.Dir == "" {
		err = s.keeper("ledger.verify", local.VerifyArguments{Key: witness.Key, Checkpoint: witness.Checkpoint}, &report)
	} else {
		report, err = store.Verify(c.Dir, witness)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return s.printJSON(standing{
			Verified: true, Entries: report.Sealed + report.Pending, Sealed: report.Sealed, Pending: report.Pending,
			Torn: report.Torn, Since: report.Since, Root: report.Root, Key: report.Key, Kinds: report.Kinds,
		})
	}
	s.printf("verified: %d entries under the signed checkpoint, %d after it", report.Sealed, report.Pending)
	if report.Torn {
		s.printf("; the last record is torn, as a power cut leaves it")
	}
	if report.Since > 0 {
		s.printf("; contains the checkpoint of %d entries unchanged", report.Since)
	}
	s.printf("\n  root %s\n  key  %s\n", report.Root, report.Key)
	return nil
}
