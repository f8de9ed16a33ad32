package local

// House is control's answer to "house" and "house.forget": what was learned of the house.
type House struct {
	LearnedS  float64 `json:"learned_s"`            // how much time was learned from
	Drives    bool    `json:"drives"`               // it drives the house, not the PID
	DistrustS float64 `json:"distrust_s,omitempty"` // until it may be tried again
	AheadS    float64 `json:"ahead_s"`              // how far ahead it looks; 0: too little is known
	Doubt     float64 `json:"doubt"`                // of that, as a share
	Load      float64 `json:"load"`                 // share of heating that keeps the room where it is

	Rises   []HouseRise   `json:"rises"`
	Answers []HouseAnswer `json:"answers"`

	SignaturePerK float64 `json:"signature_per_k"` // share of heating for each kelvin of difference to outside; 0: not known
	WeatherS      float64 `json:"weather_s"`       // how much time that was learned from
}

// HouseRise is what full heating makes of a room at rest.
type HouseRise struct {
	AfterS float64 `json:"after_s"`
	K      float64 `json:"k"`
	DoubtK float64 `json:"doubt_k"`
}

// HouseAnswer is one first-order part of the house's answer to heating.
type HouseAnswer struct {
	TimeS  float64 `json:"time_constant_s"`
	K      float64 `json:"k"` // at full heating for ever
	DoubtK float64 `json:"doubt_k"`
}
