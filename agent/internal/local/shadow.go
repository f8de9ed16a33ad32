package local

import "time"

// ShadowReport is control's answer to the verb "shadow": an old thermostat and what
// quietstat would have done in its place.
type ShadowReport struct {
	Since       *time.Time `json:"since"`        // null: the wall clock was never trusted
	Hours       float64    `json:"hours"`        // looked at
	CallHours   float64    `json:"call_hours"`   // with the old thermostat's call known; 0: it is not wired
	Old         ShadowSide `json:"old"`          //
	Ours        ShadowSide `json:"quietstat"`    // on paper: no relay moved
	RoomHours   float64    `json:"room_hours"`   // with a temperature and a setpoint to compare it with
	MeanK       float64    `json:"mean_k"`       // too warm is positive
	RMSK        float64    `json:"rms_k"`        //
	EnergyShare *float64   `json:"energy_share"` // our heating time over theirs; an estimate. null: theirs is not known
	Words       []string   `json:"words"`        // the same for people
}

// ShadowSide is the heating of one of the two.
type ShadowSide struct {
	HoursOn       float64 `json:"hours_on"`
	Starts        int     `json:"starts"`
	StartsPerHour float64 `json:"starts_per_hour"`
	MeanRunMin    float64 `json:"mean_run_min"`
}
