// Package voice hears voice sessions begin and end. There is one file per
// adapter, and what an adapter may say is small and closed: no type here has a
// field in which a transcript could travel.
//
// The first adapter is the button on the thermostat itself (button.go). A press is
// evidence of class P: a finger in the room. It cannot be forged over a network,
// since the counters it is decoded from arrive on a socket that control alone
// serves, and it cannot be lost, since every snapshot carries the counters whole.
//
// What can go wrong, and what is done about it:
//
//   - snapshots are dropped: the next one carries the same counters, so a press is
//     late, never lost;
//   - control restarts: its counters begin again, which is seen by the snapshot's
//     own sequence number going back, and nothing counts as a press;
//   - the keeper restarts: whatever was pressed before it listened is not evidence.
package voice
