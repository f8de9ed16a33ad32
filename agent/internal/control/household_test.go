package control

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
	"quietstat/hvac/household"
)

// wallClock is a desk's clock that a test sets.
type wallClock struct{ now clock.Instant }

func (w *wallClock) instant() clock.Instant { return w.now }

// weekly is a role that nobody runs, whose clock stands at at(0) in UTC: 06:16:40 on a
// Monday.
func weekly(t *testing.T, o Options, lines string) (*role, *wallClock, *fakeBoard) {
	t.Helper()
	b := &fakeBoard{}
	r := roleOf(t, o, b)
	w := &wallClock{at(0)}
	r.desk.clock, r.desk.zone = w.instant, time.UTC
	if lines != "" {
		if _, err := answer(t, r, "schedule.set", `{"text":"`+strings.ReplaceAll(lines, "\n", `\n`)+`"}`); err != nil {
			t.Fatal(err)
		}
	}
	r.desk.replan()
	return r, w, b
}

const lines = "daily 06:30 home\ndaily 22:00 sleep"

// at6h30 is how many seconds after at(0) it is 06:30.
const at6h30 = 13*60 + 20

func TestLoopFollowsTheWeek(t *testing.T) {
	r, w, _ := weekly(t, Options{}, lines)
	if err := r.desk.mode("heat"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		seconds  float64
		setpoint float64
		preset   uint8
	}{{0, 18, 3}, {at6h30 - 1, 18, 3}, {at6h30, 21, 1}, {at6h30 + 1, 21, 1}, {at6h30 + 15.5*3600 - 1, 21, 1}, {at6h30 + 15.5*3600, 18, 3}} {
		w.now = at(c.seconds)
		r.loop.tick(at(c.seconds))
		s := r.news.read()
		if s.snapshot.Setpoint != c.setpoint || s.snapshot.Preset != c.preset || s.snapshot.Mode != 1 || s.level.Source != household.SourceSchedule {
			t.Errorf("after %v s: %v, preset %d", c.seconds, s.snapshot.Setpoint, s.snapshot.Preset)
		}
		if status := r.status(); status.SetpointC != c.setpoint || status.Source != "schedule" || status.Until == nil || status.Next == nil || len(status.Plan) != 2 {
			t.Errorf("after %v s status says %+v", c.seconds, status)
		}
	}
}

