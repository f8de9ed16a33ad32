package demo

import (
	"fmt"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/drivers/sim"
)

// noticeLimit is how long a sensor may lie before it is found out. Frozen readings
// can only be told from a quiet room by their missing noise.
const noticeLimit = 20 * time.Minute

// backLimit is how long a mended thing may take to be used again.
const backLimit = 5 * time.Minute

var faults = []fault{
	{
		name: "sensor-frozen", from: hm(9, 30), until: hm(11, 30), judged: hm(11, 45), blinds: true,
		broken: "the sensor froze on its last reading", mended: "the sensor measures again",
		inject: breakBoard(sim.SensorFrozen), lift: mendBoard(sim.SensorFrozen), judge: judgeBlind,
	},
	{
		name: "sensor-dead", from: hm(9, 30), until: hm(11, 30), judged: hm(11, 45), blinds: true,
		broken: "the sensor stopped answering", mended: "the sensor answers again",
		inject: breakBoard(sim.SensorDead), lift: mendBoard(sim.SensorDead), judge: judgeBlind,
	},
	{
		name: "sensor-reset", from: hm(9, 30), until: hm(10, 30), judged: hm(11, 0), blinds: true,
		broken: "the sensor lost its supply for a moment and woke up with power-on values", mended: "the supply is firm again",
		inject: breakBoard(sim.SensorReset), lift: mendBoard(sim.SensorReset), judge: judgeReset,
	},
	{
		name: "door-stuck", from: hm(9, 30), judged: hm(11, 0), blinds: true,
		broken: "the front door's contact stuck at open, with the door shut",
		inject: func(s *show) error {
			err := s.world.Board.SetDoor(string(s.home.config.Doors[0].Pin), true)
			s.world.Board.SetFault(sim.DoorStuck)
			return err
		},
		judge: judgeDoor,
	},
	{
		name: "broker-down", from: hm(15, 0), until: hm(17, 0), judged: hm(17, 45),
		broken: "the recipient's broker went down during an opt-in", mended: "the broker is back",
		inject: func(s *show) error { return s.broker.down() },
		lift:   func(s *show) error { return s.broker.up() },
		judge:  judgeBroker,
	},
	{
		name: "disk-full", from: hm(15, 0), until: hm(17, 0), judged: hm(17, 45),
		broken: "the disk filled up during an opt-in", mended: "the disk has room again",
		inject: func(s *show) error { s.faults |= clock.FaultDiskFull; return nil },
		lift:   func(s *show) error { s.faults &^= clock.FaultDiskFull; return nil },
		judge:  judgeDisk,
	},
	{
		name: "clock-back", from: hm(15, 0), until: hm(19, 0), judged: hm(19, 15),
		broken: "the wall clock jumped three hours back during an opt-in", mended: "the wall clock is right again",
		inject: func(s *show) error { s.moment.wrong = -3 * time.Hour; return nil },
		lift:   func(s *show) error { s.moment.wrong = 0; return nil },
		judge:  judgeClock,
	},
}

func breakBoard(f sim.Fault) func(*show) error {
	return func(s *show) error { s.world.Board.SetFault(f); return nil }
}

func mendBoard(f sim.Fault) func(*show) error {
	return func(s *show) error { s.world.Board.ClearFault(f); return nil }
}

// judgeBlind is for a sensor that tells nothing, or nothing new.
func judgeBlind(t *trial) (what string, problems []string) {
	if t.noticed == never {
		return "nobody noticed", []string{"the sensor was trusted throughout"}
	}
	if late := t.noticed - t.began; late > noticeLimit {
		problems = append(problems, "noticed only after "+span(late))
	}
	what = fmt.Sprintf("noticed after %s (%s), ", span(t.noticed-t.began), t.noticedWhy)
	if t.blindHeat > t.limits.minOn+t.limits.stale {
		what += fmt.Sprintf("heating was on for %s without a trusted temperature", span(t.blindHeat))
		problems = append(problems, "the relay was not at its safe level")
	} else {
		what += "heating off until it could be trusted"
	}
	switch {
	case t.trusted == never:
		what += ", which it never was again"
		problems = append(problems, "not trusted again after it was mended")
	case t.trusted-t.ended > backLimit:
		problems = append(problems, "trusted again only after "+span(t.trusted-t.ended))
		fallthrough
	default:
		what += fmt.Sprintf(" again, %s after it was mended", span(t.trusted-t.ended))
	}
	return what, problems
}

