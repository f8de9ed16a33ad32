package drivers

import "periph.io/x/conn/v3/gpio"

// letGo makes a line that could not be claimed forget that. gpioioctl v3.8.5 takes a
// line for an output before it has asked the kernel, so the next write would go to file
// 0, which is the standard input or, worse, another line.
func letGo(p gpio.PinIO) {
	if c, ok := p.(interface{ Close() }); ok {
		c.Close()
	}
}

// holder is a remark for error texts: who held the line when the hardware was looked
// at, as the kernel told then. It is empty for a free line and for hardware that does
// not say. A line of gpioioctl answers with our own name once it is ours, so it must be
// asked before.
func holder(p gpio.PinIO) string {
	h, ok := p.(interface{ Consumer() string })
	if !ok || h.Consumer() == "" {
		return ""
	}
	return ", held by " + h.Consumer() + " when this program began"
}
