package household

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"quietstat/hvac"
)

// SavedVersion is the present form of the saved settings.
const SavedVersion = 1

// The saved settings, as JSON. Mode, base setpoint and limits are kept by their owner
// beside it. Temperatures are in °C, aims and schedule lines as people write them.
type (
	savedSettings struct {
		Version  int                    `json:"version"`
		Presets  map[string]savedPreset `json:"presets"`
		Base     string                 `json:"base_preset,omitempty"`
		Schedule []string               `json:"schedule,omitempty"`
		Vacation *savedVacation         `json:"vacation,omitempty"`
		Hold     *savedHold             `json:"hold,omitempty"`
		Boost    *savedBoost            `json:"boost,omitempty"`
		Lock     *savedLock             `json:"lock,omitempty"`
		Last     *savedLevel            `json:"last,omitempty"`
	}
	savedPreset struct {
		Heat float64 `json:"heat_c"`
		Cool float64 `json:"cool_c"`
	}
	savedVacation struct {
		From time.Time `json:"from"`
		To   time.Time `json:"to"`
		Aim  string    `json:"aim"`
	}
	savedHold struct {
		Aim      string     `json:"aim"`
		Until    string     `json:"until"`
		Vacation bool       `json:"vacation,omitempty"`
		Placed   *time.Time `json:"placed,omitempty"`
		savedSpan
	}
	savedBoost struct {
		Raise  float64    `json:"raise_k"`
		Placed *time.Time `json:"placed,omitempty"`
		savedSpan
	}
	// savedSpan is what is left of a time that was asked for.
	savedSpan struct {
		Left  int64      `json:"left_ns,omitempty"`  // when this was written
		Spare int64      `json:"spare_ns,omitempty"` // may have passed since without anybody noticing
		Ends  *time.Time `json:"ends,omitempty"`     // on the wall, if that was trusted
	}
	savedLock struct {
		Min     *float64 `json:"min_c,omitempty"`
		Max     *float64 `json:"max_c,omitempty"`
		Changes bool     `json:"changes,omitempty"`
	}
	savedLevel struct {
		Aim    string `json:"aim"`
		Source string `json:"source"`
	}
)

var untilWords = [...]string{UntilNext: "next", UntilElapsed: "elapsed", UntilEnded: "ended"}

// Encode is the settings for the state file, at an instant. spare is how long the
// program may run after this without writing it again; 0 at a clean end. last is the
// Level of the present Target.
func (s Settings) Encode(at Instant, last Level, spare time.Duration) ([]byte, error) {
	v := savedSettings{Version: SavedVersion, Presets: map[string]savedPreset{}}
	for _, p := range Presets() {
		t := s.Presets[p]
		v.Presets[p.String()] = savedPreset{float64(t.Heat), float64(t.Cool)}
	}
	if s.Base.Preset != None {
		v.Base = s.Base.Preset.String()
	}
	for _, e := range s.Schedule {
		v.Schedule = append(v.Schedule, e.String())
	}
	if s.Vacation.Set() {
		v.Vacation = &savedVacation{s.Vacation.From.UTC(), s.Vacation.To.UTC(), s.Vacation.Aim.String()}
	}
	if h := s.Hold; h.Active && int(h.Until) < len(untilWords) && !(h.Until == UntilElapsed && h.Ends.past(at)) {
		v.Hold = &savedHold{Aim: h.Aim.String(), Until: untilWords[h.Until], Vacation: h.Vacation, Placed: h.Placed.saved(at)}
		if h.Until == UntilElapsed {
			v.Hold.savedSpan = h.Ends.span(at, spare)
		}
	}
	if b := s.Boost; b.Active && !b.Ends.past(at) {
		v.Boost = &savedBoost{Raise: b.Raise, Placed: b.Placed.saved(at), savedSpan: b.Ends.span(at, spare)}
	}
	if l := s.Lock; l.Range || l.Changes {
		v.Lock = &savedLock{Changes: l.Changes}
		if l.Range {
			low, high := float64(l.Min), float64(l.Max)
			v.Lock.Min, v.Lock.Max = &low, &high
		}
	}
	if last.Known && last.Source <= SourceVacation {
		v.Last = &savedLevel{last.Aim.String(), last.Source.String()}
	}
	return json.Marshal(v)
}

// saved is a moment on the wall, nil if that is not known.
func (m Moment) saved(at Instant) *time.Time {
	if m.Wall.IsZero() && !at.Trusted {
		return nil
	}
	w := m.wall(at).UTC()
	return &w
}

func (m Moment) span(at Instant, spare time.Duration) savedSpan {
	v := savedSpan{Left: int64(m.boot(at) - at.Now), Spare: int64(spare), Ends: m.saved(at)}
	if m.Spare > 0 && !at.Trusted { // nobody knows yet what passed before
		v.Left, v.Spare = int64(m.Boot-at.Now), int64(m.Spare+spare)
	}
	return v
}

// Decode reads what Encode wrote, for a program that starts at an instant: everything
// in it is on that CLOCK_BOOTTIME. Mode, base setpoint and limits are those of
// DefaultSettings. The error is a *Fault; anything unknown, missing or out of its
// range is one, because a week that is only half understood is not the household's.
func Decode(data []byte, at Instant) (Settings, error) {
	var v savedSettings
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(&v)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows it")
		}
	}
	if err != nil {
		return Settings{}, savedFault("saved settings", "unreadable ("+err.Error()+")", "one JSON object as it was written")
	}
	if v.Version != SavedVersion {
		return Settings{}, savedFault("version", strconv.Itoa(v.Version), strconv.Itoa(SavedVersion))
	}
	s := DefaultSettings()
	for _, step := range []func(*Settings, *savedSettings, Instant) error{
		decodePresets, decodeWeek, decodeHold, decodeBoost, decodeLock, decodeLast,
	} {
		if err := step(&s, &v, at); err != nil {
			return Settings{}, err
		}
	}
	return s, nil
}

func savedFault(field, value, expected string) *Fault {
	return &Fault{Field: field, Value: value, Expected: expected, Remedy: "set it again"}
}

func decodePresets(s *Settings, v *savedSettings, _ Instant) error {
	if len(v.Presets) != presets-1 {
		return savedFault("presets", fmt.Sprintf("%d of them", len(v.Presets)), strings.Join(presetWords[1:], ", "))
	}
	for word, t := range v.Presets {
		p, err := ParsePreset(word)
		if err != nil || p.String() != word {
			return savedFault("presets", quoted(word), "one of "+strings.Join(presetWords[1:], ", "))
		}
		for what, c := range map[string]float64{"heat_c": t.Heat, "cool_c": t.Cool} {
			if err := (Aim{Setpoint: hvac.Celsius(c)}).validate("presets." + word + "." + what); err != nil {
				return err
			}
		}
		s.Presets[p] = Temperatures{hvac.Celsius(t.Heat), hvac.Celsius(t.Cool)}
	}
	if v.Base != "" {
		p, err := ParsePreset(v.Base)
		if err != nil {
			return in("base_preset", err)
		}
		s.Base.Preset = p
	}
	return nil
}

// in puts the place before the field of a *Fault.
func in(place string, err error) error {
	var f *Fault
	if errors.As(err, &f) {
		f.Field = place + ": " + f.Field
	}
	return err
}
