package main

import (
	"io"
	"testing"
)

// kernel plays the other side: it holds a program's memory, brings and takes the ranges
// that the device asks for, and repeats a request until the device is satisfied, as
// fuse_do_ioctl of Linux does.
type kernel struct {
	t      *testing.T
	asked  chan []byte
	said   chan []byte
	ended  chan error
	unique uint64

	compat bool
	memory []byte // of the program, from base on
	rounds int    // of the last ioctl
}

const base = 0x7F00_0000

func (k *kernel) Read(b []byte) (int, error) {
	m, open := <-k.asked
	if !open {
		return 0, io.EOF
	}
	return copy(b, m), nil
}

func (k *kernel) Write(b []byte) (int, error) {
	k.said <- append([]byte(nil), b...)
	return len(b), nil
}

// boot starts a device and greets it.
func boot(t *testing.T, d *device) *kernel {
	t.Helper()
	k := &kernel{t: t, asked: make(chan []byte), said: make(chan []byte), ended: make(chan error, 1), memory: make([]byte, 1<<17)}
	go func() { k.ended <- d.serve(k) }()
	t.Cleanup(func() {
		close(k.asked)
		if err := <-k.ended; err != nil {
			t.Errorf("the device ended with %v, want none", err)
		}
	})
	if _, body := k.ask(opCuseInit, words(protocolMajor, 39, 0, 1)); len(body) < 72 {
		t.Fatalf("CUSE_INIT was answered with %d bytes, want 72 and a name", len(body))
	}
	return k
}

func words(v ...uint32) []byte {
	var b []byte
	for _, w := range v {
		b = order.AppendUint32(b, w)
	}
	return b
}

// wrap makes a message out of a body.
func wrap(op uint32, unique uint64, body []byte) []byte {
	m := make([]byte, inHeader, inHeader+len(body))
	order.PutUint32(m, uint32(inHeader+len(body)))
	order.PutUint32(m[4:], op)
	order.PutUint64(m[8:], unique)
	return append(m, body...)
}

// ask sends one request and returns its answer, taken apart and checked.
func (k *kernel) ask(op uint32, body []byte) (errno, []byte) {
	k.t.Helper()
	k.unique++
	k.asked <- wrap(op, k.unique, body)
	m := <-k.said
	if len(m) < outHeader || order.Uint32(m) != uint32(len(m)) || order.Uint64(m[8:]) != k.unique {
		k.t.Fatalf("answer % x to request %d: wrong length or number", m, k.unique)
	}
	return errno(-int32(order.Uint32(m[4:]))), m[outHeader:]
}

func (k *kernel) open() uint64 {
	k.t.Helper()
	failed, body := k.ask(opOpen, make([]byte, 8))
	if failed != 0 || len(body) != 16 {
		k.t.Fatalf("open: error %d and %d bytes, want 16 bytes", failed, len(body))
	}
	return order.Uint64(body)
}

// at is the memory of a range; one outside of it is a fault of the device.
func (k *kernel) at(s span) []byte {
	k.t.Helper()
	if s.base < base || s.base+s.size > base+uint64(len(k.memory)) {
		k.t.Fatalf("the device wants %d bytes at %#x, which the program does not have", s.size, s.base)
	}
	return k.memory[s.base-base:][:s.size]
}

// ioctl carries one out, over as many rounds as it takes.
func (k *kernel) ioctl(file uint64, command uint32, arg uint64) (result int32, failed errno) {
	k.t.Helper()
	var in, out []span
	for k.rounds = 1; k.rounds <= 4; k.rounds++ {
		var data []byte
		room := 0
		for _, s := range in {
			data = append(data, k.at(s)...)
		}
		for _, s := range out {
			room += int(s.size)
		}
		flags := uint32(2) // FUSE_IOCTL_UNRESTRICTED
		if k.compat {
			flags |= ioctlCompat
		}
		body := order.AppendUint64(nil, file)
		body = append(body, words(flags, command)...)
		body = order.AppendUint64(body, arg)
		body = append(append(body, words(uint32(len(data)), uint32(room))...), data...)
		failed, said := k.ask(opIoctl, body)
		if failed != 0 {
			return 0, failed
		}
		if order.Uint32(said[4:])&ioctlRetry == 0 {
			k.take(out, said[16:])
			return int32(order.Uint32(said)), 0
		}
		in, out = k.wishes(said)
	}
	k.t.Fatal("the device is not satisfied after four rounds")
	return 0, 0
}

// take puts what the device answered where it asked for room.
func (k *kernel) take(out []span, data []byte) {
	k.t.Helper()
	for _, s := range out {
		if uint64(len(data)) < s.size {
			k.t.Fatalf("the device leaves %d bytes unanswered", s.size-uint64(len(data)))
		}
		copy(k.at(s), data)
		data = data[s.size:]
	}
	if len(data) != 0 {
		k.t.Fatalf("the device answers %d bytes more than there is room for", len(data))
	}
}

func (k *kernel) wishes(said []byte) (in, out []span) {
	k.t.Helper()
	ins, outs := int(order.Uint32(said[8:])), int(order.Uint32(said[12:]))
	if len(said) != 16+16*(ins+outs) || ins+outs == 0 || ins+outs > 256 {
		k.t.Fatalf("%d and %d ranges in %d bytes", ins, outs, len(said))
	}
	for i := range ins + outs {
		s := span{order.Uint64(said[16+16*i:]), order.Uint64(said[24+16*i:])}
		if i < ins {
			in = append(in, s)
		} else {
			out = append(out, s)
		}
	}
	return in, out
}
