package main

import (
	"bytes"
	"testing"

	"quietstat/drivers/sim"
)

func TestFunctionality(t *testing.T) {
	each(t, func(t *testing.T, p program, _ *sim.Board) {
		copy(p.memory, bytes.Repeat([]byte{0xEE}, 16))
		result, failed := p.ioctl(p.file, ioctlFuncs, base)
		word := len(p.word(0))
		want := append(p.word(0x001F_0001), bytes.Repeat([]byte{0xEE}, 16-word)...)
		if result != 0 || failed != 0 || !bytes.Equal(p.memory[:16], want) {
			t.Errorf("I2C_FUNCS: result %d, error %d, memory % x, want % x", result, failed, p.memory[:16], want)
		}
		if p.rounds != 2 {
			t.Errorf("took %d rounds, want 2", p.rounds)
		}
	})
}

func TestRegisterIsReadInOneTransaction(t *testing.T) {
	each(t, func(t *testing.T, p program, _ *sim.Board) {
		read, result, failed := p.rdwr(2, wish{address: 0x76, size: 1, write: []byte{0xD0}}, wish{address: 0x76, flags: messageRead, size: 2})
		if failed != 0 || result != 2 || read[0][0] != 0x60 {
			t.Errorf("chip id: % x, result %d, error %d, want 60 and 2", read, result, failed)
		}
		if p.rounds != 4 {
			t.Errorf("took %d rounds, want 4", p.rounds)
		}
		// A write, and two reads of what it set.
		read, result, failed = p.rdwr(5, wish{address: 0x76, size: 2, write: []byte{0xF2, 0x03}},
			wish{address: 0x76, size: 1, write: []byte{0xF2}}, wish{address: 0x76, flags: messageRead, size: 1},
			wish{address: 0x76, size: 1, write: []byte{0xD0}}, wish{address: 0x76, flags: messageRead, size: 1})
		if failed != 0 || result != 5 || read[0][0] != 0x03 || read[1][0] != 0x60 {
			t.Errorf("five messages: % x, result %d, error %d, want 03, 60 and 5", read, result, failed)
		}
	})
}

func TestReadWriteRefusals(t *testing.T) {
	id := []wish{{address: 0x76, size: 1, write: []byte{0xD0}}, {address: 0x76, flags: messageRead, size: 1}}
	absent := []wish{{address: 0x77, size: 1, write: []byte{0xD0}}, {address: 0x77, flags: messageRead, size: 1}}
	long := func(n int) []wish { return []wish{{address: 0x76, flags: messageRead, size: n}} }
	many := make([]wish, 4)
	for i := range many {
		many[i] = wish{address: 0x76, flags: messageRead, size: maxMessageSize}
	}
	cases := []struct {
		name   string
		count  int
		wishes []wish
		want   errno
	}{
		{"none", 0, id, eINVAL},
		{"two", 2, id, 0},
		{"more than i2c-dev takes", maxMessages + 1, id, eINVAL},
		{"absent chip", 2, absent, eREMOTEIO},
		{"absent chip behind a present one", 4, append(append([]wish{}, id...), absent...), eREMOTEIO},
		{"ten-bit address", 1, []wish{{address: 0x76, flags: 0x0010, size: 1, write: []byte{0}}}, eINVAL},
		{"highest address", 1, []wish{{address: maxAddress, flags: messageRead, size: 1}}, eREMOTEIO},
		{"beyond", 1, []wish{{address: maxAddress + 1, flags: messageRead, size: 1}}, eINVAL},
		{"nothing to read", 1, long(0), 0},
		{"longest", 1, long(maxMessageSize), 0},
		{"too long", 1, long(maxMessageSize + 1), eINVAL},
		{"all that fits", 4, many, 0},
		{"more than fits", 5, append(many, many[0]), eINVAL},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, p program, _ *sim.Board) {
				if _, _, failed := p.rdwr(c.count, c.wishes...); failed != c.want {
					t.Errorf("error %d, want %d", failed, c.want)
				}
			})
		})
	}
}

