package control

import (
	"context"
	"encoding/json"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"quietstat/agent/internal/store"
	"quietstat/hvac"
)

// memory is a saver with a disk of its own.
func memory(t *testing.T) (*saver, *store.Disk) {
	t.Helper()
	disk := new(store.Disk)
	return saverOn(disk, statePath(t.TempDir())), disk
}

func saverOn(disk *store.Disk, path string) *saver {
	p := hvac.DefaultParams()
	s := &saver{disk: disk, path: path, desk: new(desk), news: newMailbox[record](), wake: newBell(), now: func() time.Duration { return 0 }}
	o, _ := s.restore(&p)
	s.desk.present.Store(&o)
	return s
}

func TestFirstStart(t *testing.T) {
	s, _ := memory(t)
	if o := s.desk.load(); o.mode != hvac.ModeOff || o.setpoint != firstSetpoint || s.trouble() != nil {
		t.Errorf("a first start has mode %v, %v, and says %v", o.mode, o.setpoint, s.trouble())
	}
}

func TestSavedComesBack(t *testing.T) {
	s, disk := memory(t)
	if err := s.desk.setpoint(21.25); err != nil {
		t.Fatal(err)
	}
	if err := s.desk.mode("heat"); err != nil {
		t.Fatal(err)
	}
	rec := s.news.slot()
	rec.snapshot.Seq = 1
	rec.state.PID.Heat = 0.375
	s.news.publish()
	if err := s.finish(); err != nil {
		t.Fatal(err)
	}

	p := hvac.DefaultParams()
	again := saverOn(disk, s.path)
	o, controller := again.restore(&p)
	if o.setpoint != 21.25 || o.mode != hvac.ModeHeat || controller.Heat != 0.375 || again.trouble() != nil {
		t.Errorf("back come %v, %v, integral %v, and %v", o.setpoint, o.mode, controller.Heat, again.trouble())
	}

	// An end before the first tick keeps what was restored.
	if err := again.finish(); err != nil {
		t.Fatal(err)
	}
	if _, controller := saverOn(disk, s.path).restore(&p); controller.Heat != 0.375 {
		t.Errorf("a start without a tick cost the integral: %v", controller.Heat)
	}
}

