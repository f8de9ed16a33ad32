package main

import (
	"flag"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"quietstat/agent/internal/calibrate"
	"quietstat/agent/internal/local"
)

func calibrateCommand() *command {
	return leaf("calibrate", "[history|forget]", "Watch how the sensor settles after a cold start, or hold it against a better thermometer. What is measured is added to sensor.offset and kept with date and reason; storing and forgetting is for the owner.", func(f *flag.FlagSet) action {
		c := new(calibrateFlags)
		f.DurationVar(&c.over, "for", 45*time.Minute, "watch for this `TIME`, 10m to 6h, from a cold start on")
		f.StringVar(&c.reference, "reference", "", "`CELSIUS` that a good thermometer beside the sensor shows now")
		f.StringVar(&c.reason, "reason", "", "`TEXT` to be kept with the correction")
		f.BoolVar(&c.json, "json", false, "print one JSON object")
		return c.run
	})
}

type calibrateFlags struct {
	over              time.Duration
	reference, reason string
	json              bool
}

func (c *calibrateFlags) run(s *surroundings, args []string) error {
	word := strings.Join(args, "")
	switch {
	case word != "" && c.reference != "":
		return local.Usage("a reference is taken, or the history looked at, not both", "see quietstat calibrate --help")
	case word == "history":
		return c.ask(s, "calibrate", nil, c.history)
	case word == "forget":
		return c.ask(s, "calibrate.forget", local.CalibrateForget{Reason: c.reason}, c.stored)
	case word != "":
		return local.Usage(fmt.Sprintf("quietstat calibrate has no word %q", word), "one of history, forget; or --reference CELSIUS")
	case c.reference != "":
		celsius, err := strconv.ParseFloat(strings.Replace(c.reference, ",", ".", 1), 64)
		if err != nil || math.IsNaN(celsius) || math.IsInf(celsius, 0) {
			return local.Usage(fmt.Sprintf("%q is not a temperature", c.reference), "for example: quietstat calibrate --reference 20.4")
		}
		return c.ask(s, "calibrate.reference", local.CalibrateReference{ReferenceC: celsius, Reason: c.reason}, c.stored)
	case !(c.over >= 10*time.Minute && c.over <= 6*time.Hour):
		return local.Usage("the sensor is watched for 10m to 6h", "for example: quietstat calibrate --for 45m")
	}
	return c.watch(s)
}

// ask calls one verb and prints its answer.
func (c *calibrateFlags) ask(s *surroundings, verb string, arguments any, say func(*surroundings, *local.Calibration)) error {
	var answer local.Calibration
	if err := s.control(verb, arguments, &answer); err != nil {
		return err
	}
	if c.json {
		return s.printJSON(answer)
	}
	say(s, &answer)
	if answer.Trouble != "" {
		s.printf("trouble    %s\n", answer.Trouble)
	}
	return nil
}

func (c *calibrateFlags) stored(s *surroundings, a *local.Calibration) {
	if n := len(a.Entries); n > 0 {
		s.printf("stored     %+.2f K, number %d: %s\n", a.StoredK, a.Entries[n-1].Serial, a.Entries[n-1].Reason)
	}
	s.printf("offset     %+.2f K: sensor.offset %+.2f K and the correction %+.2f K\n", a.OffsetK, a.BaseK, a.StoredK)
}

func (c *calibrateFlags) history(s *surroundings, a *local.Calibration) {
	for _, e := range a.Entries {
		when := "at an unknown time"
		if e.Trusted {
			when = e.Wall.Local().Format("2006-01-02 15:04")
		}
		s.printf("%2d  %s  %+.2f K, then %+.2f K  %s\n", e.Serial, when, e.ChangeK, e.OffsetK, e.Reason)
	}
	if len(a.Entries) == 0 {
		s.printf("nothing has been calibrated yet\n  hint: quietstat calibrate --reference CELSIUS\n")
	}
	s.printf("offset     %+.2f K: sensor.offset %+.2f K and the correction %+.2f K\n", a.OffsetK, a.BaseK, a.StoredK)
}

// How often the sensor is looked at: about every two seconds of the house's own clock,
// which may be a virtual and a faster one.
const (
	lookOften  = 50 * time.Millisecond
	lookSeldom = 2 * time.Second
)

// watch follows the sensor for a while and tells what of its drift is self-heating. The
// time is control's own, as it stands beside the samples.
func (c *calibrateFlags) watch(s *surroundings) error {
	pause, last := lookOften, 0.0
	var samples []calibrate.Sample
	heated := false
	for first := -1.0; ; {
		var a local.Calibration
		if err := s.control("calibrate", nil, &a); err != nil {
			return err
		}
		if first < 0 {
			if first = a.Boot; !c.json {
				s.printf("watching   for %s; leave doors, windows and heating alone\n", seconds(c.over.Seconds()))
				if a.Boot > coldStart.Seconds() {
					s.printf("  hint: this computer has run for %s. For the whole drift switch it off for an hour, and begin after it has started\n", seconds(a.Boot))
				}
			}
		}
		at := time.Duration(a.Measured * float64(time.Second))
		if n := len(samples); a.Sampled && a.Measured >= first && (n == 0 || at > samples[n-1].At) {
			samples = append(samples, calibrate.Sample{At: at, Celsius: a.RawC})
		}
		heated = heated || a.Heat
		if a.Boot < first {
			return local.Refuse("control has been restarted on another clock meanwhile", "begin again")
		}
		if a.Boot-first >= c.over.Seconds()+60 || len(samples) > 1 && samples[len(samples)-1].At-samples[0].At >= c.over {
			return c.tell(s, samples, heated)
		}
		select {
		case <-s.ctx.Done():
			return exitError(exitInterrupted)
		case <-time.After(pause):
		}
		if pause = min(2*pause, lookSeldom); a.Boot-last > 2*lookSeldom.Seconds() {
			pause = lookOften
		}
		last = a.Boot
	}
}

// coldStart is for how long after power-on a board may still be warming up.
const coldStart = 5 * time.Minute

// drift is what watching is worth to a script.
type drift struct {
	calibrate.Drift
	Heated bool // something heated or cooled meanwhile: the room's share is not its own
}

func (c *calibrateFlags) tell(s *surroundings, samples []calibrate.Sample, heated bool) error {
	d, err := calibrate.Fit(samples)
	if err != nil {
		return local.Refuse("the drift cannot be told: "+err.Error(), "see quietstat explain; watch for longer")
	}
	if c.json {
		return s.printJSON(drift{d, heated})
	}
	s.printf("drift      %+.2f K in %s\n", d.RiseK, seconds(d.Over.Seconds()))
	switch {
	case d.Clear:
		s.printf("self       %.2f K of it is the board and the sensor warming up, with a time constant of %s; %.2f K are still to come\n", d.SelfK, seconds(d.Time.Seconds()), d.LeftK)
		s.printf("room       %+.2f K an hour\n", d.RoomKPerH)
	default:
		s.printf("self       none that can be told from the room, which went %+.2f K an hour\n", d.RoomKPerH)
	}
	if heated {
		s.printf("  hint: something heated or cooled meanwhile, so the room's part is not steady; choose quietstat mode off for a clean measurement\n")
	}
	s.printf("  hint: once it has settled, hold a thermometer beside it: quietstat calibrate --reference CELSIUS\n")
	return nil
}
