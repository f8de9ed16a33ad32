// Package consent decides what may leave the house, and leaves a record that can
// be proved. It does nothing itself: no network, no disk, no clock, no goroutine.
// Events go in, effects come out, and one function, Gate.Release, makes the only
// values an uplink accepts.
//
// # The promise
//
// Not one byte about the house leaves without a live session or an explicit,
// local, expiring, revocable opt-in. Anyone may close; only the owner may open;
// nobody remote may open. Unknown means refuse, zero means closed, a restart
// means closed.
//
// # Who, what, why
//
// A Recipient is enrolled on the device and known by its Fingerprint; any change
// of it voids what was agreed. A Snapshot is all that is known of the house; each
// of its fields has exactly one Category, and Fields is the only way from one to
// a message. A Scope says which categories, how finely and how often. There are
// three reasons to speak (BasisKind):
//
//	session  evidence from the room, to recipients with a SessionPolicy the owner set
//	         before: a press of talk, for 30 s from the last press and at most 120 s
//	         from the first; or a wake word, and what follows it (see Voice)
//	grant    an opt-in proven by a press: 30 days, at most 365, gone after 90 unused
//	once     one snapshot within 60 s, proven by a press: what its preview showed
//
// An opt-in holds the digest of the text its owner confirmed (Notice). A program that
// would say something else for it, after an update, suspends it when it starts.
//
// Reminders says which grants end before long, Difference what renewing one would
// change. A grant that ends can be made to end with an erasure (GrantErase): one empty
// message for each topic, through the same gate, and nothing else any more.
//
// # The state machine
//
// State is advanced by Apply(State, Now, Event), which returns the next State and
// the Effects to carry out in order. Windows, one per recipient, are not opened
// or closed by events: they are derived after each event from what then holds,
// so there is no path that forgets one.
//
//	             BootStarted, LedgerOK, ControlBack
//	(zero) closed -------------------------------> closed, light off
//	   ^                                             |  TalkPress or Voice and a policy,
//	   | Shut, boot changes                          |  GrantGive, OnceGive
//	   |                                             v
//	 shut  <--------------------------------- window open, light on
//	                                                 |  last basis gone: lease out, Quiet,
//	                                                 |  revoked, expired, clock stepped,
//	                                                 v  ledger, control or light lost
//	                                              closed, light off 3 s later
//
// Epoch rises with every opening and closing. A window carries the epoch of its
// opening, its connection must report the same, and the light must be confirmed
// for the latest.
//
// Quiet holds grants back for an hour; held, it withdraws them. A session that
// is pressed for after Quiet is a new wish and opens.
//
// # Voice
//
// Voice is heard by software, and software can be told to listen. So a SessionEvent
// counts by what it proves (Class): a press is a finger in the room; a wake word is
// somebody in the room when an adapter on this device heard it live; what a recipient
// or anybody else claims is nothing. For each site of each voice stack:
//
//	closed --wake, live--> armed --listening--> listening --thinking--> thinking --speaking--> speaking
//	   ^                     |                      ^                       |                     |
//	   |                     '--------thinking------|-----------------------'                     |
//	   |                                            '--- a follow-up, at most two ----------------'
//	   '--- end, error, mute, lost, anything that is not understood, or a limit:
//	        30 s from the wake word to the end of speech, 20 s thinking, 60 s speaking, 20 s
//	        without an event, 120 s from the last wake word, 180 s from the first
//
// What would enter a stage without a wake word is refused as unproven, and a replay is
// no event at all. The session opens at thinking, when speech has ended, so that a wake
// word nobody said releases nothing; or at the wake word (OpenFromWake). It lasts as
// long as its site's track does. Another site's follows when it ends, with a cap of its
// own. Two at one site close each other. The twentieth wake word in an hour is the last
// that is believed for an hour; a press opens all the same. A press during a session
// extends it, never past the cap of its evidence.
//
// This-room is a recipient without being enrolled: whoever can hear the assistant. It
// has no endpoint and no grants, is told nothing until the owner sets a policy for it,
// and then only in a session, only what was asked, in the words of room/1, by the same
// gate and ledger:
//
//	It is 20.5 degrees, heating to 21.
//
// The entry session.open says wake or press and which kind of stack, and nothing else:
// not the room, not an id, and there is no type here that could hold what was said.
//
// # Time
//
// Leases run on CLOCK_BOOTTIME. Wall time counts when it is synchronised, not
// below the highest trusted time seen (High), and has not stepped (2 s back, 60 s
// ahead) for ten minutes; until then grants are held closed and sessions run. A
// grant's validity is used up by whichever clock says more and is never given
// back: what an unclean end may have lost is charged ten minutes ahead, and a
// grant is silent while the last saved state (Persist, Save, StateSaved) is older
// than that. A new boot therefore holds grants for up to ten minutes.
//
// # From outside
//
// Nothing that arrives from a recipient can open, extend or widen. A recipient of json/1
// is not heard at all: its uplink subscribes to nothing and ends its window when
// something comes. Of other profiles a closed list of topics is heard while a window is
// open, and Recipient.Understand makes a Question of what is said there: a kind and a
// number. Gate.Obey judges a command, which moves what an opt-in for remote.control
// lets it move, or, of alexa/1, a session whose policy covers the setpoint; Gate.Ask takes what a profile that answers is asked; Gate.Introduce says
// once more how to read. None of them is an Event, so none reaches the State. Nobody
// outside can ask for consent either, not even by a question that waits for its owner:
// there is no word for it. What waits for a press (AskPresence) was asked for on the
// device. What the broker had kept (retained) is not of now, and is not carried out.
//
// # The gate
//
// Release asks in this order, and the first no is the answer: kill, ledger,
// clock, schema, recipient, basis, live, fresh, grain, rate, shape, path, light,
// intent. The last writes the intent to the Ledger, durably; so bytes that left
// imply an entry, and a crash between the two leaves an intent without an outcome
// (see OpenIntents). Preview asks the same checks and does nothing. The topic of a
// message is on the disk (Save, StateSaved) before the first message on it.
//
// A recipient is told in the words of its profile, which renders what was decided and
// decides nothing (profile.go). json/1 is a flat JSON object (json-1.schema.json) padded
// with dots to 256, 512, 1024, 2048 or 4096 bytes. The class follows from the longest
// message its fields could make, so size tells nothing about values. home-assistant/1
// tells in the same object, on a topic for each basis, and says before how to read it.
// alexa/1 answers what it was asked and says nothing else (package alexa).
//
//	{"v":1,"id":"52fdfc072182654f","basis":"session","purpose":"answer.voice_request",
//	 "categories":["climate.temperature"],"sampled_at":"2026-01-05T06:01:01Z",
//	 "fields":{"temperature":20.5},"pad":"......"}
//
// While wall time is not trusted sampled_at is "+12s", counted from the opening:
// time since boot would tell the device's uptime.
//
// # The ledger
//
// An Entry is one line of canonical JSON. Entries are the leaves of a Merkle tree
// with RFC 6962 hashes, kept as C2SP tlog-tiles, and a Checkpoint (C2SP
// tlog-checkpoint, a signed note) fixes its size and root. The ledger holds no
// reading, only Commit(salt, payload); the values live in a store that can be
// purged without breaking a proof. The key is on the device, so root there can
// rewrite everything and sign it anew: a checkpoint kept elsewhere shows it.
//
// A Proof shows one entry to somebody without the log (C2SP tlog-proof). A Receipt
// tells one opt-in as ISO/IEC TS 27560:2023 does, out of the log and the BasisRecord
// kept beside it, whose digest is the entry's commitment.
//
// # Updates
//
// A program may only narrow what an earlier one was given: testdata/format-N holds
// what format N saved and what left under it, and a test lets the present program
// live through the same hour.
//
// # Libraries
//
// golang.org/x/mod/sumdb/tlog does the tree arithmetic and its proofs, and
// golang.org/x/mod/sumdb/note the signed notes: the code behind the Go checksum
// database, pure, small and without dependencies.
package consent
