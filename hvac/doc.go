// Package hvac decides what the house should do. It is pure: no clock, no
// goroutine, no device, no network; one function from a state and an input to
// the next state, the outputs and the reasons for them.
//
//	state, out, why := hvac.Step(state, hvac.Input{Now: boot, Reading: r, ...})
//
// Call it every Params.Tick (1 s as shipped) and put Outputs.Call on the relays
// before doing anything else with the result. The caller keeps mode and setpoint;
// State carries the rest and survives a restart through Save and Restore.
//
// # Units and signs
//
// Temperatures are in °C, differences in K, humidity in %, pressure in Pa. Every
// time.Duration that is an instant is CLOCK_BOOTTIME, which runs through suspend
// and is never set. Demand is a share of the equipment: 1 is full heating, -1 full
// cooling.
//
// # Who may overrule whom
//
// Strongest first; each line acts through the ones above it.
//
//	overheat   from Params.Overheat on heating ends at once, until 2 K below. The only
//	           thing that may cut a run short.
//	dwell      no run shorter than MinOn, no pause shorter than MinOff (CoolDwell for the
//	           compressor), Changeover between heating and cooling. A start counts as the
//	           end of a run, because nobody knows what ran before.
//	frost      below FrostFloor the house heats to floor + 1 K: in every mode, off too, and
//	           with every door open.
//	sensor     without a temperature to trust nothing runs, save for the frost duty below.
//	doors      an open door pauses comfort.
//	mode       off asks for nothing.
//	comfort    the controller.
//
// So a door, a sensor fault, a new setpoint or a new mode end a heating run only
// when its MinOn (180 s as shipped) is over. That wait is short, bounded and
// harmless; a burner or compressor stopped every minute is not. On the relay pin
// every run is at least MinOn, except one that the overheat cut-out ended. Times on
// the pin are exact to the lateness of the caller's loop.
//
// Step without Params, or with Params that do not pass Validate, switches
// everything off at once: then nobody knows what is wired.
//
// # The sensor
//
// A sample is good if it is finite, between PlausibleMin and PlausibleMax, not from
// the future, and no further from the last one than SpikeLimit plus MaxRate times
// the time between them; a larger jump must last SpikeConfirm. The last good sample
// counts for StaleAfter. Bus trouble (FaultBus, FaultTimeout, FaultResetValue) rides
// on it meanwhile; a fault that casts doubt on the value itself (FaultStuck,
// FaultChip, FaultRange) does not. Neither does one that shows the same to the last
// digit for FrozenAfter although something was heated or cooled.
//
// # Without the sensor
//
// In this order, from the first step on, at boot too. Each has a reason of its own.
//
//	SensorSpare  a second sensor (Input.Spare), less the difference learned while both
//	             were good, so that nothing jumps when they change over and back
//	HoldDuty     for HoldFor: heating goes on as in the last hour, but by no more than
//	             the last day needed; nothing if the mode or a door says so
//	FrostDuty    what follows
//
// Blind for LostAfter, the house is heated for a share of the time, if it can be and
// may freeze: the last good temperature was below LostBelow, or there never was one,
// or it was heated to be as warm as it was, or a month has passed. The share is 0.7
// of what the house needed when it was seen, and at least LostDuty. It begins at once
// if the frost floor was heating when sight was lost. That costs comfort and saves
// the pipes. The overheat cut-out is forgotten after half a blind day.
//
// # Doors
//
// A door open for OpenDelay pauses comfort until it has been closed for
// CloseDelay. Integral, reference and remainder stay as they are meanwhile. A door
// that pauses the house for MaxDoorPause is ignored until it closes: a stuck reed
// // must not freeze anybody. See Door for the state diagram. A person can have a door
// ignored for a time (Input.DoorIgnored); if it is open when that is over, the pause
// begins anew. The frost floor acts throughout.
//
// A second witness needs no contact: a room that falls by FallRate for three minutes,
// or by 0.3 of it once heating has been on for twelve, is paused until the fall ends, for
// FallPause at most and then not for two hours. What the four houses do by themselves in
// any weather is half of that at most; see falling.
//
// # What is watched
//
// Equipment that does not do what it is told is told to people, and answered so that
// no house freezes. All limits have bounds and none can be switched off.
//
//	RunTooLong  a run of MaxRun pauses for MinOff (CoolDwell) and goes on
//	NoRise      full demand for NoRiseAfter without a rise of 0.3 K, or for an hour with a
//	            fall of 2 K: from then on a pause of MinOff every hour, for ever
//	StuckRelay  a rise by StuckRise within 4 h, or by 2 K that has not passed after 16 h,
//	            with heating off for up to two days in a house that was heated: nothing
//	            heats until it has cooled by 1 K, or nobody has seen it for half a day,
//	            except the frost floor
//
// Found after, in hours (TestDetection: winter at 2 °C, cold at -10 °C, spring at 10 °C,
// failing at 20:00; open door at -10 °C, one leaf and no contact):
//
//	house  wire cut  contact welded  open door
//	A           6              10        0.5
//	E           6              20        0.5
//	R           6              10        0.5
//	U          12              20        0.5
//
// In the same houses nothing of it is told in two weeks of any of those weathers, with
// sun, people and cooking (TestNoFalseAlarms).
//
// # The controller
//
// Two laws, one at a time: a PID, which knows nothing of the house and is never wrong about
// it, until the house is known and whenever it no longer is; then what was learned.
//
// The PID has the two-degree-of-freedom form: derivative on the filtered measurement,
// setpoint weight by a reference that follows the setpoint, integral clamped to
// what equipment can give and frozen while off, paused, blocked by dwell, saturated
// or blind, and across gaps of the loop. The integral further ignores the part of an
// error that the room is already closing by itself, which is what keeps a long
// warm-up from overshooting without knowing the house. Changes of gains move the
// integral so that the demand stays where it was. See PID.
//
// Where the temperature outside is known, the PID is fed forward: the energy signature of
// the house, which is learned from a day at least of rooms at rest, times what the
// setpoint is above the temperature outside as walls feel it. The integral is calculated
// back, so that nothing moves when that temperature comes or goes. The learned law has
// its own ways, and no need of it. See Weather.
//
// A restart changes nothing (restart mode last), unless Params.FreshStart has integral and
// remainder begin anew: at RestartDuty (fixed), or at nothing (zero). See resume.
//
// Demand becomes relay time by what the house is owed: see Relay. A steady demand u gives
// runs of m/(1-u) and pauses of m/u, m being what MostCycles per hour ask for
// (QuickCycles in a house known to be quick), or MinOn and MinOff where these are longer;
// and no run begins much sooner after the last one. Below that stands a guard that knows
// nothing of demand and keeps the dwell times whatever the modulation asks for.
//
// # What is learned of the house
//
// How it answers to heating, as a sum of first-order responses of fixed times: see Learned
// for the Kalman filter over their shares and over the part of the temperature that
// heating does not explain. It learns in every mode from every minute heated or not,
// whoever drives; not while a door is open, the house is cooled, a second stage helps or
// nobody sees the temperature, and not from a minute that no such house explains (a stove,
// a window). How the sensor's samples scatter tells how much each is worth.
//
// The law (see predict) looks as far ahead as full heating needs to come through, and asks
// for the constant share that brings the room to the setpoint then. It drives in the modes
// heat and auto, if Params.Predict allows it, from an hour of learning on, once the rise
// is known to half of itself. Cooling is the PID's. Deadband is, too: the law has no
// integral to leave alone. Meanwhile the PID's integral is calculated back, so that taking
// over again moves nothing.
//
// Trust ends when the room is 0.7 K off on the mean of some hours that the law was free
// to act in: then the PID drives for a day. It also ends when three hours of minutes
// surprise more than weather, people and doors do in a house that is the learned one
// (Learned.Surprise): another boiler, another wall, another house. Then all shares are in
// doubt as at the start, and the law drives again when they no longer are, after an hour
// at least.
//
// Of a setpoint that is known to come (Input.Ahead) the law makes an early start, at the
// last moment from which full heating arrives in time, if that is known well enough; and
// an early stop, half an hour before a setback at most, if the warmth there is lasts. Both
// have a reason of their own, and Params.NoEarly does without. See Early.
//
// Save keeps the shares with their covariance, the recent heating, how long was learned,
// and trust; the drift of the hour is not kept. Damaged numbers are no knowledge, and trust
// is not given back to a house without a law. State.Forget takes everything away, the
// energy signature too; gains and integral stay.
//
// # Equipment
//
// Below the guard a layer turns the call into lines: see Equipment, Work and Plant.
// Work is one value, so there is no word for heat and cold together. Each line keeps a
// shortest run and pause of its own on the pin: MinOn and MinOff for stages and
// auxiliary heat, CoolDwell for whatever has a compressor; a start counts every line as
// switched off just now. What the lines could not do yet, because a valve rests or the
// fan goes ahead, the call has not done either: Relay counts what is on the pins, and
// what a run lost at its beginning stays owed.
//
//	stage 2, aux   help when demand has been at 0.95 or more for SecondAfter, or at once in
//	               a room SecondError too cold; until demand is below 0.75 or the call ends.
//	lock-outs      auxiliary heat does not begin while it is warmer outside than AuxAbove,
//	               the compressor does not heat below CompressorBelow; both with 1 K of
//	               hysteresis. A temperature that nobody knows locks nothing out. A line
//	               that is on when it is locked out ends with its dwell.
//	valve          moves only while the compressor is off, at the first run of the other
//	               side, and rests ValveRest before the compressor starts. It stays there.
//	fan            FanPreRun ahead of a run that uses it, FanRunOn after it, and the rest of
//	               FanCirculate at the end of each hour, in every mode but off.
//	mode dry       above Humidity cools half of the time, in runs as short as they may be,
//	               or runs the dehumidifier; until 3 % below, or 1 K below the setpoint.
//
// # Cost
//
// Step allocates nothing. Products are rounded explicitly (float64(a*b) + c), so
// that machines with fused multiply-add agree to the last bit: testdata holds whole
// days that must come out the same on amd64, arm and arm64.
package hvac
