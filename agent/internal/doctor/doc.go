// Package doctor looks for what is wrong with a thermostat, from the outside in: the
// computer, its buses and pins, who may use them, the clock, the walls around the roles,
// the card, the ledger, the program itself. Every Finding is ok, warn or fail, and
// whatever is not ok says what to do.
//
//	findings := doctor.Examine(patient)      // touches nothing
//	findings = doctor.Relays(...)            // guided: one click at a time
//	findings = doctor.Doors(...)             // guided: open and close each
//
// # Before and beside the agent
//
// It works before the agent has ever run, and beside it. It never claims a line: who
// holds one is asked of the kernel (package drivers, Survey). The I²C bus belongs to
// control while control runs, so then control is asked instead. The guided relay test
// refuses while control runs; doors are then read through control's status.
//
// # Seams
//
// A Patient is everything there is to look at: the file system from its root, as an
// io/fs.FS, and a few functions for what is no file. So each check is a table test over
// a made-up computer. The checks read these files, as documented by the kernel:
//
//	proc/device-tree/model                   name of the board (devicetree specification §2.3.2)
//	proc/sys/kernel/osrelease                kernel
//	boot/firmware/config.txt, boot/config.txt   dtparam=i2c_arm=on (Raspberry Pi documentation)
//	proc/PID/cmdline, exe, ns/net, net/dev   roles and their walls (proc(5), namespaces(7))
//	proc/net/tcp, tcp6, proc/PID/fd          listening sockets (proc(5): state 0A, inode in field 10)
//	proc/mounts                              read-only mounts
//	sys/block/mmcblk0/device/life_time, pre_eol_info   wear of an eMMC (JESD84-B51 §7.4; SD cards rarely say)
//	var/lib/dpkg/status                      version of the installed package
//
// What it cannot read it says it cannot judge, as a warning: unknown is not healthy.
// Findings hold no reading, setpoint or door state.
package doctor
