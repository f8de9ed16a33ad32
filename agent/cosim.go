package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/cosim"
	"quietstat/agent/internal/store"
	"quietstat/hvac/trace"
)

func cosimCommand() *command {
	return leaf("cosim", "", "The real controller for somebody's building model: one JSON object per line in, one out.", func(f *flag.FlagSet) action {
		c := &cosimFlags{flags: f}
		f.StringVar(&c.state, "state", "", "go on where an earlier run ended, and remember this one, in `FILE`")
		f.BoolVar(&c.tune, "tune", false, "measure the model for its gains first, by a relay experiment")
		f.BoolVar(&c.explain, "explain", false, "answers carry the whole chain of reasons in words")
		f.StringVar(&c.record, "record", "", "at the end write all of it to `FILE`, for quietstat replay")
		return c.run
	})
}

type cosimFlags struct {
	flags         *flag.FlagSet
	state, record string
	tune, explain bool
}

// named reports whether somebody has said which configuration is meant; the one that
// lies at its usual place is not meant by a model.
func (c *cosimFlags) named(s *surroundings) bool {
	named := s.configPath != defaultConfig
	c.flags.Visit(func(f *flag.Flag) { named = named || f.Name == "config" })
	return named
}

func (c *cosimFlags) run(s *surroundings, _ []string) (err error) {
	o := cosim.Options{Tune: c.tune, Explain: c.explain}
	if c.named(s) {
		conf, err := config.Load(s.configPath)
		if err != nil {
			return err
		}
		p := conf.HVACParams()
		o.Params, o.Doors = &p, []string{}
		for _, d := range conf.Doors {
			o.Doors = append(o.Doors, d.ID)
		}
	}
	disk := new(store.Disk)
	if c.state != "" {
		var warning error
		if o.Memory, warning, err = cosim.Load(disk, c.state); err != nil {
			return err
		}
		if warning != nil {
			fmt.Fprintln(s.stderr, "quietstat:", warning)
		}
		// Whether it can be written at all is better known now than after a year of
		// simulation.
		if err := cosim.Save(disk, c.state, o.Memory); err != nil {
			return err
		}
	}
	if c.record != "" {
		o.Record = trace.NewRecorder(0)
		if err := writeRecording(c.record, o.Record.File()); err != nil {
			return err
		}
	}
	port, err := cosim.New(o)
	if err != nil {
		return err
	}
	// A model that ends without reading the last answer must not end this process
	// before the state is saved.
	broken := make(chan os.Signal, 1)
	signal.Notify(broken, syscall.SIGPIPE)
	defer signal.Stop(broken)
	// Nor must a terminal that is closed.
	ctx, stop := signal.NotifyContext(s.ctx, syscall.SIGHUP)
	defer stop()
	err = cosim.Serve(ctx, port, s.stdin, s.stdout)
	if c.state != "" {
		err = errors.Join(err, cosim.Save(disk, c.state, port.Memory()))
	}
	if c.record != "" {
		err = errors.Join(err, writeRecording(c.record, o.Record.File()))
	}
	return err
}
