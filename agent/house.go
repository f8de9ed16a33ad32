package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

func statusCommand() *command {
	return leaf("status", "", "The house, the heating and the sharing, now.", func(f *flag.FlagSet) action {
		c := new(statusFlags)
		f.BoolVar(&c.JSON, "json", false, "print one JSON object")
		f.BoolVar(&c.Watch, "watch", false, "print again every second until interrupted")
		return c.run
	})
}

type statusFlags struct{ JSON, Watch bool }

// bothStatus is what --json prints: each role's own words, absent when the role is.
type bothStatus struct {
	Control *local.Status       `json:"control"`
	Keeper  *local.KeeperStatus `json:"keeper"`
}

func (c *statusFlags) run(s *surroundings, _ []string) error {
	if !c.Watch {
		return c.once(s)
	}
	every := time.NewTicker(time.Second)
	defer every.Stop()
	for {
		if !c.JSON && isTerminal(s.stdout) {
			s.printf("\x1b[H\x1b[2J")
		}
		if err := c.once(s); err != nil && s.ctx.Err() == nil {
			return err
		}
		select {
		case <-s.ctx.Done():
			return nil
		case <-every.C:
		}
	}
}

func (c *statusFlags) once(s *surroundings) error {
	var both bothStatus
	house, sharing := new(local.Status), new(local.KeeperStatus)
	controlError := s.control("status", nil, house)
	if controlError == nil {
		both.Control = house
	}
	keeperError := s.keeper("status", nil, sharing)
	if keeperError == nil {
		both.Keeper = sharing
	}
	if controlError != nil && keeperError != nil {
		return controlError
	}
	if c.JSON {
		return s.printJSON(both)
	}
	if both.Control != nil {
		s.printHouse(house)
	} else {
		s.printf("house      not known: %v\n", controlError)
	}
	if both.Keeper != nil {
		s.printSharing(sharing)
	} else {
		s.printf("sharing    nothing can leave: %v\n", keeperError)
	}
	return nil
}

func (s *surroundings) printHouse(h *local.Status) {
	if h.Sampled {
		s.printf("house      %.1f °C, %.0f %% humidity (sampled %s ago, sensor %s)\n",
			h.TemperatureC, h.HumidityPct, seconds(h.SampleAgeS), h.Sensor)
	} else {
		s.printf("house      the sensor has not answered yet (%s)\n", h.Sensor)
	}
	if h.SensorProblem != "" {
		s.printf("sensor     %s\n", h.SensorProblem)
	}
	s.printf("wanted     %.1f °C, mode %s\n", h.SetpointC, h.Mode)
	for _, line := range h.Plan {
		s.printf("plan       %s\n", line)
	}
	s.printf("heating    %s; relays: heat %s, cool %s, fan %s\n", h.Action, onOff(h.Heat), onOff(h.Cool), onOff(h.Fan))
	if len(h.Reasons) > 0 {
		s.printf("because    %s\n", mainReason(h.Reasons))
	}
	for _, d := range h.Doors {
		name, state := d.Label, "closed"
		if name == "" {
			name = d.ID
		}
		switch {
		case !d.Known:
			state = "not known yet"
		case d.Open:
			state = "open"
		}
		s.printf("door       %s: %s\n", name, state)
	}
	for _, w := range h.Wear {
		s.printf("relay      %s: %s, %d starts, %s on in its life\n", w.Relay, onOff(w.On), w.Starts, seconds(float64(w.OnS)))
	}
	if h.Tuning != "" {
		s.printf("tuning     %s\n", h.Tuning)
	}
	if h.RelayFault {
		s.printf("RELAY      a relay line could not be written; see quietstat explain\n")
	}
	s.printf("loop       %d ticks, %d late, %d missed, worst %s late, %s\n",
		h.Ticks, h.TicksLate, h.TicksMissed, time.Duration(h.LatenessMaxS*float64(time.Second)).Round(time.Microsecond), h.Realtime)
}

