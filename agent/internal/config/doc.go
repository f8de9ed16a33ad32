// Package config turns quietstat.toml into a validated Config, or into the list
// of everything that is wrong with it.
//
// The file is the wiring and the limits of one house: pins, relays, doors, the
// bus, the bounds that no setpoint may leave. It holds no secrets, no recipients
// and no policies; those are decided on the device and live in the keeper's state.
//
// # Reading
//
// Load reads a file, Parse reads bytes. Both are strict: an unknown key or table,
// a key of the wrong type, a value out of range, a pin used twice or equipment
// behind the wrong relay is an error, and all errors of a file are reported at
// once. Each is one line,
//
//	file:line:column: what is wrong; expected what; what to do
//
// with line and column counted from 1 in bytes, as editors and compilers count.
// A key that is missing is reported at the table it should be in.
//
// # How
//
//	bytes -> survey   every key's place and type against the raw struct (survey.go)
//	      -> decode   what passed the survey into the raw struct (raw.go)
//	      -> check    ranges, defaults and the rules between keys (check_*.go)
//	      -> Config   durations, pins and enums, nothing left unset (config.go)
//
// What the survey refused is blanked out, byte for byte, before decoding, so the
// rest of the file is still judged and still has its own places.
//
// # Reference
//
// Example returns reference.toml, which names every key with its unit, range and
// default. Tests parse it, and hold every key and every default in it against the
// code, so it can be trusted and copied.
//
// # Outside library
//
// github.com/pelletier/go-toml/v2 reads TOML: it is the one maintained Go reader
// that gives line and column for unknown keys, and its unstable parser gives them
// for known ones too, which is what errors about meaning need.
package config