func TestSMBus(t *testing.T) {
	each(t, func(t *testing.T, p program, _ *sim.Board) {
		slave := func(address uint64, want errno) {
			t.Helper()
			if _, failed := p.ioctl(p.file, ioctlSlave, address); failed != want {
				t.Errorf("I2C_SLAVE %#x: error %d, want %d", address, failed, want)
			}
		}
		expect := func(what string, reading, register byte, kind uint32, value, want byte, failed errno) {
			t.Helper()
			if got, err := p.smbus(reading, register, kind, value); err != failed || got != want {
				t.Errorf("%s: %#x, error %d, want %#x, error %d", what, got, err, want, failed)
			}
		}
		expect("before any address", smbusRead, 0xD0, smbusByteData, 9, 9, eREMOTEIO)
		slave(0x80, eINVAL)
		slave(0x76, 0)
		expect("quick", 0, 0, smbusQuick, 9, 9, 0)
		expect("chip id", smbusRead, 0xD0, smbusByteData, 9, 0x60, 0)
		expect("write", 0, 0xF2, smbusByteData, 0x02, 0x02, 0)
		expect("written", smbusRead, 0xF2, smbusByteData, 9, 0x02, 0)
		expect("write byte", 0, 0xD0, smbusByte, 9, 9, 0)
		expect("read byte", smbusRead, 0, smbusByte, 9, 0, 0)
		for _, kind := range []uint32{3, 4, 5, 8, 1 << 31} {
			expect("another transfer", smbusRead, 0xD0, kind, 9, 9, eOPNOTSUPP)
		}
		// Another program has an address of its own.
		other := program{p.kernel, p.open()}
		if _, failed := other.ioctl(other.file, ioctlSlaveForce, 0x77); failed != 0 {
			t.Errorf("I2C_SLAVE_FORCE: error %d", failed)
		}
		if _, failed := other.smbus(0, 0, smbusQuick, 0); failed != eREMOTEIO {
			t.Errorf("quick to an absent chip: error %d, want EREMOTEIO", failed)
		}
		expect("the first program's address stays", smbusRead, 0xD0, smbusByteData, 9, 0x60, 0)
	})
}

func TestUnknownIoctl(t *testing.T) {
	each(t, func(t *testing.T, p program, _ *sim.Board) {
		for _, command := range []uint32{0, 0x0701, 0x0704, 0x0708, 0x5401} {
			if _, failed := p.ioctl(p.file, command, base); failed != eNOTTY {
				t.Errorf("ioctl %#x: error %d, want ENOTTY", command, failed)
			}
		}
	})
}

func TestCallIsWhole(t *testing.T) {
	body := append(make([]byte, 24), words(3, 0)...)
	for n, want := range map[int]bool{2: false, 3: true, 4: false} {
		if _, ok := parseCall(append(append([]byte{}, body...), make([]byte, n)...)); ok != want {
			t.Errorf("%d bytes where 3 are said: accepted %v, want %v", n, ok, want)
		}
	}
	for room, want := range map[uint32]bool{maxData: true, maxData + 1: false, 1 << 31: false} {
		if _, ok := parseCall(append(make([]byte, 24), words(0, room)...)); ok != want {
			t.Errorf("room for %d bytes: accepted %v, want %v", room, ok, want)
		}
	}
	if _, ok := parseCall(body[:ioctlIn-1]); ok {
		t.Error("accepted a call without all of its fields")
	}
}

// FuzzReply: whatever comes, there is an answer of the length it says, and no more than
// the room that was there.
func FuzzReply(f *testing.F) {
	f.Add(uint32(opCuseInit), words(7, 31, 0, 1))
	f.Add(uint32(opOpen), make([]byte, 8))
	for _, command := range []uint32{ioctlFuncs, ioctlSlave, ioctlRdwr, ioctlSMBus} {
		for _, flags := range []uint32{2, 3} {
			body := append(words(1, 0, flags, command, base, 0, 44, 1), make([]byte, 44)...)
			order.PutUint32(body[ioctlIn+8-4*(flags&1):], 1) // one message
			f.Add(uint32(opIoctl), body)
		}
	}
	f.Fuzz(func(t *testing.T, op uint32, body []byte) {
		if len(body) > maxData {
			return
		}
		board := sim.New(1)
		bus, err := board.OpenBus("1")
		if err != nil {
			t.Fatal(err)
		}
		d := &device{name: "i2c-1", bus: bus, slaves: map[uint64]uint16{}}
		m := d.reply(request{op: op, unique: 5, body: body})
		if len(m) < outHeader || order.Uint32(m) != uint32(len(m)) || order.Uint64(m[8:]) != 5 {
			t.Fatalf("answer % x", m)
		}
		if c, ok := parseCall(body); op == opIoctl && ok && len(m) > outHeader && order.Uint32(m[outHeader+4:])&ioctlRetry == 0 {
			if got := len(m) - outHeader - 16; got > max(c.room, 8) {
				t.Fatalf("%d bytes of answer for %d bytes of room", got, c.room)
			}
		}
	})
}
