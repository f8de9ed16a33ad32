package control

import (
	"math"
	"os"
	"strings"
	"testing"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/consent"
	"quietstat/hvac"
	plant "quietstat/hvac/house"
	"quietstat/hvac/tune"
)

// lived is a role that keeps a simulated house, with nobody around the loop.
type lived struct {
	t       testing.TB
	role    *role
	board   *fakeBoard
	house   *plant.House
	noise   *plant.Noise
	seconds float64
	door    bool
}

func newLived(t testing.TB, o Options) *lived {
	l := &lived{t: t, board: &fakeBoard{doorCount: 1}, house: plant.New(plant.KindE, 1, 0), noise: plant.NewNoise(1)}
	l.house.SetWeather(plant.Weather{Mean: 2})
	l.house.SetLife(plant.Life{})
	l.house.SetInitial(20)
	if o.Config == nil {
		o.Config = testConfig(t)
	}
	var err error
	if l.role, err = newRole(o, l.board); err != nil {
		t.Fatal(err)
	}
	for verb, arguments := range map[string]string{"set": `{"setpoint_c":20}`, "mode": `{"mode":"heat"}`} {
		if _, err := l.role.verbs()[verb](t.Context(), local.Caller{}, []byte(arguments)); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

// live lets seconds pass, one tick each.
func (l *lived) live(seconds int) {
	for range seconds {
		l.board.do(func() {
			if math.Mod(l.seconds, 10) == 0 {
				l.board.next = room(math.Round(100*(float64(l.house.Climate().Sensor)+l.noise.Sample(10))) / 100)
				l.board.reading = l.board.next
				l.board.reading.At = at(l.seconds).Boot
			}
			l.board.doors[0] = hvac.Contact{Known: true, Open: l.door}
		})
		l.role.loop.sampled.Store(true)
		l.role.loop.tick(at(l.seconds))
		in := plant.Inputs{Heat: l.board.last() == hvac.CallHeat}
		if l.door {
			in.DoorsOpen = 1
		}
		l.house.Step(1, in)
		l.seconds++
	}
}

// ask is a verb that must succeed.
func (l *lived) ask(verb, arguments string) local.TuneStatus {
	l.t.Helper()
	got, err := l.role.verbs()[verb](l.t.Context(), local.Caller{}, []byte(arguments))
	if err != nil {
		l.t.Fatalf("%s: %v", verb, err)
	}
	return got.(local.TuneStatus)
}

// tuned runs one experiment to its result.
func (l *lived) tune() local.TuneStatus {
	l.t.Helper()
	l.ask("tune.start", `{}`)
	for range 4 * 60 {
		if l.live(60); l.ask("tune.status", `{}`).Phase == "evaluating" {
			break
		}
	}
	l.role.finish(l.role.loop.tuner.session.Load(), at(l.seconds))
	return l.ask("tune.status", `{}`)
}

func TestTuneFromStartToRollback(t *testing.T) {
	folder := t.TempDir()
	o := Options{Config: testConfig(t), Disk: new(store.Disk), StateFolder: folder}
	l := newLived(t, o)
	shipped := l.role.desk.load().params.Gains
	l.live(60)
	if s := l.ask("tune.status", `{}`); s.Phase != "idle" || s.Active != 0 {
		t.Errorf("before: %+v", s)
	}
	s := l.tune()
	if s.Phase != "done" || s.Result == nil || !s.Result.Improved || s.Active != 1 || s.ElapsedS > 2.5*3600 {
		t.Fatalf("tuning ended with %+v", s)
	}
	tuned := l.role.desk.load().params.Gains
	if tuned == shipped || tune.NumbersOf(tuned) != s.Gains {
		t.Errorf("gains in force are %+v, the status says %+v", tuned, s.Gains)
	}
	if line := l.role.status().Tuning; !strings.Contains(line, "result 1 stand above") {
		t.Errorf("status says %q", line)
	}

	// A reload does not touch them, nor does a restart.
	next := *o.Config
	next.Tuning.KP = 0.9
	l.role.reread = func() (*config.Config, error) { return &next, nil }
	if err := l.role.reload(); err != nil {
		t.Fatal(err)
	}
	if g := l.role.desk.load().params.Gains; g != tuned {
		t.Errorf("after a reload: %+v", g)
	}
	again := newLived(t, o)
	if g := again.role.desk.load().params.Gains; g != tuned {
		t.Errorf("after a restart: %+v, want %+v", g, tuned)
	}

	// One command goes back, to what the configuration says now.
	if s := l.ask("tune.rollback", `{}`); s.Active != 0 || s.Gains.Kp != 0.9 {
		t.Errorf("after rollback: %+v", s)
	}
	if _, err := answer(t, l.role, "tune.rollback", `{}`); err == nil || !strings.Contains(err.Error(), "nothing to go back from") {
		t.Errorf("a second rollback: %v", err)
	}
	if s := l.ask("tune.rollback", `{"to":1}`); s.Active != 1 || s.Gains != tune.NumbersOf(tuned) {
		t.Errorf("after rollback to 1: %+v", s)
	}
	if _, err := answer(t, l.role, "tune.rollback", `{"to":2}`); err == nil {
		t.Error("rolled back to a result that is none")
	}
	got, err := answer(t, l.role, "tune.history", `{}`)
	if h := got.(local.TuneHistory); err != nil || len(h.Entries) != 1 || h.Active != 1 || h.Configured.Kp != 0.9 {
		t.Errorf("history %+v, %v", got, err)
	}
}

// The demand does not jump when new gains come into force.
func TestTunedGainsComeBumplessly(t *testing.T) {
	l := newLived(t, Options{})
	l.live(3305) // the house is not known yet, so the gains drive it; and no sample is due
	before := l.role.news.read().snapshot.Demand
	g := l.role.desk.load().params.Gains
	g.Kp, g.Ti = 1.3*g.Kp, 2*g.Ti
	_ = l.role.tuning.change(func(h *tune.History) error {
		h.Add(tune.Entry{Improved: true, Old: tune.NumbersOf(g), New: tune.NumbersOf(g)})
		return nil
	})
	l.role.retune()
	l.live(1)
	if after := l.role.news.read().snapshot.Demand; math.Abs(after-before) > 0.02 {
		t.Errorf("demand went from %.3f to %.3f", before, after)
	}
	if l.role.desk.load().params.Gains != g {
		t.Error("the gains are not in force")
	}
}

func TestTuneStartRefusals(t *testing.T) {
	ok := record{}
	ok.snapshot = consent.Snapshot{Seq: 1, Mode: consent.Mode(hvac.ModeHeat), Sensor: consent.HealthOK, DoorCount: 1}
	p := hvac.DefaultParams()
	for _, c := range []struct {
		name   string
		change func(*record, *hvac.Params)
		want   string
	}{
		{"all is well", func(*record, *hvac.Params) {}, ""},
		{"auto", func(r *record, _ *hvac.Params) { r.snapshot.Mode = consent.Mode(hvac.ModeAuto) }, ""},
		{"off", func(r *record, _ *hvac.Params) { r.snapshot.Mode = consent.Mode(hvac.ModeOff) }, "the mode is off"},
		{"cooling", func(r *record, _ *hvac.Params) { r.snapshot.Mode = consent.Mode(hvac.ModeCool) }, "only heating"},
		{"cooling only", func(_ *record, p *hvac.Params) { p.CanHeat, p.CanCool = false, true }, "no heating relay"},
		{"no tick", func(r *record, _ *hvac.Params) { r.snapshot.Seq = 0 }, "first tick"},
		{"stale sensor", func(r *record, _ *hvac.Params) { r.snapshot.Sensor = consent.HealthStale }, "stale"},
		{"no sensor", func(r *record, _ *hvac.Params) { r.snapshot.Sensor = consent.HealthUnknown }, "unknown"},
		{"open door", func(r *record, _ *hvac.Params) { r.snapshot.Doors[0] = consent.Door{Known: true, Open: true} }, "a door is open"},
		{"pause", func(r *record, _ *hvac.Params) { r.snapshot.Action = consent.Action(hvac.ActionPaused) }, "pauses"},
		{"relay", func(r *record, _ *hvac.Params) { r.relay = os.ErrInvalid }, "relay line"},
	} {
		r, params := ok, p
		c.change(&r, &params)
		err := tunable(&params, &r)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

func TestTuneEndsWithWhatPeopleDo(t *testing.T) {
	for _, c := range []struct{ verb, arguments string }{
		{"tune.abort", `{}`}, {"set", `{"setpoint_c":22}`}, {"mode", `{"mode":"off"}`},
	} {
		l := newLived(t, Options{})
		old := l.role.desk.load().params.Gains
		l.live(30)
		l.ask("tune.start", `{"method":"simc"}`)
		if _, err := answer(t, l.role, "tune.start", `{}`); err == nil {
			t.Error("two experiments run at once")
		}
		l.live(900)
		if s := l.ask("tune.status", `{}`); s.Phase != "cycling" || s.Method != "simc" || s.BandK == 0 {
			t.Errorf("while it runs: %+v", s)
		}
		if line := l.role.status().Tuning; !strings.Contains(line, "an experiment drives the heating") {
			t.Errorf("status says %q", line)
		}
		if _, err := answer(t, l.role, c.verb, c.arguments); err != nil {
			t.Fatal(err)
		}
		l.live(1)
		l.role.finish(l.role.loop.tuner.session.Load(), at(l.seconds))
		if s := l.ask("tune.status", `{}`); s.Phase != "failed" || s.Failure != "aborted" || s.Active != 0 || s.Result == nil {
			t.Errorf("after %s: %+v", c.verb, s)
		}
		if l.role.desk.load().params.Gains != old {
			t.Errorf("after %s the gains have changed", c.verb)
		}
		if _, err := answer(t, l.role, "tune.abort", `{}`); err == nil {
			t.Error("what is over was aborted")
		}
	}
}

// A shadow has no relays to try.
func TestTuneRefusesInShadowMode(t *testing.T) {
	l := newLived(t, Options{})
	l.live(60)
	l.role.loop.shadow.on = true
	if _, err := answer(t, l.role, "tune.start", `{}`); err == nil || !strings.Contains(err.Error(), "old thermostat") {
		t.Errorf("it says %v", err)
	}
}

// A door in the middle is waited for; the pause is the door's, not the experiment's.
func TestTuneWaitsForADoor(t *testing.T) {
	l := newLived(t, Options{})
	l.live(30)
	l.ask("tune.start", `{}`)
	l.live(1800)
	l.door = true
	l.live(120)
	if s := l.ask("tune.status", `{}`); s.Phase != "waiting" || l.board.last() != hvac.CallNone {
		t.Errorf("with a door open: %+v, relay %v", s, l.board.last())
	}
	l.door = false
	l.live(300)
	if s := l.ask("tune.status", `{}`); s.Phase != "cycling" {
		t.Errorf("after it: %+v", s)
	}
}

// A tick with an experiment in it allocates nothing, like any other.
func TestTuneTickAllocatesNothing(t *testing.T) {
	l := newLived(t, Options{})
	l.live(600)
	l.ask("tune.start", `{}`)
	l.live(400)
	if n := testing.AllocsPerRun(2000, func() {
		l.seconds++
		l.role.loop.tick(at(l.seconds))
	}); n != 0 {
		t.Errorf("a tick allocates %v times", n)
	}
}

// A spoilt file of tuned gains costs the gains, and status says so.
func TestTuneFileDamaged(t *testing.T) {
	folder := t.TempDir()
	o := Options{Config: testConfig(t), Disk: new(store.Disk), StateFolder: folder}
	if err := o.Disk.SaveState(tuningPath(folder), tuningSchema, "nonsense"); err != nil {
		t.Fatal(err)
	}
	l := newLived(t, o)
	l.live(2)
	if g := l.role.desk.load().params.Gains; g != o.Config.HVACParams().Gains {
		t.Errorf("gains %+v", g)
	}
	found := false
	for _, why := range l.role.status().Reasons {
		found = found || why.Kind == "tuning_file"
	}
	if !found {
		t.Error("status does not tell")
	}
}

// A panic of the arithmetic is the worker's, and the next experiment can begin.
func TestTuneWorkerSurvives(t *testing.T) {
	l := newLived(t, Options{})
	l.live(60)
	k := &session{experiment: nil, params: *l.role.desk.load().params, final: tune.Status{Phase: tune.Done}}
	k.ended.Store(true)
	l.role.loop.tuner.session.Store(k)
	func() {
		defer func() { _ = recover() }()
		l.role.finish(k, at(l.seconds))
	}()
	if !k.handled.Load() {
		t.Error("it would be tried for ever")
	}
	l.ask("tune.start", `{}`)
}
