package main

import (
	"bufio"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/doctor"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/drivers"
	"quietstat/hvac"
)

func doctorCommand() *command {
	return leaf("doctor", "", "Look for what is wrong, from the outside in: board, bus, pins, rights, clock, walls, card, ledger, version. It works before the agent runs and touches nothing; as root it sees more.", func(f *flag.FlagSet) action {
		c := new(doctorFlags)
		f.BoolVar(&c.json, "json", false, "print one JSON object")
		f.BoolVar(&c.relays, "relays", false, "guided: switch each relay on once, with you watching; only while control does not run")
		f.BoolVar(&c.doors, "doors", false, "guided: you open and close each door")
		return c.run
	})
}

type doctorFlags struct{ json, relays, doors bool }

// diagnosis is what --json prints.
type diagnosis struct {
	Verdict  doctor.Verdict   `json:"verdict"`
	Findings []doctor.Finding `json:"findings"`
}

func (c *doctorFlags) run(s *surroundings, _ []string) error {
	if c.json && (c.relays || c.doors) {
		return local.Usage("a guided test asks questions, and --json prints nothing but JSON", "leave one of them out")
	}
	p := s.patient()
	var findings []doctor.Finding
	var err error
	if c.relays || c.doors {
		findings, err = c.guided(s, p)
	} else {
		findings = doctor.Examine(p)
	}
	if err != nil {
		return err
	}
	worst := doctor.Worst(findings)
	if c.json {
		err = s.printJSON(diagnosis{worst, findings})
	} else {
		for _, f := range findings {
			s.printf("%-4s  %-18s %s\n", f.Verdict, f.Check, f.Text)
			if f.Remedy != "" {
				s.printf("      hint: %s\n", f.Remedy)
			}
		}
	}
	if err == nil && worst == doctor.Fail {
		return exitError(exitFailed)
	}
	return err
}

// patient is this computer.
func (s *surroundings) patient() *doctor.Patient {
	p := &doctor.Patient{
		Root: os.DirFS("/"), ConfigPath: s.configPath, User: whoAmI(), Version: stamp(),
		Access: func(path string) error { return unix.Access(path, unix.R_OK|unix.W_OK) },
		Free: func(path string) (free, all uint64, err error) {
			var f unix.Statfs_t
			err = unix.Statfs(path, &f)
			return f.Bavail * uint64(f.Bsize), f.Blocks * uint64(f.Bsize), err
		},
		Survey: drivers.Look,
		Scan: func(bus string) ([]drivers.Answer, error) {
			hardware, err := drivers.Host()
			if err != nil {
				return nil, err
			}
			return drivers.ScanBus(hardware, bus)
		},
		Clock: func() bool { return clock.System{}.Now().Trusted },
		Verify: func(folder string) (uint64, error) {
			r, err := store.Verify(folder, store.Witness{})
			return r.Sealed + r.Pending, err
		},
	}
	if p.Config, p.ConfigErr = config.Load(s.configPath); p.ConfigErr != nil {
		p.Config = nil
	} else if s.runtimeFolder != "" {
		p.Config.State.Runtime = s.runtimeFolder
	}
	house, sharing := new(local.Status), new(local.KeeperStatus)
	if s.control("status", nil, house) == nil {
		p.Control = house
	}
	if s.keeper("status", nil, sharing) == nil {
		p.Keeper = sharing
	}
	return p
}

// whoAmI is the running user, with the groups this process really has.
func whoAmI() doctor.User {
	u := doctor.User{UID: os.Geteuid(), Name: strconv.Itoa(os.Geteuid())}
	if account, err := user.Current(); err == nil {
		u.Name = account.Username
	}
	groups, _ := os.Getgroups() // none: then none is named
	for _, id := range append(groups, os.Getegid()) {
		if g, err := user.LookupGroupId(strconv.Itoa(id)); err == nil {
			u.Groups = append(u.Groups, g.Name)
		}
	}
	return u
}

// guided runs the tests that need somebody at the relays and the doors.
func (c *doctorFlags) guided(s *surroundings, p *doctor.Patient) ([]doctor.Finding, error) {
	if p.Config == nil {
		return nil, p.ConfigErr
	}
	running := doctor.ControlRuns(p)
	if running && c.relays {
		return nil, local.Refuse("control runs: its relays are not to be switched by anybody else", "stop it first: systemctl stop quietstat-control, and start it afterwards")
	}
	answers := listen(s.stdin)
	g := doctor.Guide{
		Ask: func(question string) (bool, error) { return s.ask(answers, question) },
		Wait: func(d time.Duration) (time.Duration, error) {
			select {
			case <-s.ctx.Done():
				return 0, exitError(exitInterrupted)
			case <-time.After(d):
				return clock.Boottime(), nil
			}
		},
	}
	if running {
		return doctor.Doors(p.Config, s.doorsOfControl, g)
	}
	hardware, err := openBoard(s.ctx, p.Config)
	if err != nil {
		return nil, err
	}
	board, err := drivers.Open(hardware.hardware, p.Config.DriversOptions())
	if err != nil {
		return nil, fmt.Errorf("doctor: %w", err)
	}
	var findings []doctor.Finding
	if c.relays {
		findings, err = doctor.Relays(p.Config, board, g)
	}
	if c.doors && err == nil {
		var more []doctor.Finding
		more, err = doctor.Doors(p.Config, doctor.Contacts(board), g)
		findings = append(findings, more...)
	}
	return findings, errors.Join(err, board.Close())
}

// answerLimit is how long a question waits; a relay may be on meanwhile.
const answerLimit = 2 * time.Minute

// spoken is one line of the owner's.
type spoken struct {
	text string
	err  error
}

// listen reads the owner's lines, so that nobody has to wait for one to be interrupted.
func listen(r io.Reader) <-chan spoken {
	lines := make(chan spoken)
	go func() {
		in := bufio.NewReader(io.LimitReader(r, 64<<10))
		for {
			text, err := in.ReadString('\n')
			lines <- spoken{text, err}
			if err != nil {
				close(lines)
				return
			}
		}
	}()
	return lines
}

// ask puts a question to the owner. The end of the input, an interruption, or no answer
// for two minutes ends the test.
func (s *surroundings) ask(lines <-chan spoken, question string) (bool, error) {
	for {
		s.printf("%s [y/n] ", question)
		var said spoken
		select {
		case <-s.ctx.Done():
			return false, exitError(exitInterrupted)
		case <-time.After(answerLimit):
			return false, local.Refuse("nobody has answered for two minutes; every relay is off", "run it again when somebody is there")
		case said = <-lines:
		}
		s.printf("\n")
		switch strings.ToLower(strings.TrimSpace(said.text)) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		}
		if said.err != nil || said.text == "" {
			return false, local.Refuse("nobody answers any more; every relay is off", "run it in a terminal")
		}
	}
}

// doorsOfControl reads the doors that control has claimed.
func (s *surroundings) doorsOfControl(time.Duration) ([]hvac.Contact, error) {
	folder, err := s.runtime()
	if err != nil {
		return nil, err
	}
	var status local.Status
	if err := local.Call(s.ctx, filepath.Join(folder, local.ControlSocket), "status", nil, &status); err != nil {
		return nil, err
	}
	var contacts []hvac.Contact
	for _, d := range status.Doors {
		contacts = append(contacts, hvac.Contact{Known: d.Known, Open: d.Open})
	}
	return contacts, nil
}
