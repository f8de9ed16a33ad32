package hvac

import (
	"fmt"
	"math"
)

// guardText is String for what guards the house: sensors, doors, envelope.
func (r Reason) guardText() string {
	switch r.Kind {
	case SensorFrozen:
		return "the climate sensor has shown the same to the last digit for " + span(r.Since) + ", so it is not believed"
	case SensorSpare:
		if math.Abs(r.Value) < 0.05 {
			return "the second sensor stands in for the first"
		}
		return fmt.Sprintf("the second sensor stands in for the first; it reads %+.1f K differently, which is taken off", r.Value)
	case SpareFaulty:
		if r.Value == float64(FaultNone) {
			return "the second sensor gives nothing to control by"
		}
		return "the second sensor has a fault: " + faultText(r.Value)
	case HoldDuty:
		return fmt.Sprintf("without a sensor: heating %.0f %% of the time, as it lately was, for another %s", float64(r.Value*100), span(r.Left))
	case DoorBypassed:
		return fmt.Sprintf("door %d is open and pauses nothing for another %s, as somebody asked", r.Door+1, span(r.Left))
	case FallPause:
		return "paused: the room cools so fast that something must be open; at most for another " + span(r.Left)
	case RunTooLong:
		return "a run has lasted for " + span(r.Since) + ": it pauses as briefly as it may and goes on"
	case NoRise:
		return "heating has had no effect for " + span(r.Since) + ": check the relay, the heater and its fuel, and the windows; it is tried again every hour"
	case StuckRelay:
		return fmt.Sprintf("the room got %.1f K warmer with heating off: the relay may be stuck; cut the supply of the heater, unless something else heats", r.Value)
	}
	return "no reason"
}
