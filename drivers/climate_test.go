package drivers_test

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

func TestClimateBeforeTheFirstSample(t *testing.T) {
	b, h, _ := open(t)
	r, fault := b.Climate().Latest()
	if r.Valid || fault != hvac.FaultBus {
		t.Errorf("before the first sample: %v, fault %v; want nothing and FaultBus", r, fault)
	}
	if n := len(h.transfers()); n != 0 {
		t.Errorf("opening the board moved %d transfers", n)
	}
}

// TestClimateComesBack: a sensor and a bus that are missing at the start or vanish later
// are found again by themselves.
func TestClimateComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, s := open(t)
		noBus := errors.New("no such device")
		h.noBus = noBus
		if err := mustRefuse(t, b, 1, hvac.FaultBus); !errors.Is(err, noBus) {
			t.Errorf("%v does not wrap why the bus cannot be opened", err)
		}
		h.noBus = nil
		s.SetFault(sim.SensorDead)
		if err := mustRefuse(t, b, 2, hvac.FaultBus); !errors.Is(err, sim.ErrNoAcknowledge) {
			t.Errorf("%v does not wrap ErrNoAcknowledge", err)
		}
		s.ClearFault(sim.SensorDead)
		mustSense(t, b, 3, 21.3, 45, 101325)
		opened := h.opened
		s.SetFault(sim.SensorDead)
		mustRefuse(t, b, 4, hvac.FaultBus)
		s.ClearFault(sim.SensorDead)
		mustSense(t, b, 5, 21.3, 45, 101325)
		if h.opened != opened+1 {
			t.Errorf("the bus was opened %d times after an error, want once", h.opened-opened)
		}
	})
}

func TestClimateOtherAddress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := sim.New(1)
		s.SetClimate(21.3, 45, 101325)
		s.SetAddress(0x77)
		o := wiring
		o.Address = 0x77
		b, err := drivers.Open(s, o)
		if err != nil {
			t.Fatal(err)
		}
		mustSense(t, b, 1, 21.3, 45, 101325)
	})
}

func TestClimateFrozen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		mustSense(t, b, 1, 21.3, 45, 101325)
		s.SetFault(sim.SensorFrozen)
		for now := time.Duration(2); now <= 11; now++ { // eleven identical in all
			mustSense(t, b, now, 21.3, 45, 101325)
		}
		for now := time.Duration(12); now < 20; now++ {
			mustRefuse(t, b, now, hvac.FaultStuck) // also after being initialised anew
		}
		s.ClearFault(sim.SensorFrozen)
		mustSense(t, b, 20, 21.3, 45, 101325)
	})
}

// TestClimateHealthyIsNeverStuck: the noise alone keeps a constant room apart.
func TestClimateHealthyIsNeverStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, _ := open(t)
		for now := range time.Duration(2000) {
			mustSense(t, b, now, 21.3, 45, 101325)
		}
	})
}

func TestClimateOtherChips(t *testing.T) {
	tests := []struct {
		id     byte
		fault  hvac.SensorFault
		remedy string
	}{
		{0x58, hvac.FaultChip, "BMP280 answers at 0x76, which measures no humidity: fit a BME280"},
		{0x55, hvac.FaultChip, "BMP180"},
		{0x61, hvac.FaultChip, "chip id 0x61"},
		{0x00, hvac.FaultBus, "nothing is connected"},
		{0xFF, hvac.FaultBus, "a line is held"},
	}
	for _, tt := range tests {
		synctest.Test(t, func(t *testing.T) {
			b, h, _ := open(t)
			h.sabotage(func(w, r []byte, inner func(w, r []byte) error) error {
				err := inner(w, r)
				if w[0] == 0xD0 {
					r[0] = tt.id
				}
				return err
			})
			if err := mustRefuse(t, b, 1, tt.fault); !strings.Contains(err.Error(), tt.remedy) {
				t.Errorf("id %02x: %q does not say %q", tt.id, err, tt.remedy)
			}
		})
	}
}

// TestClimateSwappedWhileRunning: a BMP280 in place of the BME280 first lacks humidity,
// then is named.
func TestClimateSwappedWhileRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, s := open(t)
		mustSense(t, b, 1, 21.3, 45, 101325)
		s.SetFault(sim.SensorBMP280)
		if err := b.Climate().Sense(2); err == nil {
			t.Fatal("a sample without humidity was accepted")
		}
		mustRefuse(t, b, 3, hvac.FaultChip)
		s.ClearFault(sim.SensorBMP280)
		mustSense(t, b, 4, 21.3, 45, 101325)
	})
}

