package control

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"time"

	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// shadowText is what status says first while nothing is touched.
const shadowText = "shadow: relays are not touched; an old thermostat drives the house"

// shadowPath is where the tally is kept below the state folder.
func shadowPath(folder string) string { return filepath.Join(folder, "control", "shadow") }

// enoughShadow is how long a comparison should be: weekdays, a weekend, some weather.
const enoughShadow = 7 * 24 * time.Hour

// tell says in a status that nothing is touched, and what would have been.
func (s *shadow) tell(out *local.Status, r *record) {
	if !s.on { // set before the loop begins and never again
		return
	}
	out.Shadow = true
	text := shadowText + "; quietstat would have heat " + onOff(r.out.Call == hvac.CallHeat) + ", cool " + onOff(r.out.Call == hvac.CallCool)
	out.Reasons = slices.Insert(out.Reasons, 0, local.Why{Kind: "shadow", Text: text})
}

func (r *role) answerShadow(_ context.Context, _ local.Caller, raw json.RawMessage) (any, error) {
	if err := local.Arguments(raw, &struct{}{}); err != nil {
		return nil, err
	}
	if !r.loop.shadow.on {
		return nil, local.Refuse("quietstat drives the relays here: there is nobody to compare it with",
			"set control.shadow in quietstat.toml, wire board.call_for_heat, and restart quietstat-control")
	}
	news := r.news.read()
	return report(&news.tally), nil
}

// report puts a tally into figures and words.
func report(t *tally) local.ShadowReport {
	out := local.ShadowReport{
		Hours: t.Seconds / 3600, CallHours: t.Known / 3600,
		Old: strokesOf(t.Old, t.Known), Ours: strokesOf(t.Ours, t.Seconds),
		RoomHours: t.Room / 3600, Words: []string{},
	}
	if !t.Since.IsZero() {
		out.Since = &t.Since
	}
	if t.Room > 0 {
		out.MeanK = t.Sum / t.Room
		out.RMSK = math.Sqrt(max(0, t.Squares/t.Room))
	}
	if t.Known > 0 && t.Old.On > 0 {
		share := (t.Ours.On / t.Seconds) / (t.Old.On / t.Known)
		out.EnergyShare = &share
	}
	out.Words = words(&out)
	return out
}

func strokesOf(s strokes, over float64) local.ShadowSide {
	side := local.ShadowSide{HoursOn: s.On / 3600, Starts: s.Starts}
	if over > 0 {
		side.StartsPerHour = float64(s.Starts) / (over / 3600)
	}
	if s.Starts > 0 {
		side.MeanRunMin = s.On / 60 / float64(s.Starts)
	}
	return side
}

func words(r *local.ShadowReport) []string {
	if r.Hours == 0 {
		return []string{"nothing has been seen yet"}
	}
	lines := []string{fmt.Sprintf("looked over the old thermostat's shoulder for %.1f h", r.Hours)}
	if r.Hours < enoughShadow.Hours() {
		lines = append(lines, fmt.Sprintf("a week tells more: %.1f h to go", enoughShadow.Hours()-r.Hours))
	}
	if r.CallHours == 0 {
		lines = append(lines, "its call for heat is not wired (board.call_for_heat), so nothing is known of what it did, and nothing is learned of the house")
	} else {
		lines = append(lines, fmt.Sprintf("it heated for %.1f h in %d runs of %.0f min on average", r.Old.HoursOn, r.Old.Starts, r.Old.MeanRunMin))
	}
	lines = append(lines, fmt.Sprintf("quietstat would have heated for %.1f h in %d runs of %.0f min on average", r.Ours.HoursOn, r.Ours.Starts, r.Ours.MeanRunMin))
	if r.RoomHours > 0 {
		lines = append(lines, fmt.Sprintf("the room was %.2f K away from quietstat's setpoint (rms), %+.2f K on average", r.RMSK, r.MeanK))
	}
	if r.EnergyShare != nil {
		lines = append(lines, fmt.Sprintf("that is about %.0f %% of the old one's heating time, at the temperatures the old one kept: an estimate, because nobody has seen what the room would have done", float64(*r.EnergyShare*100)))
	}
	return lines
}