func (s *surroundings) printSharing(k *local.KeeperStatus) {
	if len(k.Windows) == 0 {
		s.printf("sharing    nothing; no connection exists\n")
	}
	for _, w := range k.Windows {
		s.printf("sharing    %s with %s (%s), closes in %s; %d messages so far\n",
			strings.Join(w.Fields, ", "), w.Recipient, w.Basis, seconds(w.LeftS), w.Messages)
	}
	s.printVoice(k)
	for _, id := range slices.Sorted(maps.Keys(k.Failing)) {
		s.printf("failed     %s, when last tried: %s\n", id, k.Failing[id])
	}
	for _, w := range k.Waiting {
		s.printf("waiting    %s: press the talk button\n", w)
	}
	if k.Ledger.OK {
		s.printf("ledger     %d entries\n", k.Ledger.Entries)
	} else {
		s.printf("ledger     CLOSED: %s\n", k.Ledger.Problem)
	}
	if !k.Clock.Trusted {
		s.printf("clock      not trusted (%s): opt-ins are held closed, sessions work\n", k.Clock.Problem)
	}
	for _, r := range k.Reminders {
		s.printf("reminder   %s\n", r)
	}
	for _, n := range k.Notices {
		s.printf("notice     %s\n", n)
	}
}

func explainCommand() *command {
	return leaf("explain", "", "Why the relays are as they are.", func(f *flag.FlagSet) action {
		asJSON := jsonFlag(f)
		return func(s *surroundings, _ []string) error { return explain(s, *asJSON) }
	})
}

// explanation is control's answer to "explain".
type explanation struct {
	Status local.Status `json:"status"`
	Chain  []string     `json:"chain"`
}

func explain(s *surroundings, asJSON bool) error {
	var e explanation
	if err := s.control("explain", nil, &e); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(e)
	}
	for _, line := range e.Chain {
		s.printf("%s\n", line)
	}
	return nil
}

func setCommand() *command {
	return leaf("set", "TEMP", "Set the temperature to keep, in degrees Celsius.", func(f *flag.FlagSet) action {
		asJSON := jsonFlag(f)
		return func(s *surroundings, args []string) error { return set(s, args[0], *asJSON) }
	})
}

func set(s *surroundings, word string, asJSON bool) error {
	temperature, err := strconv.ParseFloat(strings.Replace(word, ",", ".", 1), 64)
	if err != nil || math.IsNaN(temperature) || math.IsInf(temperature, 0) {
		return local.Usage(fmt.Sprintf("%q is not a temperature", word), "for example quietstat set 20.5")
	}
	var h local.Status
	if err := s.control("set", local.SetArguments{SetpointC: temperature}, &h); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(h)
	}
	s.printf("keeping %.1f °C (mode %s)\n", h.SetpointC, h.Mode)
	if h.Source == "hold" { // there is a schedule, and it goes on after that
		for _, line := range h.Plan {
			s.printf("  %s\n", line)
		}
	}
	if h.Mode == "off" {
		s.printf("  hint: the mode is off; quietstat mode heat\n")
	}
	return nil
}

func modeCommand() *command {
	return leaf("mode", "MODE", "off, heat, cool, auto or dry.", func(f *flag.FlagSet) action {
		asJSON := jsonFlag(f)
		return func(s *surroundings, args []string) error { return mode(s, args[0], *asJSON) }
	})
}

func mode(s *surroundings, word string, asJSON bool) error {
	var h local.Status
	if err := s.control("mode", local.ModeArguments{Mode: word}, &h); err != nil {
		return err
	}
	if asJSON {
		return s.printJSON(h)
	}
	s.printf("mode %s, keeping %.1f °C\n", h.Mode, h.SetpointC)
	return nil
}

// jsonFlag defines --json for a leaf.
func jsonFlag(f *flag.FlagSet) *bool { return f.Bool("json", false, "print one JSON object") }

func onOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}

// seconds prints a span for people.
func seconds(s float64) string {
	d := time.Duration(s * float64(time.Second))
	switch {
	case d < 0:
		return "0s"
	case d < time.Minute:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		return strings.TrimSuffix(d.Round(time.Minute).String(), "0s")
	}
	return fmt.Sprintf("%.0f days", d.Hours()/24)
}

func isTerminal(w any) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// asProblem is the role's own answer inside an error, or nil.
func asProblem(err error) *local.Problem {
	var p *local.Problem
	errors.As(err, &p)
	return p
}
