package hvac

import (
	"fmt"
	"time"
)

var kindWords = [kinds]string{
	ReasonNone: "none", ParamsMissing: "params_missing", ParamsInvalid: "params_invalid",
	ClockBack: "clock_back", LoopGap: "loop_gap",
	SensorAbsent: "sensor_absent", SensorStale: "sensor_stale", SensorFaulty: "sensor_faulty",
	SensorImplausible: "sensor_implausible", SensorSpike: "sensor_spike",
	DoorOpen: "door_open", DoorClosing: "door_closing", DoorPauseExpired: "door_pause_expired",
	FrostFloor: "frost_floor", FrostDuty: "frost_duty", Overheat: "overheat",
	ModeIsOff: "mode_off", ModeUnknown: "mode_unknown",
	SetpointInvalid: "setpoint_invalid", SetpointClamped: "setpoint_clamped",
	CannotHeat: "cannot_heat", CannotCool: "cannot_cool", Saturated: "saturated",
	DwellOn: "dwell_on", DwellOff: "dwell_off", StartupDwell: "startup_dwell",
	ChangeoverPause: "changeover_pause",
	SensorFrozen:    "sensor_frozen", SensorSpare: "sensor_spare", SpareFaulty: "spare_faulty", HoldDuty: "hold_duty",
	DoorBypassed: "door_bypassed", FallPause: "fall_pause",
	RunTooLong: "run_too_long", NoRise: "no_rise", StuckRelay: "stuck_relay",
	SecondStage: "second_stage", AuxHeat: "aux_heat", AuxLocked: "aux_locked", CompressorLocked: "compressor_locked",
	ValveRests: "valve_rests", FanFirst: "fan_first",
	CannotDry: "cannot_dry", HumidityUnknown: "humidity_unknown", Drying: "drying", Dehumidifying: "dehumidifying",
	HouseKnown: "house_known", EarlyStart: "early_start", EarlyStop: "early_stop",
	Idle: "idle", Heating: "heating", Cooling: "cooling",
}

// String is a stable name in snake_case, for machines.
func (k ReasonKind) String() string { return word(kindWords[:], "reason", uint8(k)) }

// String is a plain English clause, for people. Doors are numbered from 1.
func (r Reason) String() string {
	switch r.Kind {
	case ParamsMissing:
		return "everything is off: there are no control parameters"
	case ParamsInvalid:
		return "everything is off: a control parameter is out of bounds"
	case ClockBack:
		return "the clock ran backwards; no time was counted"
	case LoopGap:
		return "the control loop stood still for " + span(r.Since)
	case HouseKnown:
		return fmt.Sprintf("the house is known from %s: what heating does to it is sure to %.0f %%", span(r.Since.Truncate(time.Minute)), 100*r.Value)
	case EarlyStart:
		return fmt.Sprintf("heating early, to have %.1f °C in %s", r.Value, span(r.Left))
	case EarlyStop:
		return fmt.Sprintf("not heating any more: the warmth lasts for the %s until %.1f °C are wanted", span(r.Left), r.Value)
	case SensorAbsent:
		return "the climate sensor has not given a good sample yet (" + span(r.Since) + ")"
	case SensorStale:
		return "the last good sample is " + span(r.Since) + " old, too old to control by"
	case SensorFaulty:
		text := "the climate sensor has a fault: " + faultText(r.Value)
		if r.Left > 0 {
			text += "; its last good sample counts for another " + span(r.Left)
		}
		return text
	case SensorImplausible:
		return "the climate sensor reported something no room can have; the sample is ignored"
	case SensorSpike:
		return fmt.Sprintf("the temperature jumped by %.1f K; waiting %s for it to be confirmed", r.Value, span(r.Left))
	case DoorOpen:
		return fmt.Sprintf("paused: door %d has been open for %s", r.Door+1, span(r.Since))
	case DoorClosing:
		return fmt.Sprintf("paused: door %d closed, resuming in %s", r.Door+1, span(r.Left))
	case DoorPauseExpired:
		return fmt.Sprintf("door %d is ignored until it closes: it paused the house for %s", r.Door+1, span(r.Since))
	case FrostFloor:
		return fmt.Sprintf("frost protection: the room fell below %.0f °C and is heated to %.0f °C", r.Value, r.Value+frostRise)
	case FrostDuty:
		return fmt.Sprintf("frost protection without a sensor: heating %.0f %% of the time after %s blind", float64(r.Value*100), span(r.Since))
	case Overheat:
		return fmt.Sprintf("heating is cut: the room reached %.0f °C and is not below %.0f °C yet", r.Value, r.Value-overheatFall)
	case ModeIsOff:
		return "the mode is off"
	case ModeUnknown:
		return "the mode is not one of off, heat, cool, auto, dry; treated as off"
	case SetpointInvalid:
		return "the setpoint is not a number; treated as off"
	case SetpointClamped:
		return fmt.Sprintf("the setpoint is out of range; %.1f °C is used", r.Value)
	case CannotHeat:
		return "heating is asked for, but no heating relay is wired"
	case CannotCool:
		return "cooling is asked for, but no cooling relay is wired"
	case Saturated:
		return "all that the equipment can give is asked for"
	case DwellOn:
		return "the run goes on for " + span(r.Left) + ": shortest run time"
	case DwellOff:
		return "the next run waits " + span(r.Left) + ": shortest pause"
	case StartupDwell:
		return "the first run waits " + span(r.Left) + ": the last one before the start is unknown"
	case ChangeoverPause:
		return "waiting " + span(r.Left) + " between heating and cooling"
	case SensorFrozen, SensorSpare, SpareFaulty, HoldDuty, DoorBypassed, FallPause, RunTooLong, NoRise, StuckRelay:
		return r.guardText()
	case SecondStage, AuxHeat, AuxLocked, CompressorLocked, ValveRests, FanFirst, CannotDry, HumidityUnknown, Drying, Dehumidifying:
		return r.equipmentText()
	case Idle:
		return "nothing is on"
	case Heating:
		return "heating"
	case Cooling:
		return "cooling"
	}
	return "no reason"
}

// faultText explains a SensorFault that travelled in Reason.Value.
func faultText(v float64) string {
	switch SensorFault(clamp(v, 0, 255)) {
	case FaultBus:
		return "no answer on the bus (cable, address or power)"
	case FaultResetValue:
		return "it only shows its power-on pattern"
	case FaultStuck:
		return "its value is frozen, so it is not believed"
	case FaultTimeout:
		return "a conversion never ended"
	case FaultChip:
		return "another chip answers at its address, which is not believed"
	case FaultRange:
		return "its value is outside what it can measure, so it is not believed"
	}
	return "unknown"
}

// span prints whole seconds, rounded up so that "0s" means now.
func span(d time.Duration) string {
	if d > forever {
		d = forever
	}
	return (d + time.Second - 1).Truncate(time.Second).String()
}
