package local

import (
	"encoding/json"
	"math"
	"strconv"
	"time"
)

// HistoryArguments are the arguments of the keeper's verb "history": the stretches of
// Step that begin at Since or later and before Until. A zero Until is now; a zero Since
// a day before.
type HistoryArguments struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
	Step  string    `json:"step,omitempty"` // minute, quarter, hour, day; "" = quarter
}

// History is the keeper's answer to "history". It stays on this machine.
type History struct {
	Since time.Time    `json:"since"`
	Until time.Time    `json:"until"`
	Step  string       `json:"step"`
	Rows  []HistoryRow `json:"rows"`
	// Next is where to ask on, where the rows did not fit one answer.
	Next *time.Time `json:"next,omitempty"`
	// Damaged says which file of history could not be read whole.
	Damaged string `json:"damaged,omitempty"`
}

// HistoryRow is one stretch of time.
type HistoryRow struct {
	Start       time.Time `json:"start"`        // in the house's time zone
	Minutes     int       `json:"minutes"`      // how many of it are recorded
	MeanC       Maybe     `json:"mean_c"`       //
	MinC        Maybe     `json:"min_c"`        //
	MaxC        Maybe     `json:"max_c"`        //
	SetpointC   Maybe     `json:"setpoint_c"`   //
	HumidityPct Maybe     `json:"humidity_pct"` //
	HeatShare   Maybe     `json:"heat_share"`   // of the recorded time, 0 to 1
	CoolShare   Maybe     `json:"cool_share"`   //
	DoorOpenS   Maybe     `json:"door_open_s"`  // any door
}

// Maybe is a number that may not be known: NaN, which is null in JSON.
type Maybe float64

// MarshalJSON writes two decimals at most, or null.
func (m Maybe) MarshalJSON() ([]byte, error) {
	v := float64(m)
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return []byte("null"), nil
	}
	return strconv.AppendFloat(nil, math.Round(v*100)/100, 'f', -1, 64), nil
}

// UnmarshalJSON reads a number, or null as NaN.
func (m *Maybe) UnmarshalJSON(b []byte) error {
	var v *float64
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*m = Maybe(math.NaN())
	if v != nil {
		*m = Maybe(*v)
	}
	return nil
}

// Known reports whether there is a number.
func (m Maybe) Known() bool { return !math.IsNaN(float64(m)) }
