// Command cuse puts the simulated BME280 of package sim at /dev/i2c-1 of a Linux
// machine, so that programs which know nothing of simulations read it through the
// kernel: a virtual Raspberry Pi has a sensor then (scripts/test-pi).
//
//	cuse [-device i2c-1] [-address 0x76] [-seed 1] [-fault NAME]
//
// It prints "ready" once the kernel has made the device, and takes orders line by line
// from its standard input, each answered by "ok" or by what is wrong with it:
//
//	climate 18.5 45 101325    °C, %RH, Pa around the sensor
//	address 0x77              the sensor answers there from now on
//	fault sensor-bmp280       breaks something (the names of sim.ParseFault)
//	clear sensor-bmp280       mends it again
//
// The device lives as long as the program. It needs root, the kernel module cuse, and
// an i2c-dev that has not taken the name already.
//
// # Protocol
//
// CUSE is FUSE for one character device (linux/fuse.h, version 7.31, little endian):
// the kernel hands over one request per read of /dev/cuse and takes one answer per
// write. The first is CUSE_INIT; its answer names the device and asks for unrestricted
// ioctl, because I2C_RDWR carries pointers to messages, which carry pointers to bytes.
// The kernel does not know that, so each level of pointers is one round: the answer
// FUSE_IOCTL_RETRY tells which ranges of the caller's memory to bring and which to
// expect, and the same request comes again with them. This program remembers nothing
// between the rounds; how much the kernel brought tells which round it is.
//
// Ioctls, with the structures of linux/i2c-dev.h in both word sizes, so that a 32-bit
// program on a 64-bit kernel is served too: I2C_FUNCS, I2C_RDWR, I2C_SLAVE and
// I2C_SLAVE_FORCE, and of I2C_SMBUS the quick, byte and byte-data transfers that a scan
// of the bus makes. A chip that is not there gives EREMOTEIO, as the Pi's own
// controller (i2c-bcm2835) does.
package main
