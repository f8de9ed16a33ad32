// Package systest runs the shipped program beside the peers a household has:
// Mosquitto as the broker, avahi as the other voice on the local network, dumpcap
// as the witness. It has no code of its own, only tests behind two build tags:
//
//	go test -tags systest ./agent/internal/systest   what make test-system runs
//	go test -tags bench   ./agent/internal/systest   what make bench runs
//
// Tests named TestL01 to TestL42 are the leak suite: each is one channel by which
// something about a house gets out of it, judged on what one house, lived in and
// tried from all sides, has shown to recorders, captures, files and logs. Together
// they write the table consent/LEAKS.md and fail when it is not what they found.
// A house is staged for them: the test holds its board and starts its roles one by
// one, so that readings can be chosen and each process's words and death told apart.
//
// The system tests need root (they make network namespaces of their own and touch
// no network of the machine's), and the peers scripts/test-system names. A missing
// peer fails a test; nothing is skipped.
package systest
