package drivers

import "syscall"

// keepInput puts /dev/null in the place of the standard input if there is none. Where
// one GPIO chip has two names (on a Pi 5 /dev/gpiochip4 is a link to gpiochip0, for old
// programs), gpioioctl v3.8.5 lets go of the second by closing file 0 besides. The next
// file to be opened would then be file 0, and gpioioctl takes a line with that number
// for one that was never requested.
func keepInput() {
	fd, err := syscall.Open("/dev/null", syscall.O_RDWR|syscall.O_CLOEXEC, 0)
	if err == nil && fd != 0 {
		_ = syscall.Close(fd) // the lowest free number is another: the standard input is there
	}
}
