package control

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// priority of the loop's thread within SCHED_FIFO: above the kernel's threaded
// interrupts (50), below its migration and watchdog threads (99).
const priority = 80

// schedule asks for SCHED_FIFO on the calling thread and for memory that is never
// paged out, after giving back what the start alone needed, and says what came of it: "fifo", or why not. Neither is needed for
// comfort at one tick a second; both bound the lateness under load.
func schedule() string {
	_ = giveBack() // a larger footprint is no reason not to run
	if err := fifo(); err != nil {
		return "ordinary scheduling: " + err.Error()
	}
	if err := lock(); err != nil {
		return "fifo, memory not locked: " + err.Error()
	}
	return "fifo"
}

// settle gives back once more what only the start needed, and locks again what is left:
// what ran beside the first ticks is not what runs for years. It is called once, between
// two ticks and moments after the start, while the program is in the page cache: what the
// loop touches again comes from there and not from the disk.
func settle() {
	if unix.Munlockall() != nil {
		return
	}
	_ = giveBack()
	_ = lock() // as at the start, and refused for the same reason
}

// fifo takes the highest priority up to the wanted one that is allowed. Threads
// that the runtime starts from this one stay ordinary.
func fifo() error {
	attr := unix.SchedAttr{
		Size: uint32(unsafe.Sizeof(unix.SchedAttr{})), Policy: unix.SCHED_FIFO,
		Flags: unix.SCHED_FLAG_RESET_ON_FORK, Priority: priority,
	}
	err := unix.SchedSetAttr(0, &attr, 0)
	if err == nil {
		return nil
	}
	var limit unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_RTPRIO, &limit) == nil && limit.Cur > 0 && limit.Cur < priority {
		attr.Priority = uint32(limit.Cur)
		err = unix.SchedSetAttr(0, &attr, 0)
	}
	if err != nil {
		return fmt.Errorf("SCHED_FIFO is not allowed (%w); LimitRTPRIO=%d in the unit allows it", err, priority)
	}
	return nil
}

// lock locks pages as they are touched: without MCL_ONFAULT every reserved page
// of the Go heap would be made resident. It refuses under a finite limit, because
// there the kernel would later fail the program's own allocations.
func lock() error {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_MEMLOCK, &limit); err != nil {
		return err
	}
	if limit.Cur != unix.RLIM_INFINITY && !mayLock() {
		return fmt.Errorf("LimitMEMLOCK is finite; LimitMEMLOCK=infinity in the unit allows it")
	}
	return unix.Mlockall(unix.MCL_CURRENT | unix.MCL_FUTURE | unix.MCL_ONFAULT)
}

// mayLock reports whether the limit does not apply to us (capabilities(7)).
func mayLock() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capget(&header, &data[0]); err != nil {
		return false
	}
	return data[0].Effective&(1<<unix.CAP_IPC_LOCK) != 0
}