// TestLoopIsToldWhatComes: the controller knows the next setpoint before it comes.
func TestLoopIsToldWhatComes(t *testing.T) {
	r, _, _ := weekly(t, Options{}, lines)
	want := hvac.Transition{Known: true, In: at6h30 * time.Second, Setpoint: 21}
	if got := r.desk.load().target(moment(at(0)), household.Level{}).Next; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if _, err := answer(t, r, "hold", `{"aim":"23","until":"elapsed","for_s":600}`); err != nil {
		t.Fatal(err)
	}
	want = hvac.Transition{Known: true, In: 600 * time.Second, Setpoint: 18}
	if got := r.desk.load().target(moment(at(0)), household.Level{}).Next; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestTickWithAWeekAllocatesNothing(t *testing.T) {
	r, _, b := weekly(t, Options{}, lines)
	for _, ask := range []string{`{"aim":"23","until":"elapsed","for_s":6000}`} {
		if _, err := answer(t, r, "hold", ask); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := answer(t, r, "boost", `{"minutes":30,"kelvin":2}`); err != nil {
		t.Fatal(err)
	}
	b.reading = room(19)
	seconds := 0.0
	tick := func() { seconds += 30; r.loop.tick(at(seconds)) }
	for range 100 {
		tick()
	}
	if n := testing.AllocsPerRun(1000, tick); n != 0 {
		t.Errorf("%v allocations per tick", n)
	}
}

// TestClockIsSetLate: until then the last setpoint is kept, and afterwards the week is
// laid out anew as soon as the loop asks for it.
func TestClockIsSetLate(t *testing.T) {
	r, w, _ := weekly(t, Options{}, lines)
	blind := func(seconds float64) clock.Instant {
		return clock.Instant{Boot: at(seconds).Boot, Wall: time.Unix(100, 0).UTC()}
	}
	w.now = blind(0)
	r.desk.replan()
	r.loop.tick(blind(0))
	if s := r.status(); s.SetpointC != 19 || s.Source != "base" || !says(s, "schedule_unknown") {
		t.Errorf("nothing is remembered: %+v", s)
	}
	w.now = at(1)
	r.loop.tick(at(1))
	select {
	case <-r.loop.replan:
	default:
		t.Fatal("nobody was told to lay out the week")
	}
	r.desk.replan()
	r.loop.tick(at(2))
	if s := r.status(); s.SetpointC != 18 || s.Source != "schedule" {
		t.Errorf("the clock is set: %+v", s)
	}
	r.loop.tick(blind(at6h30 + 100))
	if s := r.status(); s.SetpointC != 18 || s.Preset != "sleep" || !says(s, "clock_untrusted") {
		t.Errorf("the clock is lost again: %+v", s)
	}
	select {
	case <-r.loop.replan:
		t.Error("there is nothing to lay out without a clock")
	default:
	}
}

func says(s local.Status, kind string) bool {
	for _, why := range s.Reasons {
		if why.Kind == kind {
			return true
		}
	}
	return false
}

func TestPlannerOnAVirtualClock(t *testing.T) {
	r, w, _ := weekly(t, Options{}, lines)
	w.now = clock.Instant{} // as before the first instant
	if _, err := answer(t, r, "boost", `{"minutes":30,"kelvin":2}`); err != nil {
		t.Fatal(err)
	}
	p := planner{desk: &r.desk}
	w.now = at(0)
	p.instant(at(0))
	if got := r.desk.load().target(moment(at(0)), household.Level{}); got.Source != household.SourceBoost || got.Until != at(0).Boot+30*time.Minute {
		t.Errorf("a boost from before the first instant: %+v", got)
	}
	plan := r.desk.load().plan
	w.now = at(3599)
	if p.instant(at(3599)); r.desk.load().plan != plan {
		t.Error("laid out anew before an hour was over")
	}
	w.now = at(3600)
	if p.instant(at(3600)); r.desk.load().plan == plan {
		t.Error("not laid out anew after an hour")
	}
	plan = r.desk.load().plan
	w.now = at(30 * 86400)
	w.now.Boot = at(3601).Boot
	if p.instant(w.now); r.desk.load().plan == plan {
		t.Error("not laid out anew after a jump")
	}
}

func TestHouseholdSurvivesARestart(t *testing.T) {
	c, disk := testConfig(t), new(store.Disk)
	o := Options{Config: c, Disk: disk, StateFolder: c.State.Folder}
	r, _, _ := weekly(t, o, lines)
	for verb, arguments := range map[string]string{
		"preset": `{"name":"eco","temperature_c":17.5}`, "vacation": `{"from":"2026-02-01","to":"2026-02-08","aim":"12"}`,
		"hold": `{"aim":"23","until":"ended"}`,
	} {
		if _, err := answer(t, r, verb, arguments); err != nil {
			t.Fatal(err)
		}
	}
	r.loop.tick(at(0))
	if err := r.saver.finish(); err != nil {
		t.Fatal(err)
	}
	again, _, _ := weekly(t, o, "")
	w, err := answer(t, again, "warmth", "")
	if err != nil {
		t.Fatal(err)
	}
	got := w.(local.Warmth)
	if len(got.Schedule) != 2 || got.Hold != "23" || got.SetpointC != 23 || got.Vacation == nil || got.Vacation.Aim != "12" || got.Presets[3].Heat != 17.5 || again.saver.trouble() != nil {
		t.Errorf("%+v, %v", got, again.saver.trouble())
	}
	// Without a clock it keeps what the week asked for last.
	blind := roleOf(t, o, &fakeBoard{})
	blind.desk.clock = func() clock.Instant { return clock.Instant{Boot: time.Minute} }
	if _, err := answer(t, blind, "hold.end", ""); err != nil {
		t.Fatal(err)
	}
	blind.loop.tick(clock.Instant{Boot: time.Minute})
	if s := blind.status(); s.SetpointC != 18 || s.Preset != "sleep" || !says(s, "clock_untrusted") {
		t.Errorf("without a clock: %+v", s)
	}
}

// TestHouseholdFromOlderAndDamagedFiles: mode and setpoint do not hang on the rest.
func TestHouseholdFromOlderAndDamagedFiles(t *testing.T) {
	for name, c := range map[string]struct{ raw, says string }{
		"a file from before": {``, ""},
		"nonsense":           {`{"version":1,"magic":true}`, "saved schedule"},
		"a future version":   {`{"version":9}`, "version"},
		"not an object":      {`"?"`, "saved schedule"},
		"a wrong line":       {`{"version":1,"presets":{},"schedule":["mon 06:30 99.25"]}`, "presets"},
	} {
		s, disk := memory(t)
		if err := disk.SaveState(s.path, stateSchema, saved{SetpointC: 22, Mode: "heat", Controller: json.RawMessage(`{"version":1}`), Household: json.RawMessage(c.raw)}); err != nil {
			t.Fatal(err)
		}
		p := hvac.DefaultParams()
		o, _ := s.restore(&p)
		if o.mode != hvac.ModeHeat || o.setpoint != 22 || len(o.home.Schedule) != 0 || o.home.Presets != household.DefaultTemperatures() {
			t.Errorf("%s: %+v", name, o)
		}
		err := s.trouble()
		if (err == nil) != (c.says == "") || err != nil && (!strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "99.25")) {
			t.Errorf("%s says %v", name, err)
		}
	}
}

func TestHouseholdVerbsRefuse(t *testing.T) {
	r, _, _ := weekly(t, Options{}, lines)
	for _, c := range []struct {
		verb, arguments string
		code            local.Code
	}{
		{"warmth", `{"x":1}`, local.CodeUsage},
		{"schedule.set", `{}`, local.CodeUsage},
		{"schedule.set", `{"text":"mon"}`, local.CodeUsage},
		{"schedule.set", `{"text":7}`, local.CodeUsage},
		{"schedule.add", `{"entry":"mon 06:30 28 x"}`, local.CodeUsage},
		{"schedule.add", `{"entry":"daily 06:30 eco"}`, local.CodeRefused},
		{"schedule.add", `{"entry":"mon 06:31 34"}`, local.CodeRefused},
		{"schedule.remove", `{"number":3}`, local.CodeRefused},
		{"schedule.remove", `{"number":"one"}`, local.CodeUsage},
		{"schedule.clear", `{"all":true}`, local.CodeUsage},
		{"preset", `{}`, local.CodeUsage},
		{"preset", `{"name":"none"}`, local.CodeUsage},
		{"preset", `{"name":"eco","cool":true}`, local.CodeUsage},
		{"preset", `{"name":"eco","temperature_c":99}`, local.CodeRefused},
		{"hold", `{}`, local.CodeUsage},
		{"hold", `{"aim":"20","until":"later"}`, local.CodeUsage},
		{"hold", `{"aim":"20","until":"elapsed"}`, local.CodeUsage},
		{"hold", `{"aim":"20","for_s":60}`, local.CodeUsage},
		{"hold", `{"aim":"20","until":"elapsed","for_s":1e300}`, local.CodeRefused},
		{"hold", `{"aim":"20","until":"elapsed","for_s":-60}`, local.CodeRefused},
		{"hold.end", `{"x":1}`, local.CodeUsage},
		{"boost", `{}`, local.CodeRefused},
		{"boost", `{"minutes":1e300,"kelvin":2}`, local.CodeRefused},
		{"boost", `{"minutes":30,"kelvin":"two"}`, local.CodeUsage},
		{"boost.end", `{"x":1}`, local.CodeUsage},
		{"vacation", `{}`, local.CodeUsage},
		{"vacation", `{"from":"2026-02-01","to":"soon"}`, local.CodeUsage},
		{"vacation", `{"from":"2026-02-01","to":"2026-02-02","aim":"beach"}`, local.CodeUsage},
		{"vacation", `{"from":"2026-02-02","to":"2026-02-01"}`, local.CodeRefused},
		{"vacation.end", `{"x":1}`, local.CodeUsage},
		{"lock", `{"min_c":18,"max_c":22}`, local.CodeNotAllowed}, // nobody is the owner
		{"lock.off", ``, local.CodeNotAllowed},
	} {
		before := r.desk.load()
		_, err := answer(t, r, c.verb, c.arguments)
		var problem *local.Problem
		if !errors.As(err, &problem) || problem.Code != c.code || problem.Hint == "" && c.code == local.CodeRefused {
			t.Errorf("%s %s was answered %v, want %s", c.verb, c.arguments, err, c.code)
		}
		if r.desk.load() != before {
			t.Errorf("%s %s was refused and changed something", c.verb, c.arguments)
		}
	}
}

// TestLockBindsEverybody: the owner too, until the owner opens it; TestHouseholdVerbsRefuse
// holds that nobody else can.
func TestLockBindsEverybody(t *testing.T) {
	h := newHouse(t)
	h.tick(1)
	h.call("lock", local.LockArguments{MinC: ptr(18), MaxC: ptr(22)})
	if err := local.Call(t.Context(), h.control, "set", local.SetArguments{SetpointC: 23}, nil); err == nil || !strings.Contains(err.Error(), "child lock") {
		t.Errorf("outside the lock: %v", err)
	}
	h.call("set", local.SetArguments{SetpointC: 22})
	for arguments, word := range map[string]string{`{}`: "min_c and max_c", `{"min_c":18}`: "min_c and max_c", `{"min_c":22,"max_c":18}`: "1 K wide"} {
		err := local.Call(t.Context(), h.control, "lock", json.RawMessage(arguments), nil)
		if err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("lock %s: %v", arguments, err)
		}
	}
	h.call("lock.off", nil)
	h.call("set", local.SetArguments{SetpointC: 23})
}

func ptr(v float64) *float64 { return &v }

func TestReloadMovesTheZone(t *testing.T) {
	first := testConfig(t)
	next := *first
	next.Household.Timezone = "America/New_York"
	r, _, _ := weekly(t, Options{Config: first, Reload: func() (*config.Config, error) { c := next; return &c, nil }}, lines)
	if err := r.reload(); err != nil {
		t.Fatal(err)
	}
	if got := r.desk.location().String(); got != "America/New_York" {
		t.Errorf("the zone is %s", got)
	}
	if got := r.desk.load().target(moment(at(0)), household.Level{}); got.Next.In != (at6h30+5*3600)*time.Second {
		t.Errorf("half past six in New York is in %v", got.Next.In)
	}
	next.Household.Timezone = "Atlantis"
	if err := r.reload(); err == nil || r.desk.location().String() != "America/New_York" {
		t.Errorf("Atlantis: %v", err)
	}
}
