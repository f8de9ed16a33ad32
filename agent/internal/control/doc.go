// Package control is the role that keeps the house: it reads the sensors, steps
// the controller, drives the relays, and does nothing else. It knows no network,
// no recipient and no grant, and it waits for no other role.
//
//	drivers  -> Contact, Reading ─┐
//	control.sock -> orders ───────┤
//	                              v
//	                 hvac.Step (one goroutine, fixed ticks)
//	                              │ 1. relays
//	panel.sock  -> requests ──────┤ 2. indicator
//	keeper      <- Snapshot ──────┤ 3. a send that never waits
//	status, log, state file <─────┘ 4. a record that anybody may read
//
// # The loop
//
// On the real clock the loop has a thread of its own, SCHED_FIFO and locked memory
// where the system allows it (Status.Realtime says what came of it), and sleeps to
// absolute deadlines of CLOCK_BOOTTIME. A tick allocates nothing and waits for
// nothing: samples are taken, doors debounced, files written and people answered
// by other goroutines, which leave their results behind atomics and short locks
// and are started again when they fail. A tick that begins more than a tenth of a
// period late counts as late; points of the grid at which none began count as
// missed and are not made up for. After a completed tick the loop feeds the
// service manager's watchdog; nobody else does.
//
// On a virtual clock (see package clock; with a simulated board only) the loop
// ticks at every instant the parent sends and does within it, in this order:
// poll doors and buttons, hear the keeper, sample if due or asked for or if the
// talk button was pressed, step, relays, indicator, snapshot, save if due, answer.
//
// # The keeper
//
// panel.sock has one peer, of the same user or root; a newer connection replaces
// the older. The loop itself accepts, receives and sends, so what the keeper asked
// before a tick is answered in that tick's snapshot. The indicator is confirmed
// for an epoch when the line took its first level in it and every one since; when
// a keeper that was there is gone, the light shows a fault. A peer that does not
// read costs itself snapshots and the house nothing.
//
// # Wishes and their memory
//
// Setpoint and mode come from control.sock, hold from the next tick and are saved
// at once; the controller's integral and latches are saved at most every ten
// minutes and at the end. A state file that cannot be used gives mode off, in
// which the frost floor still acts, and status says so. A disk that fails costs
// the memory of a change, never the change. Whoever reaches the socket may look
// and may choose the warmth: that is the household. Reload and the calibration are for the owner. A
// simulated board's buttons can be pressed from control.sock; real ones cannot.
//
// # The week
//
// How warm it shall be is package hvac/household's to say: base, schedule, vacation,
// hold and boost, the child lock around them. The desk keeps what people have said; the
// planner lays the week out in instants, every hour, after every change and when the
// clock jumps, and the loop only compares. What the schedule asked for last is saved
// with the state, because a machine without a clock must keep it. Anybody who reaches the
// socket may change all of it but the lock, which binds the owner too and which only the
// owner sets and opens.
//
// # Tuning
//
// An experiment of package tune runs in the loop: a step of it is cheap and allocates
// nothing, and everything of hvac stands above it. People start and abort it through
// atomics; a change of setpoint or mode ends it. What it saw is worked out by a
// goroutine of its own that the loop never waits for (on a virtual clock: within the
// instant). A result that is better comes into force without a bump and stands above
// [tuning] of quietstat.toml, also after a restart or a reload, until somebody goes
// back; control/tuning below the state folder keeps the last twenty. An experiment
// that a restart cuts off is gone, and costs nothing but its time.
//
// # Calibration
//
// What was measured of the sensor's error (package calibrate) is added to sensor.offset,
// in the parameters and nowhere else: the loop applies one sum and knows nothing of its
// parts. control/calibration below the state folder keeps the last twenty corrections
// with date and reason, and no temperature; damage costs the correction, never the
// house. A part of its own follows the uncorrected reading every half minute, so that a
// reference is refused while the sensor does not rest. A correction makes a step the
// room has not made: for a quarter of an hour no fast fall pauses anything.
//
// # The last day
//
// Every tick's Input and what came of it go to a recorder: 2 MiB of memory, a day and a
// half, nothing on disk. The owner's verb "record" hands it out in the form of package
// trace, "quietstat replay" lives through it again. The loop hands a tick over a channel
// that never makes it wait; one that is lost shows as a new beginning, not as a
// difference. "explain" tells the present tick by the same sentences.
//
// # The shadow
//
// With control.shadow an old thermostat drives the house: the relays are not among the
// drivers' options, so no line of theirs is claimed, here or by safe-outputs. The old
// one's call for heat (board.call_for_heat) is what is learned from and what the keeper
// is told of the relays; Step decides beside it, and both are counted (shadow.go). The
// count is saved with the state, at the same pace, and "shadow" reports it.
//
// # Ways out
//
// The relays are driven to their safe level at the start and on every way out: the
// end of the context, a signal that ends programs, an error, a panic. A panic of the loop is passed on with the
// places in the program but without the values, which could be readings. For a
// kill there is SafeOutputs, which the service manager runs afterwards. A relay
// line that cannot be switched means everything off, and the shortest pause counts
// anew, so that a loose contact cannot short-cycle a compressor.
//
// golang.org/x/sys/unix supplies what the standard library does not export:
// sched_setattr, mlockall, and sends and accepts that do not wait.
// golang.org/x/sync/errgroup holds the parts together.
package control
