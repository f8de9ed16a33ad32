package drivers_test

import (
	"strings"
	"testing"

	"quietstat/drivers"
	"quietstat/drivers/sim"
)

func TestScanBusNamesWhatAnswers(t *testing.T) {
	board := sim.New(1)
	for _, address := range []uint16{0x76, 0x77} {
		board.SetAddress(address)
		found, err := drivers.ScanBus(board, "1")
		if err != nil || len(found) != 1 || found[0].Address != address || found[0].ID != 0x60 || found[0].Chip() != "BME280" {
			t.Errorf("%#x: %+v, %v", address, found, err)
		}
	}
	board.FitSecond(0x76, 2)
	if found, err := drivers.ScanBus(board, "1"); err != nil || len(found) != 2 {
		t.Errorf("two sensors: %+v, %v", found, err)
	}
	dead := sim.New(2)
	dead.SetFault(sim.SensorDead)
	if found, err := drivers.ScanBus(dead, "1"); err != nil || len(found) != 0 {
		t.Errorf("an empty bus: %+v, %v", found, err)
	}
	if _, err := drivers.ScanBus(board, "9"); err == nil {
		t.Error("a bus that is not there was scanned")
	}
}

func TestChipsByTheirID(t *testing.T) {
	for id, want := range map[byte]string{0x60: "BME280", 0x58: "BMP280", 0x61: "BME680", 0x55: "BMP180", 0xFF: "unknown chip, id 0xff"} {
		if got := (drivers.Answer{ID: id}).Chip(); !strings.HasPrefix(got, want) {
			t.Errorf("%#x is %q, want %q", id, got, want)
		}
	}
}

func TestSurveyFindsLinesByLabel(t *testing.T) {
	lines := make([]drivers.LineState, 28)
	lines[17].Holder = "w1"
	s := drivers.Survey{Chips: []drivers.ChipState{
		{Name: "gpiochip0", Label: "raspberrypi-exp-gpio", Lines: make([]drivers.LineState, 8)},
		{Name: "gpiochip4", Label: "pinctrl-bcm2835", Lines: lines},
	}}
	name, line, err := s.Find("", "GPIO17")
	if err != nil || name != "gpiochip4" || line.Holder != "w1" {
		t.Errorf("%q %+v %v", name, line, err)
	}
	if _, _, err := s.Find("pinctrl-rp1", "GPIO17"); err == nil || !strings.Contains(err.Error(), "there are: raspberrypi-exp-gpio, pinctrl-bcm2835") {
		t.Errorf("a chip that is not there: %v", err)
	}
	if _, _, err := s.Find("", "GPIO99"); err == nil {
		t.Error("a line that is not there was found")
	}
}

func TestLookClaimsNothing(t *testing.T) {
	first, err := drivers.Look()
	if err != nil {
		t.Fatal(err)
	}
	again, err := drivers.Look()
	if err != nil || len(again.Chips) != len(first.Chips) || len(first.Loaded)+len(first.Failed) == 0 {
		t.Errorf("%+v, then %+v, %v", first, again, err)
	}
	for _, c := range again.Chips {
		for _, l := range c.Lines {
			if strings.HasPrefix(l.Holder, "drivers.test") {
				t.Errorf("line %q of %s was claimed", l.Name, c.Label)
			}
		}
	}
}
