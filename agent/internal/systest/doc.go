// Package systest runs the shipped program beside the peers a household has:
// Mosquitto as the broker, avahi as the other voice on the local network, dumpcap
// as the witness. It has no code of its own, only tests behind two build tags:
//
//	go test -tags systest ./agent/internal/systest   what make test-system runs
//	go test -tags bench   ./agent/internal/systest   what make bench runs
//
// The system tests need root (they make network namespaces of their own and touch
// no network of the machine's), and the peers scripts/test-system names. A missing
// peer fails a test; nothing is skipped.
package systest
