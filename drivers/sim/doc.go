// Package sim is a thermostat board without hardware: a BME280 down to its registers on
// an I²C bus, and GPIO lines that behave like those of periph's gpioioctl, bad habits
// included. Real drivers run on it unmodified.
//
//	board := sim.New(seed)
//	board.SetClimate(21.3, 45, 101325)
//	board.OnOutput(func(pin string, level gpio.Level) { ... })
//	b, err := drivers.Open(board, options)
//
// The board belongs to whoever simulates the house. Another process can use it through
// Serve and Dial, which speak at the level of bus transfers and pin levels, so a killed
// client is a dead controller in front of a living house: its outputs stay driven, as
// a Raspberry Pi's kernel keeps them.
//
// # Sensor
//
// Raw values come from Bosch's double precision formulas (BST-BME280-DS002 appendix
// 8.1) by bisection, carry the datasheet's noise drawn from the seed and are cut to the
// resolution of the chosen oversampling. The same seed and the same sequence of
// climates and conversions give the same bits. Forced mode is modelled in full; normal
// mode is accepted and never yields data, so a driver that relies on it sees the
// power-on values. Writes are (register, value) pairs and reads count up, as on I²C.
//
// A conversion lasts the datasheet's maximum on the board's clock (SetClock; without
// one, real time). The driver sleeps for the typical time in real time and then polls
// the status. Under a virtual clock that stands still meanwhile, the model takes the
// first status read at an unchanged instant as proof that the driver has done its
// waiting and ends the conversion there. So both work and neither depends on the
// speed of the machine.
//
// # Pins
//
// Lines are GPIO0 to GPIO27 on a chip labelled Label. An input reads what SetLevel,
// SetDoor or Press put on it, else its pull. Reading an output, or asking for its
// function, turns it into a pulled-up input and Driven then says so: that is what
// gpioioctl does, and how a test catches whoever reads a relay. WaitForEdge with a
// negative timeout returns at once and with zero waits for ever, as there.
//
// # Faults
//
// SetFault and ClearFault switch the faults of type Fault; BrownOut is the plain loss
// of supply for an instant.
//
// The periph.io/x/conn/v3 interfaces are what it implements; math/rand/v2 gives the
// reproducible noise.
package sim
