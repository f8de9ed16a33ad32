package main

import (
	"flag"
	"time"

	"quietstat/agent/internal/demo"
	"quietstat/agent/internal/local"
)

func demoCommand() *command {
	return alone(leaf("demo", "", "A simulated house, a broker and all roles, here and now: no hardware, no root, nothing to set up.", func(f *flag.FlagSet) action {
		c := new(demoFlags)
		f.StringVar(&c.house, "house", "A", "`WHICH`: A forced air, E electric, R radiators, U underfloor")
		f.Float64Var(&c.Speed, "speed", 600, "at most so many `TIMES` faster than life; 0 is as fast as it goes")
		f.DurationVar(&c.For, "for", 24*time.Hour, "how much `TIME` the house lives through")
		f.Uint64Var(&c.Seed, "seed", 1, "`N`umber that fixes weather, people and sensor noise")
		f.StringVar(&c.Fault, "fault", "", "break something: `KIND` is sensor-frozen, sensor-dead, sensor-reset, door-stuck, broker-down, disk-full or clock-back")
		f.StringVar(&c.StateFolder, "state", "", "keep state, ledger and history in this `DIR`; otherwise in a temporary folder")
		f.BoolVar(&c.JSON, "json", false, "print one JSON object a line; the last one is the summary")
		return c.run
	}))
}

type demoFlags struct {
	demo.Options
	house string
}

func (c *demoFlags) run(s *surroundings, _ []string) error {
	kind, err := parseHouse(c.house)
	if err != nil {
		return local.Usage(err.Error(), "")
	}
	if c.For == 0 { // to the demo, zero is the default
		return local.Usage("--for 0s: a demo takes some time", "a day (24h) tells the whole story")
	}
	c.House, c.Stdout, c.Stderr = byte(kind), s.stdout, s.stderr
	code := demo.Run(s.ctx, c.Options)
	if code == 0 {
		return nil
	}
	return exitError(code)
}
