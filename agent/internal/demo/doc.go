// Package demo plays a day in a simulated house, with the roles as they run on a
// Pi, and keeps its own books on whether they keep their promises.
//
// # Who does what
//
// The parent (this package) owns the virtual clock, the house, the board down to
// its registers, and a broker. control, keeper and mdns are children (package
// supervise); uplinks are forked when the keeper connects. One instant is one
// second:
//
//	house moves -> control: sensors, Step, relays, snapshot -> keeper: gate, ledger,
//	uplinks -> broker comes to rest -> people do what the script says
//
// Each waits for the one before, so nothing depends on how fast the machine is,
// and for a seed house and relay are the same every time (trace_sha256). Only the
// uplinks' leases and mdns run on the real clock. --speed is an upper limit, by
// absolute deadlines.
//
// # Whose word counts
//
//	connections, messages, fields   the meter before the broker (meter.go), with an
//	                                MQTT reader of its own (packets.go)
//	windows                         the script: from the press or the grant until
//	                                the end or the revocation has returned
//	what may leave                  the script's own list of names (script.go)
//	temperature, run times          the house and the relay's pin (measure.go)
//	ledger                          "quietstat ledger verify" on the folder, after
//	                                all roles have ended
//	ticks                           control's status
//	mdns_registered                 the role's own READY=1, since nothing else
//	                                connects to it; system tests ask avahi
//
// Order, not time, decides what is inside a window: the script's marks and the
// meter's sightings are numbered in one sequence, and the broker has come to rest
// before each mark is taken (settle.go).
//
// # Faults
//
// faults.go is a table of what can break, when, and how to tell from what was
// observed whether the right thing was done about it. The one line at the end is
// made of those observations, and a check that fails makes the exit status 1.
//
// # Exit status
//
// 0 all promises held; 1 one did not, or the demo itself failed; 2 the options make
// no sense, and nothing was started; 130 it was interrupted, and the summary is
// that of the time so far.
//
// Outside libraries: github.com/mochi-mqtt/server/v2 is the broker, because a demo
// must need nothing installed; golang.org/x/sys/unix looks into the kernel's queues.
package demo
