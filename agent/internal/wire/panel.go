package wire

import "quietstat/consent"

// Panel asks control for what only it can do, on behalf of the keeper. Control
// answers with the indicator fields of the Snapshot of its next tick.
type Panel struct {
	Indicator consent.IndicatorState `json:"indicator"`
	Epoch     uint64                 `json:"epoch"`
	Sample    bool                   `json:"sample"` // take a fresh climate sample at once
}
