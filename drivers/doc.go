// Package drivers is the board: one BME280 climate sensor, up to eight reed switches,
// two push buttons, relays for what heats, cools and blows, and an indicator light, on a Raspberry Pi or
// simulated (package sim).
//
//	board, err := drivers.Open(hw, options)   // relays off before anything else
//	go board.Climate().Sense(now)             // slow: one conversion
//	board.Poll(now)                           // doors and buttons
//	reading, fault := board.Climate().Latest()
//	err = board.SetRelays(outputs)
//	err = board.Close()                       // relays off
//
// # Wiring
//
//	BME280 VIN, GND, SDA, SCL   3.3 V, ground, GPIO2 (pin 3), GPIO3 (pin 5)
//	reed switch                 between its GPIO and ground, closed while the door is closed
//	push button                 between its GPIO and ground
//	relay board IN              its GPIO; supply the coils from 5 V, never from a GPIO
//	indicator                   its GPIO through a resistor to ground
//
// Reeds and buttons use the pull-up inside the Pi. A cut cable therefore reads as an
// open door and as a button that is not pressed. gpioioctl returns "low" when reading
// itself fails, which would look like a closed door; on the lines of the processor
// that needs the chip to vanish, so it is accepted and not watched for.
//
// # Relays
//
// Prefer relay boards that switch on with a high level. The first time a line becomes
// an output the kernel drives it low for some microseconds, before the level asked
// for; a mechanical relay does not notice, a solid-state relay that switches on with
// a low level may. Fix the state at boot with a line like "gpio=17=op,dl" in
// config.txt ("dh" for active-low).
//
// A Raspberry Pi's kernel keeps outputs driven when the program that held them dies
// (raspberrypi/linux #6117, #6150). So a killed program leaves heating as it was:
// SafeOutputs must run after it, and an independent high-limit thermostat in series
// is part of the installation, not an extra.
//
// The relays obey an interlock, whoever decides: what heats goes on only while all that
// cools is certainly off, and the other way round; a heat pump's reversing valve turns
// only while its compressor is certainly off, and the compressor starts only behind a
// valve that is known to stand for its side. A decision against that, or one that
// contradicts itself, is an *InterlockError and switches everything off. The valve
// alone stays where it is then, because moving it makes nothing safer; at the start, at
// Close and in SafeOutputs it follows the compressor to off.
//
// An output is never read back. In gpioioctl reading an output, or asking for its
// function, turns it into an input with a pull-up and lets go of the relay. The type
// behind SetRelays cannot read, and the level last written is kept in memory.
//
// # Climate sensor
//
// The chip is read by the unmodified bmxx80 driver behind a guard on the bus. The
// driver has known defects, which the guard contains (each has a test of its name):
//
//	B1  power-on register values look like a room: refused (hvac.FaultResetValue)
//	B2  a reset in between silently loses the humidity setting: noticed, initialised anew
//	B3  the first sample of continuous sensing is stale: continuous sensing is not used
//	B4  waiting for the end of a conversion has no limit: limited (hvac.FaultTimeout)
//	B5  Halt can deadlock: never called
//	B6  negative dig_H4, dig_H5 are misread: humidity is then computed here
//	B7  bus errors are turned into text: the original is kept (SensorError)
//	B8  filter and standby leave stale data behind: never set
//
// Besides, twelve bit-identical samples in a row are refused (hvac.FaultStuck), another
// chip at the address is named (hvac.FaultChip), and values outside what the chip can
// measure are refused (hvac.FaultRange). After any refusal the chip is initialised
// anew by the next Sense and its control registers are read back.
//
// periph's I²C code hands the kernel addresses of variables on the goroutine's stack. Should
// the stack move in between, the answer would be lost and a buffer of zeros or of old
// bytes be judged; the checks above are the defence against that as well.
//
// # What a kernel showed
//
// scripts/test-pi runs the program on Linux 6.12 with the real pinctrl-bcm2835 and
// gpioioctl (periph host v3.8.5). Seen there, and provided for here:
//
//   - Mainline Linux names a line of a Pi 3 by what it can do besides ("GPIO_GCLK" for
//     GPIO4, "SPI_MOSI" for GPIO10): on the processors of a Raspberry Pi GPIO2 to GPIO27
//     are also found by number.
//   - Where one chip has two names below /dev, gpioioctl closes file 0: Host puts
//     /dev/null in its place.
//   - A line that another program holds is refused, and gpioioctl then writes to file 0
//     all the same: such a line is closed before anything else is asked of it. The error
//     tells who held it.
//   - A killed program's relay stays driven (persist_gpio_outputs, which Raspberry Pi OS
//     has on), held by nobody, until SafeOutputs ran.
//
// # Looking
//
// Look and ScanBus are for finding out what is wrong. Look claims no line and only
// repeats what the kernel told when the program began; ScanBus reads a byte from every
// address and must have the bus for itself.
//
// # Libraries
//
// periph.io/x/conn/v3 gives the interfaces of buses and pins, periph.io/x/devices/v3
// the BME280 driver, periph.io/x/host/v3 the Linux implementations. Of the last only
// gpioioctl and sysfs are imported: its bcm283x maps memory that is not GPIO on a Pi 5.
package drivers
