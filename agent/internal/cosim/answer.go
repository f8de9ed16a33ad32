package cosim

import (
	"bytes"
	"encoding/json"

	"quietstat/hvac"
)

// answer is one line of output. The zero answer is the safe side: nothing on.
type answer struct {
	T       json.RawMessage `json:"t"` // as in the line it answers; null if that could not be read
	Heat    bool            `json:"heat"`
	Cool    bool            `json:"cool"`
	Fan     bool            `json:"fan"`
	Demand  float64         `json:"demand"`  // -1 (full cooling) to 1 (full heating)
	Reasons []string        `json:"reasons"` // kinds, most decisive first
	Lines   []string        `json:"lines,omitempty"`
	Chain   []string        `json:"chain,omitempty"`
	Tune    any             `json:"tune,omitempty"`
	Error   string          `json:"error,omitempty"`
}

// refusal answers a line that cannot be used.
func refusal(t json.RawMessage, err error) answer {
	return answer{T: t, Reasons: []string{}, Error: err.Error()}
}

// answered puts one step into words.
func answered(t json.RawMessage, out hvac.Outputs, why *hvac.Reasons) answer {
	a := answer{
		T: t, Heat: out.Call == hvac.CallHeat, Cool: out.Call == hvac.CallCool, Fan: out.Fan,
		Demand: out.Demand, Reasons: make([]string, 0, why.N),
	}
	for _, r := range why.List[:why.N] {
		a.Reasons = append(a.Reasons, r.Kind.String())
	}
	return a
}

// on reports whether any output is.
func (a *answer) on() bool { return a.Heat || a.Cool || a.Fan }

// bytes is the answer as one line.
func (a answer) bytes() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(a); err != nil { // a value that JSON cannot hold
		return refusal(nil, err).bytes()
	}
	return b.Bytes()
}
