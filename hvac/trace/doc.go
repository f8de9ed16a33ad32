// Package trace records what hvac.Step was told and what it answered, so that a day
// can be lived through again: bit for bit, on another machine, and with an answer to
// "why was the heat on at 03:12?". It is pure: bytes in, bytes out.
//
//	r := trace.NewRecorder(2 << 20)          // what it may keep, in bytes
//	r.Take(trace.Tick{In: in, Before: s, After: next, Out: out, Why: why, Epoch: epoch})
//	file := r.File()
//
//	day, err := trace.Decode(file)           // a *DamagedError says where
//	report, err := day.Replay(nil)           // Step again, and compare
//	tick, ok, err := day.At(3*time.Hour + 12*time.Minute)
//	for _, sentence := range tick.Chain(names) { ... }
//
// # What is in a file
//
//	quietstat-trace 1\n
//	frame 'F', once: the form, as JSON: the names of all fields below, in their order,
//	    and the words of hvac's reasons, so that a later program finds its own
//	frame 'B', any number: a block
//
//	frame: kind (1 byte), length (uvarint), payload, CRC-32C of kind and payload (4 bytes, little-endian)
//	block: the parameters, the state before its first tick, ticks to its end
//	tick:  the fields that are not as foreseen, then 4 bytes: the sum of all results
//
// A field is one number of 64 bits: an integer, a boolean, or the bits of a float64,
// so that NaN and -0 travel too. An integer is foreseen to grow as it last did, all
// else to stay; what differs is written as (gap to the last such field, difference).
// In the block's beginning everything is foreseen to be 0. The fields of a tick are
// those of Input, the time of day, and of the results what can be named in a word:
// the outputs that are no fractions, and the kinds of the reasons. The sum is over
// every bit of the results and of the state after them: two programs that agree on it
// agree on everything.
//
// What hvac is not told is not in a file: the names of the doors, which have numbers
// here, and where a setpoint came from (schedule, hold, boost, a voice), of which only
// the temperature is known. Nor is what left the house: that is the ledger's.
//
// Fields are found by walking the types of hvac (package reflect, the one import that
// a pure package has here beyond its neighbours), so that one that is added there is
// recorded from then on, and a test refuses one that could not be, such as one that is
// not exported. A program that reads an older file takes what that did not know as 0,
// parameters as shipped; it then compares words and not sums, and says so
// (Report.Exact). A file of a newer program that knows more is refused.
//
// A block begins anew when one is full, when parameters change, and when the state is
// not what the last tick left behind, as after a relay line that failed. That is also
// how a lost tick shows: nothing is made up for it.
//
// # How much it is
//
// On the real clock, one tick a second and a sample every ten: about 1.2 MB a day
// (TestBytesPerDay). A Recorder keeps the newest blocks that fit and takes no memory
// after the start; nothing is written anywhere until somebody asks for the file.
package trace
