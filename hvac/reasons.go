package hvac

import "time"

// ReasonKind says what kind of thing a Reason tells.
type ReasonKind uint8

// The kinds, with the fields of Reason each one fills.
const (
	ReasonNone        ReasonKind = iota
	ParamsMissing                // Step was called without parameters: everything off
	ParamsInvalid                // a parameter is out of bounds: everything off
	ClockBack                    // the clock ran backwards; no time was counted
	LoopGap                      // Since: no step for this long; nothing was learned across it
	SensorAbsent                 // Since: no good sample since the start
	SensorStale                  // Since: age of the last good sample
	SensorFaulty                 // Value: the SensorFault; Left: how long the last good sample still counts, 0 if it does not
	SensorImplausible            // Value: a sample no room can have (°C; 0 if not a number), or one from the future
	SensorSpike                  // Value: jump in K; Left: until it would be believed
	DoorOpen                     // Door, Since: open for this long, comfort pauses
	DoorClosing                  // Door, Since: closed for this long; Left: until comfort resumes
	DoorPauseExpired             // Door, Since: it held comfort back this long and is now ignored
	FrostFloor                   // Value: the floor in °C; heating whatever the mode
	FrostDuty                    // Since: blind for this long; Value: share of time heating is on
	Overheat                     // Value: the limit in °C; heating is cut
	ModeIsOff                    // the household asked for nothing
	ModeUnknown                  // Value: a mode that does not exist, treated as off
	SetpointInvalid              // the setpoint is not a number, treated as off
	SetpointClamped              // Value: the nearest allowed setpoint in °C, which is used
	CannotHeat                   // heating is asked for, but no relay is wired for it
	CannotCool                   // cooling is asked for, but no relay is wired for it
	Saturated                    // Value: 1 or -1; the equipment gives all it has
	DwellOn                      // Left: until the run may end
	DwellOff                     // Left: until the next run may begin
	StartupDwell                 // Left: the same after a start, when the last run is unknown
	ChangeoverPause              // Left: until the other of heating and cooling may begin
	SensorFrozen                 // Since: samples have been the same to the last bit for this long
	SensorSpare                  // Since: age of the first sensor's last good sample; Value: K the second one reads warmer
	SpareFaulty                  // Value: the SensorFault of the second sensor; Since: age of its last good sample
	HoldDuty                     // Value: share of time heating is on as it lately was; Left: until that ends
	DoorBypassed                 // Door, Since: open for this long; Left: until it pauses again
	FallPause                    // Since: paused for this long; Left: at most; Value: slope of the room in K/min
	RunTooLong                   // Since: the longest run; it must pause
	NoRise                       // Since: heated at full demand for this long without effect
	StuckRelay                   // Since: heating has been off for this long; Value: K the room got warmer meanwhile
	SecondStage                  // the second heating stage is on
	AuxHeat                      // auxiliary heat is on
	AuxLocked                    // Value: °C outside from which on auxiliary heat is locked out
	CompressorLocked             // Value: °C outside below which the compressor is locked out
	ValveRests                   // Left: until the compressor may start behind its reversing valve
	FanFirst                     // Left: until the run that the fan goes ahead of may begin
	CannotDry                    // drying is asked for, but nothing is wired that could
	HumidityUnknown              // drying is asked for, but nobody knows how humid it is
	Drying                       // Value: the humidity in % that the room is dried to
	Dehumidifying                // the dehumidifier is on
	HouseKnown                   // Since: time the house was learned from; Value: standard deviation of what heating does to it, as a share
	EarlyStart                   // Left: until the setpoint to come; Value: that setpoint in °C; heating to it has begun
	EarlyStop                    // Left: until the setpoint to come; Value: that setpoint in °C; the warmth there is lasts until then
	Idle                         // nothing is on
	Heating                      // the heating relay is on
	Cooling                      // the cooling relay is on
	kinds
)

// Reason is one typed statement about a step. Which fields beside Kind hold
// something is listed at the kinds.
type Reason struct {
	Kind  ReasonKind
	Door  int8 // index into Input.Doors
	Left  time.Duration
	Since time.Duration // how long it has been so
	Value float64
}

// MaxReasons is how many statements one step can make.
const MaxReasons = 16

// Reasons is why Outputs are what they are: first what is odd about the inputs,
// then what holds the house back, last what is on. A full list drops the rest,
// save for the last entry.
type Reasons struct {
	List [MaxReasons]Reason
	N    int
}

// add appends r; in a full list it replaces the last entry, because what is on
// matters more than the tenth complaint.
func (rs *Reasons) add(r Reason) {
	if rs == nil { // nobody wants to know
		return
	}
	if !finite(r.Value) { // JSON cannot carry it
		r.Value = 0
	}
	if rs.N < MaxReasons {
		rs.N++
	}
	rs.List[rs.N-1] = r
}

// Has reports whether a reason of this kind is in the list.
func (rs *Reasons) Has(k ReasonKind) bool {
	_, ok := rs.Find(k)
	return ok
}

// Find returns the first reason of this kind.
func (rs *Reasons) Find(k ReasonKind) (Reason, bool) {
	for _, r := range rs.List[:min(max(rs.N, 0), MaxReasons)] {
		if r.Kind == k {
			return r, true
		}
	}
	return Reason{}, false
}
