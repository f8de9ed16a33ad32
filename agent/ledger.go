package main

import (
	"os"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
)

type ledgerCommand struct {
	Show   ledgerShowCommand   `cmd:"" help:"What left this house, like a bank statement."`
	Verify ledgerVerifyCommand `cmd:"" help:"Prove that the record is whole."`
}

type ledgerShowCommand struct {
	Since     time.Duration `help:"Only the last such time, for example 24h." placeholder:"DURATION"`
	Recipient string        `help:"Only this recipient." placeholder:"ID"`
	Category  string        `help:"Only entries that carry this category." placeholder:"CATEGORY"`
	Last      int           `help:"Only the last N entries." placeholder:"N"`
	JSON      bool          `help:"Print one JSON object a line."`
}

func (c *ledgerShowCommand) Run(s *surroundings) error {
	arguments := local.LedgerArguments{Recipient: c.Recipient, Category: c.Category, Last: c.Last}
	if c.Since > 0 {
		arguments.Since = time.Now().Add(-c.Since)
	}
	var lines []local.LedgerLine
	if err := s.keeper("ledger.show", arguments, &lines); err != nil {
		return err
	}
	for _, line := range lines {
		if c.JSON {
			if err := s.printLine(line); err != nil {
				return err
			}
			continue
		}
		s.printf("%5d  %s\n", line.Seq, line.Text)
		if line.Sent != "" {
			s.printf("       %s\n", line.Sent)
		}
	}
	if len(lines) == 0 && !c.JSON {
		s.printf("nothing has left this house\n")
	}
	return nil
}

type ledgerVerifyCommand struct {
	Dir        string `help:"A ledger folder, or a copy of one, on any computer; otherwise the running keeper's." placeholder:"DIR"`
	Checkpoint string `help:"A checkpoint that was kept elsewhere; the ledger must contain it." placeholder:"FILE"`
	JSON       bool   `help:"Print one JSON object."`
}

// standing is the report of a verification, for people and scripts.
type standing struct {
	store.Report
	Verified bool `json:"verified"`
}

func (c *ledgerVerifyCommand) Run(s *surroundings) error {
	var report store.Report
	if c.Dir == "" && c.Checkpoint == "" {
		if err := s.keeper("ledger.verify", nil, &report); err != nil {
			return err
		}
	} else {
		if c.Dir == "" {
			return local.Usage("--checkpoint needs --dir", "copy the ledger folder, and name the copy with --dir")
		}
		var witness store.Witness
		if c.Checkpoint != "" {
			text, err := os.ReadFile(c.Checkpoint)
			if err != nil {
				return err
			}
			witness.Checkpoint = string(text)
		}
		var err error
		if report, err = store.Verify(c.Dir, witness); err != nil {
			return err
		}
	}
	if c.JSON {
		return s.printJSON(standing{report, true})
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
