package wire

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"quietstat/consent"
)

// snapshotSize is the fixed length of a Snapshot's body.
const snapshotSize = 8 + 8 + 8 + 1 + // seq, boot, wall, trusted
	8 + 3*8 + 1 + // sample, climate, health
	8 + 1 + 1 + // setpoint, mode, preset
	1 + 8 + 1 + // action, demand, relays
	1 + consent.MaxDoors + // doors
	3*4 + // buttons
	1 + 8 + 1 + // indicator
	3*8 // lateness

// AppendSnapshot appends a whole KindSnapshot frame. It allocates nothing when dst
// has room for it.
func AppendSnapshot(dst []byte, s *consent.Snapshot) []byte {
	be := binary.BigEndian
	dst = append(dst, byte(KindSnapshot))
	dst = be.AppendUint64(dst, s.Seq)
	dst = be.AppendUint64(dst, uint64(s.Boot))
	dst = be.AppendUint64(dst, uint64(s.Wall.UnixNano()))
	dst = append(dst, bits(s.WallTrusted, false, false))
	dst = be.AppendUint64(dst, uint64(s.SampleBoot))
	dst = be.AppendUint64(dst, math.Float64bits(s.Temperature))
	dst = be.AppendUint64(dst, math.Float64bits(s.Humidity))
	dst = be.AppendUint64(dst, math.Float64bits(s.Pressure))
	dst = append(dst, byte(s.Sensor))
	dst = be.AppendUint64(dst, math.Float64bits(s.Setpoint))
	dst = append(dst, byte(s.Mode), s.Preset, byte(s.Action))
	dst = be.AppendUint64(dst, math.Float64bits(s.Demand))
	dst = append(dst, bits(s.Heat, s.Cool, s.Fan), byte(s.DoorCount))
	for _, d := range s.Doors {
		dst = append(dst, bits(d.Known, d.Open, false))
	}
	dst = be.AppendUint32(dst, s.TalkPresses)
	dst = be.AppendUint32(dst, s.QuietPresses)
	dst = be.AppendUint32(dst, s.QuietHolds)
	dst = append(dst, byte(s.Indicator))
	dst = be.AppendUint64(dst, s.IndicatorEpoch)
	dst = append(dst, bits(s.IndicatorOK, false, false))
	dst = be.AppendUint64(dst, s.TicksLate)
	dst = be.AppendUint64(dst, s.TicksMissed)
	return be.AppendUint64(dst, uint64(s.Lateness))
}

// DecodeSnapshot reads the body of a KindSnapshot frame. Anything out of its
// vocabulary is refused: the keeper must not release what it does not understand.
func DecodeSnapshot(body []byte, s *consent.Snapshot) error {
	if len(body) != snapshotSize {
		return fmt.Errorf("%w: a snapshot of %d bytes is not one of %d; control and keeper must be the same build", ErrFrame, len(body), snapshotSize)
	}
	r := reader{b: body}
	*s = consent.Snapshot{
		Seq:  r.u64(),
		Boot: time.Duration(r.u64()),
		Wall: time.Unix(0, int64(r.u64())).UTC(),
	}
	s.WallTrusted, _, _ = r.bits(1)
	s.SampleBoot = time.Duration(r.u64())
	s.Temperature, s.Humidity, s.Pressure = r.float(), r.float(), r.float()
	s.Sensor = consent.Health(r.upTo(byte(consent.HealthFault)))
	s.Setpoint = r.float()
	s.Mode = consent.Mode(r.upTo(byte(consent.ModeDry)))
	s.Preset = r.upTo(255)
	s.Action = consent.Action(r.upTo(byte(consent.ActionDrying)))
	s.Demand = r.float()
	s.Heat, s.Cool, s.Fan = r.bits(3)
	s.DoorCount = int(r.upTo(consent.MaxDoors))
	for i := range s.Doors {
		s.Doors[i].Known, s.Doors[i].Open, _ = r.bits(2)
	}
	s.TalkPresses, s.QuietPresses, s.QuietHolds = r.u32(), r.u32(), r.u32()
	s.Indicator = consent.IndicatorState(r.upTo(byte(consent.IndicatorFault)))
	s.IndicatorEpoch = r.u64()
	s.IndicatorOK, _, _ = r.bits(1)
	s.TicksLate, s.TicksMissed, s.Lateness = r.u64(), r.u64(), time.Duration(r.u64())
	if r.bad {
		*s = consent.Snapshot{}
		return fmt.Errorf("%w: a snapshot holds a value outside its vocabulary", ErrFrame)
	}
	return nil
}

func bits(a, b, c bool) (v byte) {
	if a {
		v |= 1
	}
	if b {
		v |= 2
	}
	if c {
		v |= 4
	}
	return v
}

// reader walks a body whose length has been checked.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) take(n int) []byte { v := r.b[:n]; r.b = r.b[n:]; return v }
func (r *reader) u64() uint64       { return binary.BigEndian.Uint64(r.take(8)) }
func (r *reader) u32() uint32       { return binary.BigEndian.Uint32(r.take(4)) }
func (r *reader) float() float64    { return math.Float64frombits(r.u64()) }

func (r *reader) upTo(highest byte) byte {
	v := r.take(1)[0]
	if v > highest {
		r.bad = true
	}
	return v
}

func (r *reader) bits(n int) (a, b, c bool) {
	v := r.upTo(1<<n - 1)
	return v&1 != 0, v&2 != 0, v&4 != 0
}
