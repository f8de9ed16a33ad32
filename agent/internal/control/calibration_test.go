package control

import (
	"errors"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"quietstat/agent/internal/calibrate"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
)

// resting is a role whose sensor shows the same for as long as it is let live.
type resting struct {
	t       *testing.T
	role    *role
	board   *fakeBoard
	seconds float64
}

func newResting(t *testing.T, o Options, celsius float64) *resting {
	t.Helper()
	if o.Config == nil {
		o.Config = testConfig(t)
	}
	x := &resting{t: t, board: &fakeBoard{next: room(celsius)}}
	x.role = roleOf(t, o, x.board)
	return x
}

// rest lets seconds pass in tens, as lockstep does.
func (x *resting) rest(seconds int) {
	for range seconds / 10 {
		x.board.do(func() {
			x.board.reading = x.board.next
			x.board.reading.At = at(x.seconds).Boot
		})
		x.role.loop.sampled.Store(true)
		x.role.loop.tick(at(x.seconds))
		x.role.calibration.look(at(x.seconds).Boot)
		x.seconds += 10
	}
}

// own asks as the owner, whom only the kernel can name: behind that check.
func (x *resting) own(verb, arguments string) (local.Calibration, error) {
	h := map[string]local.Handler{"": x.role.answerCalibrate, "reference": x.role.answerReference, "forget": x.role.answerCalibrateForget}[verb]
	got, err := h(x.t.Context(), local.Caller{}, []byte(arguments))
	if err != nil {
		return local.Calibration{}, err
	}
	return got.(local.Calibration), nil
}

func (x *resting) must(verb, arguments string) local.Calibration {
	x.t.Helper()
	c, err := x.own(verb, arguments)
	if err != nil {
		x.t.Fatalf("%s %s: %v", verb, arguments, err)
	}
	return c
}

func TestAReferenceCorrectsAndSurvives(t *testing.T) {
	folder := t.TempDir()
	o := Options{Config: testConfig(t), Disk: new(store.Disk), StateFolder: folder}
	o.Config.Sensor.Offset = -0.5
	x := newResting(t, o, 21.8) // shown as 21.3
	x.rest(930)
	c := x.must("reference", `{"reference_c":20.4,"reason":"kitchen"}`)
	if c.BaseK != -0.5 || c.StoredK != -0.9 || c.OffsetK != -1.4 || len(c.Entries) != 1 || c.Entries[0].Reason != "kitchen" || c.Entries[0].Wall.IsZero() {
		t.Errorf("answer %+v", c)
	}
	x.rest(10)
	s := x.role.status()
	if math.Abs(s.TemperatureC-20.4) > 1e-9 || s.SensorOffsetK != -1.4 || s.CalibrationK != -0.9 {
		t.Errorf("status shows %v, offset %v, of it measured %v", s.TemperatureC, s.SensorOffsetK, s.CalibrationK)
	}
	// The trail is of the sensor, not of what is made of it: a second one can follow.
	if c = x.must("reference", `{"reference_c":20.6}`); c.StoredK != -0.7 || c.Entries[1].Reason != referenceReason || c.RawC < 21.79 || c.RawC > 21.81 {
		t.Errorf("second answer %+v", c)
	}

	// A reload changes the base alone; a restart changes nothing.
	next := *o.Config
	next.Sensor.Offset = -0.2
	x.role.reread = func() (*config.Config, error) { return &next, nil }
	if err := x.role.reload(); err != nil {
		t.Fatal(err)
	}
	if got := x.role.status().SensorOffsetK; got != -0.9 {
		t.Errorf("after a reload the offset is %v", got)
	}
	again := newResting(t, o, 21.8)
	if got := again.role.desk.load().params.SensorOffset; math.Abs(got+1.2) > 1e-9 {
		t.Errorf("after a restart the offset is %v", got)
	}
	if c = again.must("forget", `{}`); c.StoredK != 0 || c.OffsetK != -0.5 || len(c.Entries) != 3 || c.Entries[2].Reason != "forgotten" {
		t.Errorf("forgotten: %+v", c)
	}
	text, err := os.ReadFile(calibrationPath(folder))
	if err != nil || strings.Contains(string(text), "20.4") || strings.Contains(string(text), "21.8") {
		t.Errorf("a temperature is on the card: %s (%v)", text, err)
	}
}

