package main

import (
	"time"

	"quietstat/agent/internal/demo"
	"quietstat/agent/internal/local"
)

type demoCommand struct {
	House string        `help:"A forced air, E electric, R radiators, U underfloor." default:"A"`
	Speed float64       `help:"At most so many times faster than life; 0 is as fast as it goes." default:"600"`
	For   time.Duration `help:"How much time the house lives through." default:"24h"`
	Seed  uint64        `help:"Of weather, people and sensor noise." default:"1"`
	Fault string        `help:"Break something: sensor-frozen, sensor-dead, sensor-reset, door-stuck, broker-down, disk-full, clock-back." placeholder:"KIND"`
	State string        `help:"Keep state, ledger and history here; otherwise in a temporary folder." placeholder:"DIR"`
	JSON  bool          `help:"Print one JSON object a line; the last one is the summary."`
}

func (c *demoCommand) Run(s *surroundings) error {
	kind, err := parseHouse(c.House)
	if err != nil {
		return local.Usage(err.Error(), "")
	}
	code := demo.Run(s.ctx, demo.Options{
		House: byte(kind), Speed: c.Speed, For: c.For, Seed: c.Seed, Fault: c.Fault,
		StateFolder: c.State, JSON: c.JSON, Stdout: s.stdout, Stderr: s.stderr,
	})
	if code == 0 {
		return nil
	}
	return exitError(code)
}
