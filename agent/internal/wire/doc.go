// Package wire is the frames that pass between the roles, and nothing else: how
// they are written down, how they are read, and how large they may be. It decides
// nothing.
//
// Every link is a pathname unix socket of type SOCK_SEQPACKET, so one write is
// one frame, a frame is whole or absent, and a frame that does not fit into the
// receiver's queue can be dropped whole.
//
//	panel.sock       control -> keeper  Snapshot, one per control tick, never waited for
//	                 keeper -> control  Panel: what the indicator shall show, "sample now"
//	uplink@ID.sock   keeper -> uplink   Open, Delivery, Lease, Shut
//	                 uplink -> keeper   Hello, Opened, Outcome, Command, Closed
//	voice.sock       voice -> keeper    Heard, Intent
//	                 keeper -> voice    Answer
//
// A frame is one kind byte and a body. Snapshots have a fixed binary body, so that
// control encodes one per tick without allocating; all others are small JSON
// objects, strict on reading: an unknown key, an unknown kind or a frame that is
// too large is an error, and an error on a link closes it.
package wire
