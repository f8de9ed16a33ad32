package local

import "quietstat/agent/internal/calibrate"

// Calibration is control's answer to "calibrate", "calibrate.reference" and
// "calibrate.forget".
type Calibration struct {
	BaseK    float64           `json:"base_k"`            // sensor.offset of quietstat.toml
	StoredK  float64           `json:"stored_k"`          // added to it, as measured
	OffsetK  float64           `json:"offset_k"`          // in force: the sum of both
	Settled  bool              `json:"settled"`           // a reference can be taken now
	Unrest   string            `json:"unrest,omitempty"`  // why not
	Trouble  string            `json:"trouble,omitempty"` // with what is stored
	Entries  []calibrate.Entry `json:"entries"`           // the oldest first
	Boot     float64           `json:"boot_s"`            // CLOCK_BOOTTIME of the last tick
	Measured float64           `json:"measured_s"`        // and of the last good sample
	RawC     float64           `json:"raw_c"`             // that sample without any correction; 0: none yet
	Sampled  bool              `json:"sampled"`           // there is one
	Heat     bool              `json:"heat"`              // something heats or cools now
}

// CalibrateReference are the arguments of control's verb "calibrate.reference".
type CalibrateReference struct {
	ReferenceC float64 `json:"reference_c"`
	Reason     string  `json:"reason,omitempty"` // at most 80 characters
}

// CalibrateForget are the arguments of control's verb "calibrate.forget".
type CalibrateForget struct {
	Reason string `json:"reason,omitempty"`
}
