package doctor

import (
	"io"
	"io/fs"
	"strings"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/drivers"
)

// Patient is everything there is to look at.
type Patient struct {
	Root       fs.FS          // the file system from /
	Config     *config.Config // nil: not usable, see ConfigError
	ConfigPath string         // as it was named, for remedies and to tell our roles
	ConfigErr  error

	User   User
	Access func(path string) error                         // may the user read and write it; path from /
	Free   func(path string) (free, all uint64, err error) // bytes of the file system of a path
	Survey func() (drivers.Survey, error)                  // claims nothing
	Scan   func(bus string) ([]drivers.Answer, error)      // not called while control runs
	Clock  func() bool                                     // is the wall clock known to be right

	Verify  func(folder string) (entries uint64, err error) // a ledger at rest
	Control *local.Status                                   // nil: it does not answer
	Keeper  *local.KeeperStatus                             // nil: it does not answer
	Version string                                          // of this program
}

// User is who runs the program.
type User struct {
	UID    int
	Name   string
	Groups []string
}

// Examine makes every check that touches nothing, from the outside in.
func Examine(p *Patient) []Finding {
	findings := machine(p)
	findings = append(findings, configuration(p)...)
	if p.Config != nil {
		findings = append(findings, wiring(p)...)
	}
	findings = append(findings, clockTrust(p))
	findings = append(findings, walls(p)...)
	findings = append(findings, ports(p)...)
	if p.Config != nil {
		findings = append(findings, card(p)...)
		findings = append(findings, ledger(p), credentials(p))
	}
	return append(findings, program(p))
}

// simulated reports whether the configuration asks for no real board.
func (p *Patient) simulated() bool { return p.Config != nil && p.Config.Board.Kind == config.KindSim }

// ControlRuns reports whether control runs: then lines and bus are its own.
func ControlRuns(p *Patient) bool { return p.running() }

// running reports whether control runs: it answers, or there is a process of it.
func (p *Patient) running() bool {
	if p.Control != nil {
		return true
	}
	for _, r := range roles(p) {
		if r.role == "control" {
			return true
		}
	}
	return false
}

// mostText is more than any file looked at should hold.
const mostText = 8 << 20

// text reads a small file, "" where it cannot be read.
func (p *Patient) text(name string) string {
	f, err := p.Root.Open(strings.TrimPrefix(name, "/"))
	if err != nil {
		return ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostText))
	if err != nil {
		return ""
	}
	return string(data)
}

func (p *Patient) exists(name string) bool {
	_, err := fs.Stat(p.Root, strings.TrimPrefix(name, "/"))
	return err == nil
}

func (p *Patient) readLink(name string) string {
	target, err := fs.ReadLink(p.Root, strings.TrimPrefix(name, "/"))
	if err != nil {
		return ""
	}
	return target
}
