package control

import (
	"time"

	"quietstat/consent"
	"quietstat/hvac"
	"quietstat/hvac/household"
	"quietstat/hvac/tune"
)

// record is everything the loop tells about one tick. It is plain values, so that
// handing it on allocates nothing.
type record struct {
	begun       time.Duration    // CLOCK_BOOTTIME of the first tick
	snapshot    consent.Snapshot // what the keeper was offered
	reading     hvac.Reading
	second      hvac.Reading
	secondFault hvac.SensorFault
	in          hvac.Input
	out         hvac.Outputs // as Step gave them, whether or not the relays obeyed
	state       hvac.State   // after the tick; what is saved
	terms       hvac.Terms
	forgot      uint64          // how often the house had been forgotten
	level       household.Level // what the week asked for
	tally       tally           // in the shadow of an old thermostat
	reasons     hvac.Reasons
	tune        tune.Status
	relay       error // of the last write to the relays
	keeper      bool  // a keeper is connected
	dropped     uint64
	worst       time.Duration
}

// health is what a snapshot says about the sensor. The driver's complaint counts
// only once it has tried: before the first sample nothing is known.
func health(reading *hvac.Reading, tried bool, reasons *hvac.Reasons) consent.Health {
	switch {
	case !reading.Valid && !tried:
		return consent.HealthUnknown
	case reasons.Has(hvac.SensorFaulty), reasons.Has(hvac.SensorImplausible), reasons.Has(hvac.SensorSpike), reasons.Has(hvac.SensorFrozen):
		return consent.HealthFault
	case reasons.Has(hvac.SensorStale):
		return consent.HealthStale
	case !reading.Valid, reasons.Has(hvac.SensorAbsent):
		return consent.HealthUnknown
	}
	return consent.HealthOK
}

// words of the closed vocabularies that a Status spells out.
var (
	healthWords = [...]string{
		consent.HealthUnknown: "unknown", consent.HealthOK: "ok",
		consent.HealthStale: "stale", consent.HealthFault: "fault",
	}
	lightWords = [...]string{
		consent.IndicatorClosed: "closed", consent.IndicatorSession: "session",
		consent.IndicatorGrant: "grant", consent.IndicatorFault: "fault",
	}
)
