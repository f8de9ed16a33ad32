package clock

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Fault is a set of faults the parent injects at seams that live inside a role.
type Fault uint32

const (
	// FaultDiskFull makes every write of the store fail with ENOSPC.
	FaultDiskFull Fault = 1 << iota
)

// Tick is one instant of the virtual clock, sent by the parent.
type Tick struct {
	Seq      uint64 // 1, 2, 3, ...
	Instant  Instant
	Snapshot uint64 // the snapshot the keeper must have seen before it answers; 0 = none
	Faults   Fault
}

// Ack is a role's answer: everything due at the Tick has been done.
type Ack struct {
	Seq      uint64
	Snapshot uint64 // control: the snapshot it sent to the keeper within this instant; 0 = none
}

const (
	tickSize = 8 + 8 + 8 + 1 + 8 + 4
	ackSize  = 8 + 8
)

func (t Tick) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, t.Seq)
	dst = binary.BigEndian.AppendUint64(dst, uint64(t.Instant.Boot))
	dst = binary.BigEndian.AppendUint64(dst, uint64(t.Instant.Wall.UnixNano()))
	trusted := byte(0)
	if t.Instant.Trusted {
		trusted = 1
	}
	dst = append(dst, trusted)
	dst = binary.BigEndian.AppendUint64(dst, t.Snapshot)
	return binary.BigEndian.AppendUint32(dst, uint32(t.Faults))
}

func parseTick(b []byte) (Tick, error) {
	if len(b) != tickSize || b[24] > 1 {
		return Tick{}, fmt.Errorf("clock link: a tick of %d bytes is not one of %d; parent and role must be the same build", len(b), tickSize)
	}
	return Tick{
		Seq: binary.BigEndian.Uint64(b),
		Instant: Instant{
			Boot:    time.Duration(binary.BigEndian.Uint64(b[8:])),
			Wall:    time.Unix(0, int64(binary.BigEndian.Uint64(b[16:]))).UTC(),
			Trusted: b[24] == 1,
		},
		Snapshot: binary.BigEndian.Uint64(b[25:]),
		Faults:   Fault(binary.BigEndian.Uint32(b[33:])),
	}, nil
}

func (a Ack) append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint64(dst, a.Seq)
	return binary.BigEndian.AppendUint64(dst, a.Snapshot)
}

func parseAck(b []byte) (Ack, error) {
	if len(b) != ackSize {
		return Ack{}, fmt.Errorf("clock link: an answer of %d bytes is not one of %d; parent and role must be the same build", len(b), ackSize)
	}
	return Ack{Seq: binary.BigEndian.Uint64(b), Snapshot: binary.BigEndian.Uint64(b[8:])}, nil
}
