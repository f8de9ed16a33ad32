// Package store is the only one that writes to the disk: state, ledger, values and
// history of a quietstat, under one state folder.
//
//	control/state      what control saves of itself           Disk.SaveState
//	keeper/state       recipients, policies, grants            Disk.SaveState
//	keeper/values/     what exactly was sent, purgeable        Values
//	keeper/…aside-N    saved state that was not understood     Disk.SetAside
//	records/           what each consent was given as          SaveRecord
//	ledger/            what left the house, for ever           Ledger
//	history/           the climate by the minute               History
//
// The folders' names are the callers'; those of the files below are this package's.
//
// # The disk
//
// Every writer is given a Disk. Its zero value is the real disk; Inject puts a
// Fault in front of it that fails, tears or slows any operation, in tests and in
// the demonstration (Obey). Nothing here starts a goroutine, knows a clock, or
// writes to a log: callers decide when, and errors say what happened.
//
// Everything is 0600 in folders of 0700. A file is either replaced whole
// (WriteAtomic), or it only grows, by frames of length, checksum and bytes, the
// first of which is a header (frame.go, appendfile.go). A power cut leaves of an
// append that nobody was told of a torn last frame, and that alone is repaired. A
// frame whose length contradicts itself, a checksum that does not match, a header
// of another kind, or a frame torn anywhere but at the end is damage: a
// *DamagedError names the file and the remedy, and the file is left as it is.
//
// # The ledger
//
//	ledger/key                     Ed25519 signing key, "PRIVATE+KEY+..." (note)
//	ledger/key.pub                 its verifier, to be noted elsewhere
//	ledger/tail                    entries since the checkpoint, framed
//	ledger/checkpoint              signed C2SP checkpoint
//	ledger/tile/entries/<N>[.p/W]  entry bundles of 256 (C2SP tlog-tiles)
//	ledger/tile/<L>/<N>[.p/W]      hash tiles of height 8
//	ledger/lock                    empty; held by the process that writes
//
// Append is one write and one fdatasync to the tail. Seal, every now and then,
// moves the tail into tiles under a new checkpoint; its five steps and what a crash
// between any two leaves are written beside it in ledgerseal.go. OpenLedger reads
// and checks all of a short ledger and the newest part of a long one, of which Audit
// checks the rest beside everything else. Prove makes proofs that stand alone. The form of an entry, a bundle, a tile's path and a
// checkpoint are those of package consent.
//
// Verify checks a copy of the folder anywhere, without the key. What it can
// prove: the folder is whole and was signed by the holder of key.pub, and, given a
// checkpoint kept elsewhere, nothing before that checkpoint was changed or taken
// away. What it cannot: the key is on the device, so whoever is root there can
// write another history and sign it; only a checkpoint that has left the device
// speaks against it. Entries in the tail are not signed yet, and those after the
// newest checkpoint that anybody else holds can be cut off without a trace.
//
// # How much is written
//
// In private mode, when nothing leaves: history only. One row of 20 bytes a minute
// and one frame header per block makes 30.0 kB a day at one Flush per 10 minutes;
// TestHistoryBytesPerDay counts it. Each Flush dirties a block of 4 KiB, so the
// kernel charges 0.63 MB a day without the file system's journal
// (BenchmarkHistoryDay, ext4, 2026-11-22); an hourly Flush divides that by six. State files are written at most every 10
// minutes and only when something has changed (Pace).
//
// A release costs two ledger entries and a value, three fdatasyncs of about 4 KiB.
// BenchmarkAppend puts the ledger beside a bare write and fdatasync: 4.4 kB against
// 4.3 kB an entry, in the same time. A Seal costs 38 kB (BenchmarkSeal).
//
// # Libraries
//
// golang.org/x/mod/sumdb/tlog and note do the arithmetic of the Merkle tree and of
// signed notes, in the forms the Go checksum database has used for years; they
// have no dependencies. golang.org/x/sys/unix supplies fdatasync, flock, statfs and
// O_NOFOLLOW, which the standard library does not export. Tests use
// pgregory.net/rapid for sequences of operations.
package store
