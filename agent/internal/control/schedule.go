package control

import (
	"context"
	"time"

	"quietstat/agent/internal/clock"
)

// planEvery is how often the week is laid out anew while nothing else calls for it.
const planEvery = time.Hour

// planner keeps the week laid out around the present, so that the loop only compares.
type planner struct {
	desk *desk
	wake bell // rung by the loop when the plan does not cover its instant

	planned time.Duration // CLOCK_BOOTTIME; with a virtual clock only
	arrived bool
}

// run does so on the real clock until the context ends.
func (p *planner) run(ctx context.Context) error {
	hour := time.NewTicker(planEvery)
	defer hour.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.wake:
		case <-hour.C:
		}
		p.desk.replan()
	}
}

// instant does so within an instant of a virtual clock, before its tick.
func (p *planner) instant(now clock.Instant) {
	switch {
	case !p.arrived:
		p.arrived = true
		p.desk.arrive(now.Boot)
	case now.Boot-p.planned < planEvery && p.desk.load().plan.Covers(moment(now)):
		return
	default:
		p.desk.replan()
	}
	p.planned = now.Boot
}
