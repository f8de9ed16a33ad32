package main

import (
	"encoding/binary"
	"errors"
)

// Operations of linux/fuse.h that reach a character device.
const (
	opOpen      = 14
	opRelease   = 18
	opInterrupt = 36
	opIoctl     = 39
	opCuseInit  = 4096
)

const (
	inHeader  = 40 // struct fuse_in_header
	outHeader = 16 // struct fuse_out_header
	ioctlIn   = 32 // struct fuse_ioctl_in

	protocolMajor = 7
	protocolMinor = 31 // the last whose layouts are used here; the kernel speaks down to it

	unrestrictedIoctl = 1 << 0 // CUSE_UNRESTRICTED_IOCTL
	ioctlCompat       = 1 << 0 // FUSE_IOCTL_COMPAT: the caller is a 32-bit program
	ioctlRetry        = 1 << 2 // FUSE_IOCTL_RETRY

	// maxData is the most one request or answer carries: 42 messages of I2C_RDWR with
	// 8192 bytes each would be more than FUSE moves at once, and nobody sends them.
	maxData = 1 << 16
)

// Errors of the kernel by number, as an answer carries them: the values of Linux on
// every machine a Pi or its emulator can be, whatever system compiles this.
type errno int32

const (
	eINVAL     errno = 22
	eNOTTY     errno = 25
	eNOSYS     errno = 38
	eOPNOTSUPP errno = 95
	eREMOTEIO  errno = 121
)

var order = binary.LittleEndian

var errShort = errors.New("a request of the kernel is shorter than its header says: is /dev/cuse what is read?")

// request is one message of the kernel; body is what follows its header.
type request struct {
	op     uint32
	unique uint64
	body   []byte
}

// parse takes a message apart. It fails when the length in the header is not that of
// the message.
func parse(message []byte) (request, error) {
	if len(message) < inHeader || int64(order.Uint32(message)) != int64(len(message)) {
		return request{}, errShort
	}
	return request{op: order.Uint32(message[4:]), unique: order.Uint64(message[8:]), body: message[inHeader:]}, nil
}

// answer makes the message that answers a request; with an error there is no body.
func answer(unique uint64, failed errno, body []byte) []byte {
	if failed != 0 {
		body = nil
	}
	m := make([]byte, outHeader, outHeader+len(body))
	order.PutUint32(m, uint32(outHeader+len(body)))
	order.PutUint32(m[4:], uint32(-failed))
	order.PutUint64(m[8:], unique)
	return append(m, body...)
}

// greeting is the answer to CUSE_INIT: struct cuse_init_out and the device's name.
func greeting(device string) []byte {
	m := make([]byte, 72)
	for i, v := range []uint32{protocolMajor, protocolMinor, 0, unrestrictedIoctl, maxData, maxData} {
		order.PutUint32(m[4*i:], v)
	}
	return append(append(m, "DEVNAME="+device...), 0) // major and minor 0: the kernel chooses
}

// span is a range of the caller's memory.
type span struct{ base, size uint64 }

// outcome is what one round of an ioctl came to: an error, a result with the bytes for
// the spans that were asked for, or (when in or out is not empty) the wish for another
// round with those spans.
type outcome struct {
	failed  errno
	result  int32
	data    []byte
	in, out []span
}

// encode makes struct fuse_ioctl_out and what follows it.
func (o outcome) encode() []byte {
	m := make([]byte, 16)
	if len(o.in)+len(o.out) == 0 {
		order.PutUint32(m, uint32(o.result))
		return append(m, o.data...)
	}
	order.PutUint32(m[4:], ioctlRetry)
	order.PutUint32(m[8:], uint32(len(o.in)))
	order.PutUint32(m[12:], uint32(len(o.out)))
	for _, s := range append(o.in, o.out...) {
		m = order.AppendUint64(order.AppendUint64(m, s.base), s.size)
	}
	return m
}