func TestClimateBadAnswers(t *testing.T) {
	blank := func(reg byte, at int) func(w, r []byte, inner func(w, r []byte) error) error {
		return func(w, r []byte, inner func(w, r []byte) error) error {
			err := inner(w, r)
			if w[0] == reg && len(r) > at+1 {
				r[at], r[at+1] = 0, 0
			}
			return err
		}
	}
	set := func(reg, value byte) func(w, r []byte, inner func(w, r []byte) error) error {
		return func(w, r []byte, inner func(w, r []byte) error) error {
			err := inner(w, r)
			if w[0] == reg && len(r) > 0 {
				r[0] = value
			}
			return err
		}
	}
	tests := []struct {
		name   string
		broken func(w, r []byte, inner func(w, r []byte) error) error
		fault  hvac.SensorFault
	}{
		{"dig_T1 blank", blank(0x88, 0), hvac.FaultBus},
		{"dig_P1 blank", blank(0x88, 6), hvac.FaultBus},
		{"calibration never copied", set(0xF3, 0x01), hvac.FaultTimeout},
		{"ctrl_hum does not stick", set(0xF2, 0x00), hvac.FaultResetValue},
		{"ctrl_hum of somebody else", set(0xF2, 0x05), hvac.FaultResetValue},
		{"a temperature no chip can measure", func(w, r []byte, inner func(w, r []byte) error) error {
			err := inner(w, r)
			if w[0] == 0xF7 {
				r[3], r[4], r[5] = 0xF0, 0, 0
			}
			return err
		}, hvac.FaultRange},
		{"humidity element dead", func(w, r []byte, inner func(w, r []byte) error) error {
			err := inner(w, r)
			if w[0] == 0xF7 {
				r[6], r[7] = 0, 0
			}
			return err
		}, hvac.FaultBus},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b, h, _ := open(t)
				h.sabotage(tt.broken)
				mustRefuse(t, b, 1, tt.fault)
				h.sabotage(nil)
				mustSense(t, b, 2, 21.3, 45, 101325)
			})
		})
	}
}

// TestClimateHungTransfer: a transfer that never returns holds up neither Sense for long
// nor Latest nor Close, and when it does return late its answer is not used.
func TestClimateHungTransfer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, _ := open(t)
		mustSense(t, b, 1, 21.3, 45, 101325)
		release := make(chan struct{})
		h.sabotage(func(w, r []byte, inner func(w, r []byte) error) error {
			if w[0] == 0xF7 {
				<-release
			}
			return inner(w, r)
		})
		begun := time.Now()
		mustRefuse(t, b, 2, hvac.FaultBus)
		if d := time.Since(begun); d != 3*time.Second {
			t.Errorf("Sense gave up after %v, want 3s", d)
		}
		if err := b.Climate().Sense(3); !errors.Is(err, drivers.ErrBusy) {
			t.Errorf("Sense beside a hung one: %v, want ErrBusy", err)
		}
		close(release)
		h.sabotage(nil)
		synctest.Wait()
		if r, fault := b.Climate().Latest(); r.At != 1 || fault == hvac.FaultNone {
			t.Errorf("the late answer was used: %v, fault %v", r, fault)
		}
		mustSense(t, b, 4, 21.3, 45, 101325)
	})
}

func TestClimateSlowRoundIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, _ := open(t)
		h.sabotage(func(w, r []byte, inner func(w, r []byte) error) error {
			time.Sleep(900 * time.Millisecond)
			return inner(w, r)
		})
		mustRefuse(t, b, 1, hvac.FaultTimeout)
		if n := len(h.transfers()); n != 3 {
			t.Errorf("%d transfers of 0.9 s begun in 2 s, want 3", n)
		}
	})
}

// TestClimateSlowConversionIsCutOff: a status that stays busy is given up after a second
// also where each read of it is so slow that the count never gets there.
func TestClimateSlowConversionIsCutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, _ := open(t)
		mustSense(t, b, 1, 21.3, 45, 101325)
		polls := 0
		h.sabotage(func(w, r []byte, inner func(w, r []byte) error) error {
			err := inner(w, r)
			if w[0] == 0xF3 {
				polls++
				time.Sleep(300 * time.Millisecond)
				r[0] = 0x08
			}
			return err
		})
		mustRefuse(t, b, 2, hvac.FaultTimeout)
		if polls != 4 {
			t.Errorf("%d reads of 0.3 s in a limit of 1 s, want 4", polls)
		}
	})
}

// TestClimateSurvivesAPanic: whatever happens inside driver and bus, the program with
// the relays in its hands goes on.
func TestClimateSurvivesAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, h, _ := open(t)
		h.sabotage(func(w, r []byte, inner func(w, r []byte) error) error {
			if w[0] == 0xF7 {
				panic("21.37 degrees")
			}
			return inner(w, r)
		})
		for now := time.Duration(1); now <= 2; now++ {
			if err := mustRefuse(t, b, now, hvac.FaultBus); !strings.Contains(err.Error(), "panic") || strings.Contains(err.Error(), "21.37") {
				t.Errorf("the panic came out as %v", err)
			}
		}
		h.sabotage(nil)
		mustSense(t, b, 3, 21.3, 45, 101325)
	})
}

func TestClimateBusy(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, _, _ := open(t)
		done := make(chan error)
		go func() { done <- b.Climate().Sense(1) }()
		time.Sleep(time.Millisecond)
		if err := b.Climate().Sense(2); !errors.Is(err, drivers.ErrBusy) {
			t.Errorf("second Sense: %v, want ErrBusy", err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
		if r, _ := b.Climate().Latest(); r.At != 1 {
			t.Errorf("reading of %v, want 1", r.At)
		}
	})
}

func TestLatestAllocatesNothing(t *testing.T) {
	b, _, _ := open(t)
	if n := testing.AllocsPerRun(100, func() { b.Climate().Latest(); b.Doors(); b.Buttons() }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}
