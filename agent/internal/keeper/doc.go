// Package keeper is the role that knows the house and cannot speak: it follows
// control's snapshots, decides what may leave, writes down what did, and serves
// the local socket. It opens no network connection; what leaves goes through the
// pipe of an uplink process that exists only while its window is open.
//
// One goroutine, the core, owns the consent state, the gate, the ledger and the
// values. Everything else hands it work:
//
//	panel.sock  --snapshots-->  core  --Panel: light, fresh sample-->  panel.sock
//	keeper.sock --requests-->   core
//	uplinks     --outcomes-->   core  --fence--> deliveries --> uplinks
//	voice.sock  --events, wishes--> core --fence--> answers --> voice.sock
//
// The voice role is heard on voice.sock: one at a time, of our own user or root, in
// frames of a closed form and a bounded number. Anything else cuts it off, and with it
// goes every session it had opened. What it says is judged by consent; a stack at a
// recipient's address may close and nothing else. A wish said in the room counts while a
// session is open: commands go to control.sock as a person's do, and a question is
// answered by the gate, to this-room, which is a line of the fence like the uplinks'.
//
// What a recipient says comes as commands from its uplink (command.go): kinds and
// numbers, judged by consent, in the ledger before control is asked, and after; nothing
// goes back but what the gate decides next.
//
// Closing does not wait for the core. The fence (fence.go) holds the open lines
// under a lock that no disk write is ever made under; whoever asks for quiet
// shuts the lines through it first, each with linger 0, a confirmation or a kill,
// and only then tells the core. Until the core has taken note, the fence refuses
// to let any line in or any message through. A core that a disk holds up for five
// seconds has its lines shut without being asked (watch.go).
//
// The order on the way out is the one a power cut cannot turn round: decide,
// intent to the ledger and onto the disk, value to the disk, hand to the uplink,
// outcome to the ledger. So whatever left has an entry.
//
// Everything found wrong (a ledger that does not verify, a disk that is full, a
// light that cannot be set, snapshots that stop) closes the gate and leaves
// heating alone. golang.org/x/sync runs the role's tasks as one group.
package keeper
