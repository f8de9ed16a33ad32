package control

import (
	"context"
	"log/slog"

	"quietstat/consent"
)

// herald writes the loop's changes to the log, because the loop itself may not
// wait for whoever reads it. It says that something changed, never what was
// measured.
type herald struct {
	news    *mailbox[record]
	changed bell
	log     *slog.Logger
	last    marks
}

func (h *herald) run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-h.changed:
			h.tell(h.news.read())
		}
	}
}

func (h *herald) tell(r record) {
	now := marks{relay: r.relay != nil, keeper: r.keeper, sensor: r.snapshot.Sensor}
	if now.relay && !h.last.relay {
		h.log.Error("a relay line could not be switched; everything is off", "cause", r.relay)
	}
	if !now.relay && h.last.relay {
		h.log.Info("the relay lines obey again; the shortest pause counts from now")
	}
	if now.keeper != h.last.keeper {
		if now.keeper {
			h.log.Info("the keeper is connected")
		} else {
			h.log.Warn("the keeper is gone; heating goes on, the indicator shows a fault")
		}
	}
	if now.sensor != h.last.sensor {
		if now.sensor == consent.HealthOK {
			h.log.Info("the climate sensor answers")
		} else {
			h.log.Warn("the climate sensor is not to be trusted", "health", healthWords[now.sensor])
		}
	}
	h.last = now
}
