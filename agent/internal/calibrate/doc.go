// Package calibrate is the arithmetic of a sensor's correction: how a sensor settles
// after a cold start, when a reading may be held against a better thermometer, and what
// was corrected when, and why. It is pure: no clock, no file, no sensor.
//
//	Fit(samples)             drift since a cold start: self-heating, and the room's own
//	trail.Settled(now)       may a reading be compared now?
//	history.Correct(entry)   a new correction, refused beyond ±MostK
//	history.Forget(entry)    back to sensor.offset alone
//
// # The one home
//
// sensor.offset of quietstat.toml is the base: what whoever built the thermostat knows.
// What was measured afterwards stands in control's state and is added to it. Nothing
// here ever writes the configuration. The sum stays within ±MostK, the bounds of
// sensor.offset itself.
//
// # Self-heating
//
// A BME280 beside a warm processor reads too high. After a cold start the board warms
// up like a body with one heat capacity, T(t) = T∞ − A·e^(−t/τ) (Newton's law of
// cooling, seen from the other side), while the room drifts on its own, in less than an
// hour nearly a straight line. Fit finds both together; it says so when the samples
// cannot tell them apart, which is the case when the window is not much longer than τ,
// or when something heats the room meanwhile.
//
// # Settled
//
// A reading is compared only when the last Span of samples stays within SpreadK and has
// no hole longer than gap. Self-heating that still goes on, a window just opened, a
// hand on the sensor: all of them move more than that.
package calibrate
