// Package tune measures a house with a relay experiment, fits models to what it saw,
// and proposes gains that have been tried on a simulated copy of the house first. It
// is pure: no clock, no goroutine; the caller drives both halves.
//
//	e, err := tune.New(tune.Options{Setpoint: 21, MinOn: p.MinOn, MinOff: p.MinOff}, now, temperature)
//	for status.Running() { // once per tick, beside hvac.Step
//		call, status = e.Step(now, tune.Sample{At: r.At, Valid: true, Temperature: r.Temperature}, heating, paused)
//		in.Probe = hvac.Probe{Active: status.Running(), Call: call}
//		state, out, why = hvac.Step(state, in) // stays the judge of everything
//	}
//	result, err := tune.Evaluate(e.Record(), params, tune.Auto) // seconds of arithmetic: not in the loop
//	params.Gains = result.Gains                                   // the old ones unless better ones were found
//
// # The experiment
//
// Relay feedback (Åström and Hägglund, "Automatic tuning of simple regulators with
// specifications on phase and amplitude margins", Automatica 20, 1984) with
// hysteresis and bias. Heating is off for some minutes while the noise of the sensor
// is measured; then it is on below and off above a band around the setpoint, or
// around the present temperature where the setpoint is more than 1 K away, because
// nobody should wait for a cold house to warm up before its tuning starts. The band
// is 0.1 K to either side, or four times the noise if that is more. Every other
// stroke upwards goes further than the band: the bias, without which a load of half
// the power gives a symmetrical wave that says nothing about slow parts of the house.
//
// Step is told what the relay really does and whether a door pauses the house. While
// it does, the experiment waits; the stroke a door disturbed is thrown away, and the
// fit begins a new stretch after it. Step allocates nothing; the record has a cell
// for every 30 s and at most 24 h.
//
// An experiment ends by itself: Done, or Failed with a Failure that says why, after
// Options.TimeLimit (24 h at most) in any case, and long before that where no stroke
// ends (Failure lists the limits). Abort ends it at once.
//
// # The fits
//
// Output-error least squares: a simulated response to the recorded relay is held
// against the recorded temperature, with a constant, the trace of an unknown load and
// a slow drift as free terms. FirstOrder and SecondOrder have a gain, one or two time
// constants and a dead time, found by a simplex search (Nelder and Mead, Computer
// Journal 7, 1965). Steps is the step response as a sum of fixed time constants after
// a dead time, non-negative, by least squares with a weak prior: a test of an hour
// cannot know what the house does in a day, and the covariance says so. Each fit says
// how its residual compares with the noise, and how sure each parameter is.
//
// # The gains
//
// SIMC (Skogestad, "Simple analytic rules for model reduction and PID controller
// tuning", Journal of Process Control 13, 2003) with the closed-loop time chosen for
// the dead time and for the relay's shortest cycle; AMIGO (Åström and Hägglund,
// "Revisiting the Ziegler-Nichols step response method for PID control", Journal of
// Process Control 14, 2004); and variations around both. Every candidate and the old
// gains are put through hvac.Step on the fitted house (house.NewModelled), with sensor
// noise and dwell: a step, a setback and a change of load, on the house as fitted and
// with gain and dead time off by 30 % either way. The best one that is stable, does
// not overshoot by 0.5 K, keeps below the cycle limit and beats the old gains is
// proposed; if none does, the old ones stay, and the report says so. The trial is of the
// PID (Params.Predict off): it is what drives a house until it is known. What the
// experiment taught of the house itself is in Result.House and Result.Steps, for whoever
// predicts.
//
// # What it reaches
//
// In the houses of hvac/house, from rest at 19 or 21 °C in 0 to 8 °C outdoors, with
// three seeds and samples every 10 or 60 s (TestExperimentIsDoneInTime): done within
// 1.2 h (A), 1.7 h (E), 2.7 h (R) and 15 h (U); with a door open for ten minutes in the
// middle within 1.5, 2.5, 3.5 and 24 h. The fitted house then warms in the first hour
// (U: four) like the true one to within 30 %, and to within a factor 1.8 in any of the
// days of TestAnyWinterDay without a door. A door that stands open early leaves a thin
// record: in a light house the fit was seen to be too weak by a factor 2.5, and gains
// from it serve until the house is known from living in it, or until a rollback.
//
// History keeps results for a household, with what is needed to go back.
package tune
