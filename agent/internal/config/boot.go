package config

import "strings"

// BootLines are the lines of a Pi's config.txt that this wiring wants of the firmware,
// in the order of the file's tables: the I2C bus switched on, the hardware watchdog,
// and each relay's pin an output at its safe level ("op,dl": driven low; "op,dh": driven
// high, where the relay is on while the pin is low), so that nothing is energised
// between power and the first tick. In shadow mode there is no relay line, because it
// drives nothing. A simulated board wants no line at all.
//
// Source: Raspberry Pi documentation, "config.txt", gpio= and dtparam=.
func (c *Config) BootLines() []string {
	if c.Board.Kind != KindGPIO {
		return nil
	}
	var lines []string
	if c.Board.Bus == "1" {
		lines = append(lines, "dtparam=i2c_arm=on")
	}
	lines = append(lines, "dtparam=watchdog=on")
	if c.Control.Shadow {
		return lines
	}
	r := c.Relays
	for _, l := range []Line{r.Heat, r.Cool, r.Fan, r.Heat2, r.Compressor, r.Reversing.Line, r.Aux, r.Dehumidifier} {
		if !l.Wired() {
			continue
		}
		level := "dl"
		if l.ActiveLow {
			level = "dh"
		}
		lines = append(lines, "gpio="+strings.TrimPrefix(string(l.Pin), "GPIO")+"=op,"+level)
	}
	return lines
}
