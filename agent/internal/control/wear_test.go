package control

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

func TestLinesOfEverySortOfEquipment(t *testing.T) {
	for name, want := range map[string][]hvac.Line{
		"furnace":  {hvac.LineHeat, hvac.LineHeat2, hvac.LineCool, hvac.LineFan},
		"heatpump": {hvac.LineAux, hvac.LineCompressor, hvac.LineReversing, hvac.LineFan},
		"boiler":   {hvac.LineHeat},
	} {
		b, err := config.ExampleFor(name)
		if err != nil {
			t.Fatal(err)
		}
		c, err := config.Parse(name, b)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, linesOf(c)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func TestWearTellsWholeSeconds(t *testing.T) {
	var p hvac.Plant
	p.Lines[hvac.LineHeat] = hvac.Span{On: true, Wear: hvac.Wear{Starts: 3, On: 90*time.Second + 999*time.Millisecond}}
	want := []local.Wear{{Relay: "heat", On: true, Starts: 3, OnS: 90}, {Relay: "fan"}}
	if diff := cmp.Diff(want, wear([]hvac.Line{hvac.LineHeat, hvac.LineFan}, &p)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if got := wear(nil, &p); got == nil { // scripts get a list
		t.Error("no list")
	}
}
