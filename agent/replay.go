package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac/trace"
)

func replayCommand() *command {
	return leaf("replay", "FILE", "Live through a recorded day again, bit for bit; - is standard input.", func(f *flag.FlagSet) action {
		c := new(replayFlags)
		f.StringVar(&c.at, "at", "", "tell why the relays were as they were at this `TIME` of day, such as 03:12")
		f.BoolVar(&c.json, "json", false, "print one JSON object")
		return c.run
	})
}

type replayFlags struct {
	at   string
	json bool
}

// houseTime is a moment on the house's own wall clock, whose zone is not recorded.
const houseTime = "2006-01-02T15:04:05"

// replayed is what --json prints.
type replayed struct {
	Ticks      int    `json:"ticks"`
	From       string `json:"from"` // the house's own wall clock
	To         string `json:"to"`
	Exact      bool   `json:"exact"`
	Same       bool   `json:"same"`
	Difference string `json:"difference,omitempty"`
}

// moment is what --json prints with --at.
type moment struct {
	At      string   `json:"at"`
	Heat    bool     `json:"heat"`
	Cool    bool     `json:"cool"`
	Fan     bool     `json:"fan"`
	Reasons []string `json:"reasons"`
	Chain   []string `json:"chain"`
}

func (c *replayFlags) run(s *surroundings, args []string) error {
	day, err := openRecording(s, args[0])
	if err != nil {
		return err
	}
	if c.at != "" {
		return c.explain(s, day)
	}
	r, err := day.Replay(nil)
	if err != nil {
		return err
	}
	out := replayed{Ticks: r.Ticks, From: r.From.Format(houseTime), To: r.To.Format(houseTime), Exact: r.Exact, Same: r.Difference == nil}
	if r.Difference != nil {
		out.Difference = r.Difference.String()
	}
	switch {
	case c.json:
		err = s.printJSON(out)
	case r.Ticks == 0 && out.Same:
		s.printf("the recording is empty\n")
	case out.Same:
		s.printf("%d steps from %s to %s: %s\n", r.Ticks, r.From.Format(time.DateTime), r.To.Format(time.DateTime), sameness(r.Exact))
	default:
		s.printf("not the same: %s\n", out.Difference)
	}
	if err == nil && !out.Same {
		return exitError(exitFailed)
	}
	return err
}

func sameness(exact bool) string {
	if exact {
		return "the same, bit for bit"
	}
	return "the same outputs and reasons; an older program recorded it, so fractions were not compared"
}

func (c *replayFlags) explain(s *surroundings, day *trace.Day) error {
	clock, err := timeOfDay(c.at)
	if err != nil {
		return err
	}
	t, ok, err := day.At(clock)
	switch {
	case err != nil:
		return err
	case !ok:
		return local.Refuse("the recording has no step in the quarter of an hour before "+c.at, "quietstat replay FILE says from when to when it goes")
	case !c.json:
		s.printf("at %s\n", t.Local().Format(time.DateTime))
		for _, line := range t.Chain(nil) {
			s.printf("%s\n", line)
		}
		return nil
	}
	heat, cool, fan := t.Relays()
	m := moment{At: t.Local().Format(houseTime), Heat: heat, Cool: cool, Fan: fan, Chain: t.Chain(nil), Reasons: []string{}}
	for _, r := range t.Why.List[:t.Why.N] {
		m.Reasons = append(m.Reasons, r.Kind.String())
	}
	return s.printJSON(m)
}

// timeOfDay reads 03:12 or 03:12:30.
func timeOfDay(word string) (time.Duration, error) {
	for _, form := range []string{"15:04", "15:04:05"} {
		if t, err := time.Parse(form, word); err == nil {
			return t.Sub(t.Truncate(24 * time.Hour)), nil
		}
	}
	return 0, local.Usage(fmt.Sprintf("%q is not a time of day", word), "for example --at 03:12")
}

// openRecording reads a file, or standard input, as far as a recording may be long.
func openRecording(s *surroundings, name string) (*trace.Day, error) {
	from := s.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		from = f
	}
	file, err := io.ReadAll(io.LimitReader(from, trace.MaxFile+1))
	if err != nil {
		return nil, err
	}
	day, err := trace.Decode(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return day, nil
}