// judgeReset is for a sensor that must be set up anew.
func judgeReset(t *trial) (what string, problems []string) {
	switch {
	case t.noticed == never:
		what = fmt.Sprintf("it was set up anew at once: no sample in use was older than %s, and no power-on value was believed", span(t.oldest))
	case t.trustedEarly != never:
		what = fmt.Sprintf("noticed after %s (%s), set up anew and trusted %s later", span(t.noticed-t.began), t.noticedWhy, span(t.trustedEarly-t.noticed))
	default:
		what = fmt.Sprintf("noticed after %s (%s) and never set up anew", span(t.noticed-t.began), t.noticedWhy)
		problems = append(problems, "the sensor was not set up anew")
	}
	if t.oldest > t.limits.stale {
		problems = append(problems, "a sample "+span(t.oldest)+" old was in use")
	}
	return what, problems
}

// judgeDoor is for a door that seems open for ever.
func judgeDoor(t *trial) (what string, problems []string) {
	switch {
	case t.paused == never:
		return "heating did not pause", []string{"an open door was ignored"}
	case t.resumed == never:
		return fmt.Sprintf("heating paused after %s and never resumed", span(t.paused-t.began)), []string{"a stuck contact stopped the heating for good"}
	}
	if took := t.resumed - t.paused; took > t.limits.pause+backLimit {
		problems = append(problems, "heating resumed only after "+span(took))
	}
	return fmt.Sprintf("heating paused after %s and, the contact being still open after %s, resumed (%s)",
		span(t.paused-t.began), span(t.resumed-t.paused), t.resumedWhy), problems
}

func judgeBroker(t *trial) (what string, problems []string) {
	what, problems = t.silent("nothing was sent and nothing kept for later")
	if t.closed == never {
		problems = append(problems, "the keeper did not notice")
	}
	if t.afterwards == 0 {
		problems = append(problems, "no message arrived in the next session")
	} else {
		what += fmt.Sprintf("; the next session worked (%d messages)", t.afterwards)
	}
	return what, problems
}

func judgeDisk(t *trial) (what string, problems []string) {
	what, problems = t.silent("nothing left, because what leaves must be written down first")
	if t.ledger == "" && t.refusal == "" {
		problems = append(problems, "the keeper did not say that it cannot write")
	}
	if t.afterwards > 0 {
		what += fmt.Sprintf("; with room again, the next session worked (%d messages)", t.afterwards)
	} else {
		what += "; it stayed closed"
	}
	return what, problems
}

func judgeClock(t *trial) (what string, problems []string) {
	what, problems = t.silent("opt-ins were held closed, because nobody could tell whether they had run out")
	if t.closed == never {
		problems = append(problems, "the opt-in stayed open")
	}
	what += "; voice sessions, which need no wall clock, still worked"
	if t.sessions == 0 {
		problems = append(problems, "a voice session did not work meanwhile")
	}
	return what, problems
}

// silent is for the faults during which nothing may leave.
func (t *trial) silent(why string) (what string, problems []string) {
	if t.during > 0 {
		problems = append(problems, fmt.Sprintf("%d messages left meanwhile", t.during))
		what = "but messages left"
	} else {
		what = why
	}
	if t.closed != never {
		what = fmt.Sprintf("the connection was gone %s later, ", span(t.closed-t.began)) + what
	}
	for _, said := range []string{t.ledger, t.clock, t.refusal} {
		if said != "" {
			what += " (" + said + ")"
			break
		}
	}
	return what + ", and heating went on", problems
}
