package drivers

import "periph.io/x/conn/v3/gpio"

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
