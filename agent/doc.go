// The command quietstat is a thermostat that tells nobody, unless you are talking to
// your voice assistant right now or have said, on the device, that it may.
//
// # Roles
//
// One program, and a process for each thing that must not be able to do the others'.
// Each role is a command of the same binary, started by systemd, by "quietstat agent"
// where there is no systemd, or by "quietstat demo" around a simulated house.
//
//	quietstat control       sensors, relays, the light; no network; heats when all else is dead
//	quietstat keeper        sessions, opt-ins, gate, ledger; no network, no device
//	quietstat uplink        carries what was decided to one recipient; lives as long as a window
//	quietstat mdns          says that a thermostat is here, and knows nothing else
//	quietstat voice         hears voice stacks of this device wake and end; no network beyond it
//	quietstat safe-outputs  drives the relays to their safe level, and ends
//
// The rest is for people and scripts. They talk to the roles, over two sockets, and
// need none of what a role may do: quietstat --help lists them.
//
// # Sockets
//
//	control.sock   status, explain, record, shadow, set, mode, config reload, the simulated buttons
//	keeper.sock    status, session, quiet, recipient, policy, consent, ledger
//
// Their folder is --runtime, else $QUIETSTAT_RUNTIME, else state.runtime of the
// configuration. That is --config, else $QUIETSTAT_CONFIG, else
// /etc/quietstat/quietstat.toml, which alone may be missing: a file that somebody has
// named says which thermostat is meant. Looking and closing is for everybody who
// reaches a socket, opening for its owner (package local).
//
// The two sockets fail apart: status shows what one role says while the other is
// dead, and fails only when both are. "ledger verify --dir" and "ledger show --dir"
// need no role at all, only a copy of the folder, on any computer.
//
// # Exit codes
//
//	0    done
//	1    something broke
//	2    not understood: command, flag, argument, or configuration; nothing was started
//	3    understood, and the answer is no: out of range, nobody enrolled, no press came
//	4    only the owner may
//	5    nobody is there: the role does not run
//	130  interrupted before the answer came
//
// What was asked for is printed on stdout, what went wrong on stderr, as one line
// "quietstat: ..." and, where something can be done about it, one "  hint: ...".
// Configuration problems are one line each, file:line:column (package config). With
// --json stdout is JSON and nothing else. The uplink, which nobody starts by hand,
// has exit codes of its own (package uplink).
//
// # The command line
//
// The commands are a tree of plain values (command.go) over the standard package
// flag: flags may stand anywhere and "--" ends them. There is no library for it: one
// that finds commands by reflection keeps the linker from leaving out any method of
// the program, which costs a small Pi more than a megabyte.
//
// A command is written in the file of its group: house.go, session.go, recipient.go,
// consent.go, ledger.go, configuration.go, roles.go, demo.go. It does three things:
// it defines its flags, makes one call, prints the answer. Whatever decides lives in
// a room below internal, in hvac or in consent.
//
// # Tests
//
// walls_test.go and its neighbours hold the whole module to its architecture.
// script_test.go runs testdata/*.txtar, transcripts of the real program with real
// processes, sockets and a broker.
package main
