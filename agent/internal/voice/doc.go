// Package voice is the role that hears voice sessions begin and end. It follows the
// voice stacks of this device, one file and one decoder per stack, and tells the keeper
// what each of them did, on voice.sock, in the frames of package wire:
//
//	voice stack --its own protocol--> decoder --consent.SessionEvent--> Sink --> keeper
//	                                          --wire.Intent, a wish--->          |
//	said in the room <-- adapter <------------ wire.Answer ----------------------'
//
// What an adapter may say is small and closed. No type here has a field in which a
// transcript could travel: a decoder that must look at words, to find a wish in them,
// holds them against a fixed grammar and keeps a kind and a number.
//
// The role decides nothing. It cannot open the gate: a wake word counts only by
// consent's own rules, and for what an adapter does not understand it says what closes.
// It sees neither the house nor the talk button, whose presses the keeper takes from
// control's snapshots. It talks to addresses of the loopback alone, which configuration,
// adapters and the unit's sandbox each see to by themselves.
//
// While the keeper is away everything is dropped: what was heard then is no evidence
// later. When this role dies, or says what it may not, the keeper closes whatever it had
// opened. When a voice stack goes, its adapter says consent.KindLost and tries again,
// 1 s to 30 s apart; what a stack repeats to whoever connects is not live and moves
// nothing.
//
// Each adapter's documentation says what marks start and end, what can get lost, what
// can be forged, and how it is closed. github.com/coder/websocket speaks WebSocket with
// the two stacks that do.
package voice
