package main

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac"
)

// newDevice is a device in front of a simulated sensor at 0x76.
func newDevice(t *testing.T) (*device, *sim.Board) {
	t.Helper()
	board := sim.New(1)
	bus, err := board.OpenBus("1")
	if err != nil {
		t.Fatal(err)
	}
	return &device{name: "i2c-1", bus: bus}, board
}

// each runs a test for a 64-bit and for a 32-bit program.
func each(t *testing.T, test func(*testing.T, program, *sim.Board)) {
	for name, compat := range map[string]bool{"64 bit": false, "32 bit": true} {
		t.Run(name, func(t *testing.T) {
			d, board := newDevice(t)
			k := boot(t, d)
			k.compat = compat
			test(t, program{k, k.open()}, board)
		})
	}
}

func TestGreeting(t *testing.T) {
	d, _ := newDevice(t)
	ready := 0
	d.ready = func() { ready++ }
	d.slaves = map[uint64]uint16{}
	m := d.reply(request{op: opCuseInit, unique: 7, body: words(7, 39, 0, 1)})
	want := append(words(uint32(outHeader+72+len("DEVNAME=i2c-1")+1), 0, 7, 0), words(7, 31, 0, 1, maxData, maxData, 0, 0)...)
	want = append(append(want, make([]byte, 40)...), "DEVNAME=i2c-1\x00"...)
	if !bytes.Equal(m, want) {
		t.Errorf("answer to CUSE_INIT\n% x, want\n% x", m, want)
	}
	if ready != 0 {
		t.Error("ready before the kernel was told")
	}
	for _, body := range [][]byte{nil, words(7, 39, 0), words(8, 0, 0, 0), words(6, 39, 0, 1)} {
		if m := d.reply(request{op: opCuseInit, body: body}); int32(order.Uint32(m[4:])) != -int32(eINVAL) {
			t.Errorf("CUSE_INIT % x was answered with % x, want EINVAL", body, m)
		}
	}
	boot(t, d).open() // answered after the device was said to be ready
	if ready != 1 {
		t.Errorf("ready was called %d times, want once", ready)
	}
}

func TestRequestsThatAreNotIoctls(t *testing.T) {
	d, _ := newDevice(t)
	k := boot(t, d)
	a, b := k.open(), k.open()
	if a == b {
		t.Errorf("two open files have the handle %d", a)
	}
	k.asked <- wrap(opInterrupt, 99, make([]byte, 8)) // must not be answered: the next answer is of the next request
	for _, op := range []uint32{0, 15, 16, 40, 4097} {
		if failed, _ := k.ask(op, nil); failed != eNOSYS {
			t.Errorf("operation %d: error %d, want ENOSYS", op, failed)
		}
	}
	for _, file := range []uint64{a, b, b, 1 << 60} {
		if failed, body := k.ask(opRelease, order.AppendUint64(nil, file)); failed != 0 || len(body) != 0 {
			t.Errorf("release of %d: error %d and %d bytes", file, failed, len(body))
		}
	}
	if failed, _ := k.ask(opRelease, nil); failed != 0 {
		t.Errorf("release without a handle: error %d", failed)
	}
	if len(d.slaves) != 0 {
		t.Errorf("%d files are remembered after their release", len(d.slaves))
	}
}

type broken struct {
	messages [][]byte
	write    error
}

func (b *broken) Read(p []byte) (int, error) {
	if len(b.messages) == 0 {
		return 0, io.ErrUnexpectedEOF
	}
	m := b.messages[0]
	b.messages = b.messages[1:]
	return copy(p, m), nil
}
func (b *broken) Write(p []byte) (int, error) { return len(p), b.write }

func TestServeEnds(t *testing.T) {
	d, _ := newDevice(t)
	whole := wrap(opOpen, 1, make([]byte, 8))
	if err := d.serve(&broken{messages: [][]byte{whole}}); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("a channel that breaks: %v", err)
	}
	if err := d.serve(&broken{messages: [][]byte{whole}, write: io.ErrClosedPipe}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a channel that takes no answer: %v", err)
	}
	for name, m := range map[string][]byte{
		"empty": {}, "a header less one byte": whole[:inHeader-1], "cut": whole[:len(whole)-1], "more than said": append(whole, 0),
	} {
		if err := d.serve(&broken{messages: [][]byte{m}}); !errors.Is(err, errShort) {
			t.Errorf("%s: %v, want errShort", name, err)
		}
	}
}

// The point of it all: the unmodified driver reads the climate through the protocol.
func TestDriverReadsThroughTheKernel(t *testing.T) {
	each(t, func(t *testing.T, p program, sensor *sim.Board) {
		sensor.SetClimate(15.5, 45, 101000)
		b, err := drivers.Open(throughKernel{sensor, p}, drivers.Options{Bus: "1", Address: 0x76, Heat: drivers.RelayOptions{Pin: "GPIO17"}})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		if err := b.Climate().Sense(time.Second); err != nil {
			t.Fatal(err)
		}
		r, fault := b.Climate().Latest()
		near := func(got, want, off float64) bool { return math.Abs(got-want) <= off }
		if fault != hvac.FaultNone || !near(float64(r.Temperature), 15.5, 0.1) || !near(float64(r.Humidity), 45, 1) || !near(float64(r.Pressure), 101000, 50) {
			t.Errorf("read %+v (fault %v), want 15.5 °C, 45 %%, 101000 Pa", r, fault)
		}
		sensor.SetAddress(0x77)
		if err := b.Climate().Sense(2 * time.Second); err == nil {
			t.Error("the sensor has gone to another address and was read all the same")
		}
	})
}
