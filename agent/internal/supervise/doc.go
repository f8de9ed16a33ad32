// Package supervise is the parent of the roles where there is no systemd: in the
// demonstration, in development, in a container. It does what the units do and no
// more, and the frames between the roles are the same.
//
// # What a role is given
//
// A role is the same binary, started as
//
//	quietstat ROLE --config FILE --runtime DIR --state DIR
//
// in a process group of its own (so that Ctrl-C reaches the parent, which knows in
// which order to stop) with a cleaned environment and these variables, each only
// where it applies:
//
//	QUIETSTAT_LISTEN     control.sock:5,panel.sock:6   listening sockets, name:number
//	QUIETSTAT_CLOCK_FD   the virtual clock's link (package clock)
//	QUIETSTAT_BOARD_FD   the simulated board (package drivers/sim)
//	QUIETSTAT_UPLINK_FD  the keeper's connection, in an uplink
//	NOTIFY_SOCKET        READY=1 and WATCHDOG=1 go there (sd_notify(3))
//	WATCHDOG_USEC        how long the role may be silent, in µs (sd_watchdog_enabled(3))
//
// The parent makes the listening sockets and keeps them across restarts, as
// systemd's socket units do; the roles take them with Listener, which understands
// systemd's LISTEN_FDS as well.
//
// # Living and dying
//
// A child that ends unasked is started again after a pause that grows from 100 ms
// to 10 s; no other child notices. A dead control means three things at once: its
// snapshots end, so the keeper closes the gate; its board connection ends; and the
// parent runs "quietstat safe-outputs" before control's next start.
//
// A control that hangs is a dead one that nobody has noticed. The agent, on the real
// clock, gives control 30 s, and no less than three periods: when no WATCHDOG=1 came
// for so long, it is killed, and what follows is as above. Under a virtual clock the
// parent waits for each answer anyway, and there is no watchdog.
//
// Children do not outlive the parent, however it dies. Each has PR_SET_PDEATHSIG
// set to SIGTERM. That signal belongs to the thread that forked (prctl(2)), and Go
// moves goroutines between threads, so all children are started by one goroutine
// that is locked to its thread for as long as the parent lives (nursery.go).
//
// A clean stop goes in the reverse order of the starts: uplinks, voice, mdns, keeper, and
// control last, each with SIGTERM and, after a bound, SIGKILL. A control that had to
// be killed, or that ended with anything but exit status 0, may have left the heating
// on: "quietstat safe-outputs" runs then as well, while the board is still there.
// SIGUSR2 (quiet) is passed on to the keeper.
//
// # Isolation
//
// As root, control and keeper get an empty network namespace (CLONE_NEWNET): they
// serve on the sockets they were handed and cannot dial anybody. Elsewhere they run
// without, and the log says so; that promise is then the program's, not the
// kernel's.
//
// # Uplinks
//
// For every recipient the keeper has enrolled (one file each in
// STATE/keeper/recipients) the parent listens at RUNTIME/uplink@ID.sock and forks
// one "quietstat uplink" when the keeper connects. While nobody connects there is
// no process that could send anything.
package supervise
