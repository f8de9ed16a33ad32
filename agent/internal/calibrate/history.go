package calibrate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Bounds of a correction.
const (
	MostK       = 5.0 // kelvin, of one difference and of base and correction together
	MostEntries = 20  // the oldest go first
	MostReason  = 80  // characters
)

// Entry is one correction. It holds no temperature.
type Entry struct {
	Serial  int       `json:"serial"` // 1 for the first ever
	Wall    time.Time `json:"wall"`
	Trusted bool      `json:"trusted"`  // Wall was known to be right
	ChangeK float64   `json:"change_k"` // against the entry before
	OffsetK float64   `json:"offset_k"` // added to sensor.offset from then on
	Reason  string    `json:"reason"`
}

// History is what was corrected, the oldest first. The zero History corrects nothing.
type History struct {
	Entries []Entry `json:"entries"`
}

// OffsetK is what is added to sensor.offset now, in kelvin.
func (h *History) OffsetK() float64 {
	if len(h.Entries) == 0 {
		return 0
	}
	return h.Entries[len(h.Entries)-1].OffsetK
}

// Correct adds a correction by which a settled reading, corrected by base and the
// history so far, becomes reference. Wall, Trusted and Reason are the caller's. It
// refuses a difference or a sum beyond MostK: then the sensor hangs in the wrong place,
// or a figure was mistyped.
func (h *History) Correct(reference, reading, base float64, e Entry) error {
	change := reference - reading
	offset := h.OffsetK() + change
	switch {
	case math.IsNaN(change) || math.IsInf(change, 0):
		return errors.New("the reference is no temperature")
	case math.Abs(change) > MostK:
		return fmt.Errorf("the reference is more than %.0f K away from the reading", MostK)
	case math.Abs(base+offset) > MostK:
		return fmt.Errorf("sensor.offset and the correction together would be more than %.0f K", MostK)
	}
	return h.add(e, change, offset)
}

// Forget goes back to sensor.offset alone, and says so in the history.
func (h *History) Forget(e Entry) error {
	if h.OffsetK() == 0 {
		return errors.New("there is no correction to forget: sensor.offset holds alone")
	}
	return h.add(e, -h.OffsetK(), 0)
}

func (h *History) add(e Entry, change, offset float64) error {
	if err := checkReason(e.Reason); err != nil {
		return err
	}
	e.Serial, e.ChangeK, e.OffsetK = 1, hundredth(change), hundredth(offset)
	if n := len(h.Entries); n > 0 {
		e.Serial = h.Entries[n-1].Serial + 1
	}
	entries := append(append([]Entry(nil), h.Entries...), e)
	h.Entries = entries[max(0, len(entries)-MostEntries):]
	return nil
}

// hundredth rounds to 0.01 K: no thermometer of a household knows more.
func hundredth(k float64) float64 { return math.Round(k*100)/100 + 0 } // + 0: a zero has no sign

func checkReason(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return errors.New("a correction needs a reason")
	case !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }):
		return errors.New("the reason has characters that cannot be printed")
	case utf8.RuneCountInString(text) > MostReason:
		return fmt.Errorf("the reason has more than %d characters", MostReason)
	}
	return nil
}

// DecodeHistory reads a history and refuses one that no Correct and Forget could have
// left: the answer is then the zero History.
func DecodeHistory(raw json.RawMessage) (History, error) {
	var h History
	if err := json.Unmarshal(raw, &h); err != nil {
		return History{}, fmt.Errorf("calibration: %w", err)
	}
	if len(h.Entries) > MostEntries {
		return History{}, fmt.Errorf("calibration: %d entries, at most %d can be", len(h.Entries), MostEntries)
	}
	for i, e := range h.Entries {
		switch {
		case i > 0 && e.Serial != h.Entries[i-1].Serial+1 || e.Serial < 1:
			return History{}, fmt.Errorf("calibration: entry %d has a serial out of order", i+1)
		case !(math.Abs(e.OffsetK) <= 2*MostK) || !(math.Abs(e.ChangeK) <= 2*MostK):
			return History{}, fmt.Errorf("calibration: entry %d is beyond what can be corrected", i+1)
		}
		if err := checkReason(e.Reason); err != nil {
			return History{}, fmt.Errorf("calibration: entry %d: %w", i+1, err)
		}
	}
	return h, nil
}
