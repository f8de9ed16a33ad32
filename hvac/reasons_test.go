package hvac

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestKindNamesAreStable(t *testing.T) {
	snake := regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`)
	seen := map[string]bool{}
	for k := range kinds {
		s := k.String()
		if !snake.MatchString(s) || seen[s] {
			t.Errorf("kind %d is called %q: want a unique snake_case name", k, s)
		}
		seen[s] = true
	}
	if got := kinds.String(); got != fmt.Sprintf("reason(%d)", uint8(kinds)) {
		t.Errorf("a kind beyond the last prints %q", got)
	}
}

func TestReasonTexts(t *testing.T) {
	tests := []struct {
		r    Reason
		want string
	}{
		{Reason{}, "no reason"},
		{Reason{Kind: ParamsMissing}, "everything is off: there are no control parameters"},
		{Reason{Kind: ParamsInvalid}, "everything is off: a control parameter is out of bounds"},
		{Reason{Kind: ClockBack}, "the clock ran backwards; no time was counted"},
		{Reason{Kind: LoopGap, Since: 90 * time.Second}, "the control loop stood still for 1m30s"},
		{Reason{Kind: SensorAbsent, Since: 5 * time.Second}, "the climate sensor has not given a good sample yet (5s)"},
		{Reason{Kind: SensorStale, Since: 121 * time.Second}, "the last good sample is 2m1s old, too old to control by"},
		{Reason{Kind: SensorFaulty, Value: float64(FaultBus)}, "the climate sensor has a fault: no answer on the bus (cable, address or power)"},
		{Reason{Kind: SensorFaulty, Value: float64(FaultTimeout), Left: 90 * time.Second}, "the climate sensor has a fault: a conversion never ended; its last good sample counts for another 1m30s"},
		{Reason{Kind: SensorFaulty, Value: float64(FaultStuck)}, "the climate sensor has a fault: its value is frozen, so it is not believed"},
		{Reason{Kind: SensorImplausible, Value: 99}, "the climate sensor reported something no room can have; the sample is ignored"},
		{Reason{Kind: SensorSpike, Value: 5.04, Left: 59500 * time.Millisecond}, "the temperature jumped by 5.0 K; waiting 1m0s for it to be confirmed"},
		{Reason{Kind: DoorOpen, Door: 0, Since: 45 * time.Second}, "paused: door 1 has been open for 45s"},
		{Reason{Kind: DoorClosing, Door: 1, Left: time.Minute}, "paused: door 2 closed, resuming in 1m0s"},
		{Reason{Kind: DoorPauseExpired, Door: 7, Since: time.Hour}, "door 8 is ignored until it closes: it paused the house for 1h0m0s"},
		{Reason{Kind: FrostFloor, Value: 7}, "frost protection: the room fell below 7 °C and is heated to 8 °C"},
		{Reason{Kind: FrostDuty, Value: .15, Since: 2 * time.Hour}, "frost protection without a sensor: heating 15 % of the time after 2h0m0s blind"},
		{Reason{Kind: Overheat, Value: 35}, "heating is cut: the room reached 35 °C and is not below 33 °C yet"},
		{Reason{Kind: ModeIsOff}, "the mode is off"},
		{Reason{Kind: ModeUnknown}, "the mode is not one of off, heat, cool, auto, dry; treated as off"},
		{Reason{Kind: SetpointInvalid}, "the setpoint is not a number; treated as off"},
		{Reason{Kind: SetpointClamped, Value: 30}, "the setpoint is out of range; 30.0 °C is used"},
		{Reason{Kind: CannotHeat}, "heating is asked for, but no heating relay is wired"},
		{Reason{Kind: CannotCool}, "cooling is asked for, but no cooling relay is wired"},
		{Reason{Kind: Saturated, Value: 1}, "all that the equipment can give is asked for"},
		{Reason{Kind: DwellOn, Left: 130 * time.Second}, "the run goes on for 2m10s: shortest run time"},
		{Reason{Kind: DwellOff, Left: time.Second}, "the next run waits 1s: shortest pause"},
		{Reason{Kind: StartupDwell, Left: 3 * time.Minute}, "the first run waits 3m0s: the last one before the start is unknown"},
		{Reason{Kind: ChangeoverPause, Left: time.Minute}, "waiting 1m0s between heating and cooling"},
		{Reason{Kind: SecondStage}, "the second stage helps"},
		{Reason{Kind: AuxHeat}, "auxiliary heat is on"},
		{Reason{Kind: AuxLocked, Value: 10}, "auxiliary heat is locked out above 10 °C outside"},
		{Reason{Kind: CompressorLocked, Value: -15}, "the compressor is locked out below -15 °C outside; auxiliary heat stands in for it"},
		{Reason{Kind: ValveRests, Left: 30 * time.Second}, "the compressor waits 30s: its reversing valve has moved"},
		{Reason{Kind: FanFirst, Left: 20 * time.Second}, "the run waits 20s: the fan goes ahead"},
		{Reason{Kind: HouseKnown, Since: 26*time.Hour + 40*time.Second, Value: 0.04}, "the house is known from 26h0m0s: what heating does to it is sure to 4 %"},
		{Reason{Kind: EarlyStart, Left: 90 * time.Minute, Value: 21}, "heating early, to have 21.0 °C in 1h30m0s"},
		{Reason{Kind: EarlyStop, Left: 10 * time.Minute, Value: 17}, "not heating any more: the warmth lasts for the 10m0s until 17.0 °C are wanted"},
		{Reason{Kind: CannotDry}, "drying is asked for, but neither cooling nor a dehumidifier is wired"},
		{Reason{Kind: HumidityUnknown}, "drying is asked for, but the humidity is not known"},
		{Reason{Kind: Drying, Value: 55}, "drying the air to 55 %"},
		{Reason{Kind: Dehumidifying}, "the dehumidifier is on"},
		{Reason{Kind: SensorFrozen, Since: 3 * time.Hour}, "the climate sensor has shown the same to the last digit for 3h0m0s, so it is not believed"},
		{Reason{Kind: SensorSpare, Value: 0.04}, "the second sensor stands in for the first"},
		{Reason{Kind: SensorSpare, Value: -0.66}, "the second sensor stands in for the first; it reads -0.7 K differently, which is taken off"},
		{Reason{Kind: SpareFaulty}, "the second sensor gives nothing to control by"},
		{Reason{Kind: SpareFaulty, Value: float64(FaultBus)}, "the second sensor has a fault: no answer on the bus (cable, address or power)"},
		{Reason{Kind: HoldDuty, Value: 0.42, Left: time.Hour}, "without a sensor: heating 42 % of the time, as it lately was, for another 1h0m0s"},
		{Reason{Kind: DoorBypassed, Door: 2, Left: time.Hour}, "door 3 is open and pauses nothing for another 1h0m0s, as somebody asked"},
		{Reason{Kind: FallPause, Left: 29 * time.Minute}, "paused: the room cools so fast that something must be open; at most for another 29m0s"},
		{Reason{Kind: RunTooLong, Since: 24 * time.Hour}, "a run has lasted for 24h0m0s: it pauses as briefly as it may and goes on"},
		{Reason{Kind: NoRise, Since: 6 * time.Hour}, "heating has had no effect for 6h0m0s: check the relay, the heater and its fuel, and the windows; it is tried again every hour"},
		{Reason{Kind: StuckRelay, Value: 5.04}, "the room got 5.0 K warmer with heating off: the relay may be stuck; cut the supply of the heater, unless something else heats"},
		{Reason{Kind: Idle}, "nothing is on"},
		{Reason{Kind: Heating}, "heating"},
		{Reason{Kind: Cooling}, "cooling"},
		{Reason{Kind: 200}, "no reason"},
	}
	seen := map[ReasonKind]bool{}
	for _, tt := range tests {
		seen[tt.r.Kind] = true
		if got := tt.r.String(); got != tt.want {
			t.Errorf("%v:\n got  %s\n want %s", tt.r.Kind, got, tt.want)
		}
	}
	for k := range kinds {
		if !seen[k] {
			t.Errorf("kind %v has no text in this table", k)
		}
	}
}

func TestEveryFaultHasWords(t *testing.T) {
	seen := map[string]bool{}
	for f := FaultBus; f <= FaultRange; f++ {
		text := faultText(float64(f))
		if text == "unknown" || seen[text] || strings.Contains(f.String(), "(") {
			t.Errorf("fault %d: %q, %q", f, f, text)
		}
		seen[text] = true
	}
	if got := faultText(99); got != "unknown" {
		t.Errorf("fault 99: %q", got)
	}
}

func TestAFullListKeepsTheLastEntry(t *testing.T) {
	var rs Reasons
	for range MaxReasons + 3 {
		rs.add(Reason{Kind: DoorOpen})
	}
	rs.add(Reason{Kind: Heating})
	if rs.N != MaxReasons || rs.List[MaxReasons-1].Kind != Heating || !rs.Has(Heating) || rs.Has(Idle) {
		t.Errorf("%+v", rs)
	}
	rs.N = 99
	if _, ok := rs.Find(Idle); ok {
		t.Error("found what is not there")
	}
}
