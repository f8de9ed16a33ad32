// Package clock is the only place that asks what time it is.
//
// Durations, leases and control run on CLOCK_BOOTTIME, which counts through
// suspend and never jumps (clock_gettime(2)). Wall time is a label that may be
// wrong: a Raspberry Pi has no clock chip and boots in the past, so an Instant
// says whether its Wall can be trusted, and nothing that opens anything may use
// an untrusted one. The kernel says so, or, to a role whose sandbox forbids to ask
// it, the mark of systemd-timesyncd. With another time service the unit must allow the
// question: ProtectClock=no and SystemCallFilter=adjtimex in a drop-in of control and
// keeper; without either the clock is never trusted, and what needs it stays closed.
//
// There are two sources. System reads the kernel. Link is the virtual clock of
// the demonstration and the tests: the parent process owns it, sends one Tick at
// a time to every role over a socket pair, and sends the next only when every
// role has answered the last. What happens within an instant (a bus transfer, an
// fsync, a message to the broker) is finished before the next one begins, so the
// result does not depend on how fast the machine is. A Link is honoured only
// together with a simulated board; the roles enforce that.
//
// golang.org/x/sys/unix supplies clock_gettime, clock_nanosleep and adjtimex,
// which the standard library does not export.
package clock
