package main

import (
	"fmt"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"quietstat/drivers"
	"quietstat/drivers/sim"
)

// program is a caller of the device, laid out in its memory like a C or Go program: a
// struct at the beginning of the memory, a table behind it, buffers behind that.
type program struct {
	*kernel
	file uint64
}

const (
	tableAt  = base + 0x100
	bufferAt = base + 0x1000
	apart    = 0x2400 // from buffer to buffer, more than a message may hold
)

// word is a pointer or a long of the program.
func (p program) word(v uint64) []byte {
	if p.compat {
		return order.AppendUint32(nil, uint32(v))
	}
	return order.AppendUint64(nil, v)
}

type wish struct {
	address, flags uint16
	size           int
	write          []byte
}

// rdwr is I2C_RDWR; it returns what each message read.
func (p program) rdwr(count int, wishes ...wish) (read [][]byte, result int32, failed errno) {
	p.t.Helper()
	head := append(p.word(tableAt), words(uint32(count))...)
	copy(p.memory, head)
	var table []byte
	for i, w := range wishes {
		at := uint64(bufferAt + i*apart)
		if w.flags&messageRead == 0 {
			copy(p.memory[at-base:], w.write)
		}
		table = order.AppendUint16(table, w.address)
		table = order.AppendUint16(table, w.flags)
		table = append(table, words(uint32(w.size))...) // length and padding
		table = append(table, p.word(at)...)
	}
	copy(p.memory[tableAt-base:], table)
	result, failed = p.ioctl(p.file, ioctlRdwr, base)
	for i, w := range wishes {
		if w.flags&messageRead != 0 {
			read = append(read, append([]byte(nil), p.memory[bufferAt-base+i*apart:][:w.size]...))
		}
	}
	return read, result, failed
}

// smbus is I2C_SMBUS; it returns the byte at the data pointer.
func (p program) smbus(reading byte, register byte, kind uint32, value byte) (byte, errno) {
	p.t.Helper()
	p.memory[bufferAt-base] = value
	copy(p.memory, append(append([]byte{reading, register, 0, 0}, words(kind)...), p.word(bufferAt)...))
	_, failed := p.ioctl(p.file, ioctlSMBus, base)
	return p.memory[bufferAt-base], failed
}

// throughKernel is a board whose bus goes through the device, as on a virtual Pi.
type throughKernel struct {
	*sim.Board
	program
}

func (h throughKernel) String() string                            { return "through the kernel" }
func (h throughKernel) OpenBus(string) (i2c.BusCloser, error)     { return h, nil }
func (h throughKernel) Pin(chip, name string) (gpio.PinIO, error) { return h.Board.Pin(chip, name) }
func (h throughKernel) Close() error                              { return nil }
func (h throughKernel) SetSpeed(physic.Frequency) error           { return nil }
func (h throughKernel) Tx(address uint16, write, read []byte) error {
	var wishes []wish
	if len(write) > 0 {
		wishes = append(wishes, wish{address: address, size: len(write), write: write})
	}
	if len(read) > 0 {
		wishes = append(wishes, wish{address: address, flags: messageRead, size: len(read)})
	}
	got, _, failed := h.rdwr(len(wishes), wishes...)
	if failed != 0 {
		return fmt.Errorf("errno %d", failed)
	}
	if len(read) > 0 {
		copy(read, got[0])
	}
	return nil
}

var _ drivers.Hardware = throughKernel{}