func TestReferencesThatAreRefused(t *testing.T) {
	for _, tt := range []struct {
		name      string
		prepare   func(x *resting)
		arguments string
		code      local.Code
		want      string
	}{
		{"settled", func(x *resting) { x.rest(930) }, `{"reference_c":20}`, "", ""},
		{"too early", func(x *resting) { x.rest(600) }, `{"reference_c":20}`, local.CodeRefused, "a comparison needs 15m"},
		{"no sample at all", func(x *resting) {}, `{"reference_c":20}`, local.CodeRefused, "not to be trusted now: unknown"},
		{"still warming up", func(x *resting) {
			for i := range 93 {
				x.board.next = room(20 + float64(i)*0.01)
				x.rest(10)
			}
		}, `{"reference_c":20}`, local.CodeRefused, "moved by 0.9 K"},
		{"a sensor that has failed", func(x *resting) {
			x.rest(930)
			x.board.fault = hvac.FaultBus
			x.rest(600)
		}, `{"reference_c":20}`, local.CodeRefused, "not to be trusted"},
		{"5 K off", func(x *resting) { x.rest(930) }, `{"reference_c":26}`, "", ""},
		{"more than 5 K off", func(x *resting) { x.rest(930) }, `{"reference_c":26.1}`, local.CodeRefused, "more than 5 K away"},
		{"no temperature", func(x *resting) { x.rest(930) }, `{"reference_c":86}`, local.CodeUsage, "between -40 and 85"},
		{"no reference", func(x *resting) { x.rest(930) }, `{}`, local.CodeRefused, "more than 5 K away"},
		{"a reason that draws", func(x *resting) { x.rest(930) }, `{"reference_c":20,"reason":"\u001b[2J"}`, local.CodeRefused, "cannot be printed"},
		{"something else", func(x *resting) {}, `{"celsius":20}`, local.CodeUsage, ""},
	} {
		x := newResting(t, Options{}, 21)
		tt.prepare(x)
		_, err := x.own("reference", tt.arguments)
		var p *local.Problem
		switch {
		case tt.code == "":
			if err != nil {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		case !errors.As(err, &p) || p.Code != tt.code || !strings.Contains(p.Message, tt.want):
			t.Errorf("%s: %v, want %s %q", tt.name, err, tt.code, tt.want)
		}
		if k := x.role.desk.load().params.SensorOffset; k != 0 {
			t.Errorf("%s: refused, and corrects by %v", tt.name, k)
		}
	}
	x := newResting(t, Options{}, 21)
	if _, err := x.own("forget", `{}`); err == nil || !strings.Contains(err.Error(), "no correction to forget") {
		t.Errorf("nothing was forgotten: %v", err)
	}
}

// Whatever is on the card, control starts, with sensor.offset alone, and says so.
func TestADamagedCalibrationNeverStopsControl(t *testing.T) {
	good := calibrate.History{Entries: []calibrate.Entry{{Serial: 1, OffsetK: -0.9, ChangeK: -0.9, Reason: "x"}}}
	for name, tt := range map[string]struct {
		spoil func(disk *store.Disk, path string) error
		base  float64
		want  float64
		says  string
	}{
		"good":         {func(d *store.Disk, p string) error { return d.SaveState(p, calibrationSchema, good) }, 0, -0.9, ""},
		"garbage":      {func(_ *store.Disk, p string) error { return os.WriteFile(p, []byte("\x00\xff"), 0o600) }, -0.3, -0.3, "calibrate anew"},
		"another sort": {func(d *store.Disk, p string) error { return d.SaveState(p, "control/1", good) }, -0.3, -0.3, "calibrate anew"},
		"beyond belief": {func(d *store.Disk, p string) error {
			return d.SaveState(p, calibrationSchema, map[string]any{"entries": []map[string]any{{"serial": 1, "offset_k": 400, "reason": "x"}}})
		}, 0, 0, "calibrate anew"},
		"not together": {func(d *store.Disk, p string) error { return d.SaveState(p, calibrationSchema, good) }, -4.5, -4.5, "not in force"},
	} {
		folder, disk := t.TempDir(), new(store.Disk)
		if err := errors.Join(os.MkdirAll(folder+"/control", 0o700), tt.spoil(disk, calibrationPath(folder))); err != nil {
			t.Fatal(err)
		}
		c := testConfig(t)
		c.Sensor.Offset = tt.base
		x := newResting(t, Options{Config: c, Disk: disk, StateFolder: folder}, 20)
		x.rest(930)
		if got := x.role.desk.load().params.SensorOffset; got != tt.want {
			t.Errorf("%s: offset %v, want %v", name, got, tt.want)
		}
		s := x.role.status()
		if told := fmt.Sprint(s.Reasons); tt.says != "" && !strings.Contains(told, tt.says) || tt.says == "" && strings.Contains(told, "calibration") {
			t.Errorf("%s: told %s, want %q", name, told, tt.says)
		}
		// And it can be calibrated again.
		reference := 20 + tt.base - 0.4
		if answer, err := x.own("reference", fmt.Sprintf(`{"reference_c":%v}`, reference)); err != nil || answer.Trouble != "" || math.Abs(answer.OffsetK-(tt.base-0.4)) > 1e-9 {
			t.Errorf("%s: calibrated again: %+v, %v", name, answer, err)
		}
	}
}

func TestADiskThatFailsCostsTheMemoryNotTheCorrection(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(folder+"/control", nil, 0o600); err != nil { // a file where the folder should be
		t.Fatal(err)
	}
	x := newResting(t, Options{Config: testConfig(t), Disk: new(store.Disk), StateFolder: folder}, 21)
	x.rest(930)
	c := x.must("reference", `{"reference_c":20}`)
	if c.OffsetK != -1 || !strings.Contains(c.Trouble, "could not be saved") {
		t.Errorf("%+v", c)
	}
}

// Looking is for everybody, changing for the owner.
func TestOnlyTheOwnerCalibrates(t *testing.T) {
	x := newResting(t, Options{}, 21)
	x.rest(930)
	verbs := x.role.verbs()
	if _, err := verbs["calibrate"](t.Context(), local.Caller{}, nil); err != nil {
		t.Errorf("looking is refused: %v", err)
	}
	for verb, arguments := range map[string]string{"calibrate.reference": `{"reference_c":20}`, "calibrate.forget": `{}`} {
		_, err := verbs[verb](t.Context(), local.Caller{}, []byte(arguments))
		var p *local.Problem
		if !errors.As(err, &p) || p.Code != local.CodeNotAllowed {
			t.Errorf("%s by somebody unknown: %v", verb, err)
		}
	}
}

// A correction moves the reading by as much as 5 K between two ticks. The room has not
// moved: nothing may be made of it but the new reading.
func TestACorrectionIsNoWeather(t *testing.T) {
	for _, k := range []float64{-2, -0.8, 0.8, 2} {
		l := newLived(t, Options{})
		l.live(3600)
		if err := l.role.calibration.change(func(h *calibrate.History) error {
			return h.Correct(20+k, 20, 0, calibrate.Entry{Reason: "test"})
		}); err != nil {
			t.Fatal(err)
		}
		l.role.recalibrated()
		for range 20 {
			l.live(60)
			r := l.role.news.read()
			if r.reasons.Has(hvac.FallPause) || r.reasons.Has(hvac.StuckRelay) {
				t.Errorf("%+v K: taken for weather or a stuck relay: %v", k, r.reasons.List[:r.reasons.N])
				break
			}
		}
		if s := l.role.status(); s.Sensor != "ok" {
			t.Errorf("%+v K: after 20 min the sensor is %s", k, s.Sensor)
		}
	}
}