func TestDamagedState(t *testing.T) {
	write := func(t *testing.T, s *saver, disk *store.Disk, v saved) {
		t.Helper()
		if err := disk.SaveState(s.path, stateSchema, v); err != nil {
			t.Fatal(err)
		}
	}
	controller := func(heat float64) json.RawMessage {
		b, err := json.Marshal(hvac.Saved{Version: hvac.SavedVersion, Heat: heat})
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	damage := func(t *testing.T, path string) {
		t.Helper()
		if err := os.WriteFile(path, []byte("quietstat-state"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name     string
		prepare  func(t *testing.T, s *saver, disk *store.Disk)
		mode     hvac.Mode
		setpoint hvac.Celsius
		integral float64
		says     string
	}{
		{"the newest is damaged", func(t *testing.T, s *saver, disk *store.Disk) {
			write(t, s, disk, saved{SetpointC: 22, Mode: "heat", Controller: controller(0.5)})
			write(t, s, disk, saved{SetpointC: 23, Mode: "cool", Controller: controller(0.6)})
			damage(t, s.path)
		}, hvac.ModeHeat, 22, 0.5, "the one before it is used"},
		{"all are damaged", func(t *testing.T, s *saver, disk *store.Disk) {
			write(t, s, disk, saved{SetpointC: 22, Mode: "heat", Controller: controller(0.5)})
			write(t, s, disk, saved{SetpointC: 23, Mode: "heat", Controller: controller(0.5)})
			damage(t, s.path)
			damage(t, s.path+store.OldSuffix)
		}, hvac.ModeOff, firstSetpoint, 0, "the mode is off"},
		{"an unknown mode", func(t *testing.T, s *saver, disk *store.Disk) {
			write(t, s, disk, saved{SetpointC: 22, Mode: "tropical", Controller: controller(0.5)})
		}, hvac.ModeOff, firstSetpoint, 0, "the mode is off"},
		{"a setpoint out of range", func(t *testing.T, s *saver, disk *store.Disk) {
			write(t, s, disk, saved{SetpointC: 45, Mode: "heat", Controller: controller(0.5)})
		}, hvac.ModeHeat, hvac.DefaultParams().SetpointMax, 0.5, "outside the configured range"},
		{"a controller nobody can read", func(t *testing.T, s *saver, disk *store.Disk) {
			write(t, s, disk, saved{SetpointC: 22, Mode: "heat", Controller: json.RawMessage(`"?"`)})
		}, hvac.ModeHeat, 22, 0, "learns the house anew"},
		{"a controller of the future", func(t *testing.T, s *saver, disk *store.Disk) {
			write(t, s, disk, saved{SetpointC: 22, Mode: "heat", Controller: json.RawMessage(`{"version":99,"magic":true}`)})
		}, hvac.ModeHeat, 22, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, disk := memory(t)
			c.prepare(t, s, disk)
			p := hvac.DefaultParams()
			o, controller := s.restore(&p)
			state := hvac.Restore(controller, time.Hour)
			if o.mode != c.mode || o.setpoint != c.setpoint || state.PID.Heat != c.integral {
				t.Errorf("mode %v, %v, integral %v; want %v, %v, %v", o.mode, o.setpoint, state.PID.Heat, c.mode, c.setpoint, c.integral)
			}
			said := ""
			if err := s.trouble(); err != nil {
				said = err.Error()
			}
			if !strings.Contains(said, c.says) || (c.says == "") != (said == "") {
				t.Errorf("it says %q, want %q", said, c.says)
			}
			// It says so until somebody has said what the house shall do.
			s.desk.present.Store(&o)
			s.save(saveEvery + time.Hour)
			if err := s.trouble(); (err == nil) != (c.says == "") {
				t.Errorf("after the controller's own save it says %v", err)
			}
			if err := s.desk.setpoint(20); err != nil {
				t.Fatal(err)
			}
			s.save(saveEvery + time.Hour)
			if err := s.trouble(); err != nil {
				t.Errorf("after a person's change it still says %v", err)
			}
		})
	}
}

// A person's change is written at once, the controller's own every ten minutes.
func TestSaverPace(t *testing.T) {
	s, disk := memory(t)
	writes := 0
	disk.Inject(func(op store.Op) store.Verdict {
		if op.Kind == store.OpRename {
			writes++
		}
		return store.Verdict{}
	})
	var got []time.Duration
	for now := time.Duration(0); now <= 25*time.Minute; now += time.Second {
		if now == 12*time.Minute {
			if err := s.desk.setpoint(21); err != nil {
				t.Fatal(err)
			}
		}
		before := writes
		s.save(now)
		if writes != before {
			got = append(got, now)
		}
	}
	if want := []time.Duration{10 * time.Minute, 12 * time.Minute, 22 * time.Minute}; len(got) != 3 || got[0] != want[0] || got[1] != want[1] || got[2] != want[2] {
		t.Errorf("saved at %v, want %v", got, want)
	}
}

func TestDiskThatFails(t *testing.T) {
	s, disk := memory(t)
	disk.Inject(func(op store.Op) store.Verdict {
		if op.Kind < store.OpOpen { // it can be read
			return store.Verdict{}
		}
		return store.Verdict{Err: syscall.EROFS}
	})
	if err := s.desk.mode("heat"); err != nil {
		t.Fatal(err)
	}
	s.save(time.Hour)
	if err := s.trouble(); err == nil || !strings.Contains(err.Error(), "could not be saved") {
		t.Errorf("a disk that fails is told as %v", err)
	}
	if s.desk.load().mode != hvac.ModeHeat {
		t.Error("a disk that fails took the change back")
	}
	disk.Inject(nil)
	s.save(time.Hour + time.Minute)
	if err := s.trouble(); err != nil {
		t.Errorf("a disk that works again is told as %v", err)
	}
}

func TestSaverOnTheRealClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := memory(t)
		begun := time.Now()
		s.now = func() time.Duration { return time.Since(begun) }
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- s.run(ctx) }()
		time.Sleep(time.Minute)
		if _, err := os.Stat(s.path); err == nil {
			t.Error("a start alone wrote a file")
		}
		if err := s.desk.mode("heat"); err != nil {
			t.Fatal(err)
		}
		s.wake.ring()
		synctest.Wait()
		if _, err := os.Stat(s.path); err != nil {
			t.Errorf("a person's change was not saved at once: %v", err)
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestSaverWithoutADisk(t *testing.T) {
	s := saverOn(nil, "")
	if err := s.desk.mode("heat"); err != nil {
		t.Fatal(err)
	}
	s.save(time.Hour)
	s.obey(1)
	if err := s.finish(); err != nil {
		t.Error(err)
	}
}
