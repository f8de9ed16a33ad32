// Package cosim is the controller for somebody's building model: the real hvac.Step,
// with no thermostat around it. EnergyPlus, Modelica, BOPTEST or thirty lines of
// anything write one JSON object per line and read one line back. The command
// "quietstat cosim" is Serve between standard input and output.
//
//	{"t":0,"temperature":19.2,"humidity":45,"setpoint":21,"outdoor":-3,
//	 "doors":{"front":false},"mode":"heat","schedule":[{"at":21600,"setpoint":18}]}   (one line)
//	{"t":0,"heat":false,"cool":false,"fan":false,"demand":1,"reasons":["saturated","startup_dwell","idle"]}
//
// # A line
//
//	t            s, strictly increasing; any zero, any distance. The only key that must be there
//	temperature  °C, of the room now; missing: no sample, and the last one ages
//	humidity     %
//	setpoint     °C; missing: the last one; before the first there is nothing to keep
//	outdoor      °C; missing: not known in this line
//	doors        name -> true (open) or false, in any order, at most 8; a door that is
//	             missing is not known, which counts as closed
//	mode         off, heat, cool, auto, dry; missing: the last one, heat before the first
//	schedule     transitions known ahead, [{"at":s on the clock of t,"setpoint":°C}]; the
//	             setpoint itself is changed by "setpoint" alone. Missing: none is known
//
// null is the same as missing. A key beside these is an error, as is one that stands
// there twice: a model that writes "setPoint" must not run a year without one.
//
// # An answer
//
//	t        as in the line
//	heat, cool, fan   what the relays do from now until the next line
//	demand   -1 (full cooling) to 1 (full heating), before it is made relay time
//	reasons  kinds of hvac.Reason, most decisive first
//	lines    with equipment that has more relays (--config): the names of those that are on
//	chain    with --explain: the reasons in sentences
//	tune     while an experiment runs, and once at its end: Tuning
//	error    the line could not be used, and why; all outputs are off
//
// There is one answer per line, written before the next line is looked at. After a bad
// line the stream goes on. What ran is off with the error, without its shortest run,
// so the shortest pause counts from the next good line, whose only reason is
// "bad_line". A line longer than MaxLine is a bad line; so is an empty one. A byte order
// mark is borne before the first line alone.
//
// # Time
//
// The first line begins a run: the relays count as switched off at that moment,
// whatever ran before, so nothing starts for the shortest pause. An output holds until
// the next line, and the shortest runs and pauses are kept as the model sees them, at
// the times of lines. A run can therefore be no finer than the lines are apart. Lines
// every 1 to 60 s control alike; every 5 minutes costs some 0.1 K in a light house;
// every 15 minutes one run warms a house with forced air by more than a degree
// (TestEveryDistanceOfLines). A sample counts for two lines, or as long as
// sensor.stale_after says if that is longer; beyond 15 minutes between lines it counts
// for its own line only, and beyond half an hour nothing is learned across.
//
// # What is kept
//
// Without a configuration the controller is as shipped, with heating, cooling and fan
// wired. With one it has that house's equipment, limits and gains, and its door ids are
// the only ones. Memory is what a run leaves to the next at the end of input, at a
// signal, or when nobody reads any more: what the controller has learned (hvac.Saved),
// the gains a tuning found, and its history. Times are not in it. Gains from tuning
// count more than the configuration's. The file is written by package store,
// atomically and checksummed, also once at the start, so that a path that cannot be
// written is known before a year of simulation.
//
// # Tuning
//
// With Options.Tune the relay experiment of hvac/tune drives the model from the first
// line that has a temperature, a setpoint and a mode that heats; a change of setpoint
// meanwhile waits for its end. Lines must be at most 5 minutes apart; every 10 s to
// 60 s is better. Then the gains change, if better ones were found, and control goes on
// in the same run.
package cosim
