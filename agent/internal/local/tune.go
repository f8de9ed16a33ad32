package local

import "quietstat/hvac/tune"

// TuneStatus is control's answer to "tune.start", "tune.status", "tune.abort" and
// "tune.rollback".
type TuneStatus struct {
	Phase    string       `json:"phase"` // idle, watching, cycling, waiting, evaluating, done, failed
	Failure  string       `json:"failure,omitempty"`
	Why      string       `json:"why,omitempty"` // the failure in plain words
	Method   string       `json:"method,omitempty"`
	ElapsedS float64      `json:"elapsed_s"`
	LeftS    float64      `json:"left_s"`   // after which the experiment ends in any case
	Strokes  int          `json:"strokes"`  // undisturbed ways up or down
	Needed   int          `json:"needed"`   // that make it done
	NoiseK   float64      `json:"noise_k"`  // of the sensor; 0 while watching
	BandK    float64      `json:"band_k"`   // to either side of the centre
	CentreC  float64      `json:"centre_c"` // around which the relay cycles
	Result   *tune.Entry  `json:"result,omitempty"`
	Active   int          `json:"active"` // result whose gains are in force; 0: quietstat.toml's
	Gains    tune.Numbers `json:"gains"`  // in force
}

// TuneHistory is control's answer to "tune.history".
type TuneHistory struct {
	Active     int          `json:"active"` // result whose gains are in force; 0: quietstat.toml's
	Configured tune.Numbers `json:"configured"`
	Gains      tune.Numbers `json:"gains"` // in force
	Entries    []tune.Entry `json:"entries"`
}

// TuneStart are the arguments of control's verb "tune.start": auto, simc or amigo.
type TuneStart struct {
	Method string `json:"method,omitempty"`
}

// TuneRollback are the arguments of control's verb "tune.rollback": a result's number,
// 0 for the gains of quietstat.toml, none for those in force before the present ones.
type TuneRollback struct {
	To *int `json:"to,omitempty"`
}
