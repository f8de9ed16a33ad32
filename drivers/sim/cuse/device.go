package main

import (
	"fmt"
	"io"

	"periph.io/x/conn/v3/i2c"
)

// device is one character device in front of a bus.
type device struct {
	name  string // as it appears below /dev
	bus   i2c.Bus
	ready func() // called once, when the kernel has been told what to make

	handle uint64            // the last one given out
	slaves map[uint64]uint16 // by open file: what I2C_SLAVE set
}

// serve answers requests until the kernel closes the channel (nil) or a message cannot
// be read, understood or written. Each Read must give one whole message and each Write
// takes one, as /dev/cuse does.
func (d *device) serve(channel io.ReadWriter) error {
	d.slaves = map[uint64]uint16{}
	buffer := make([]byte, maxData+4096)
	for {
		n, err := channel.Read(buffer)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("cuse: cannot read a request: %w", err)
		}
		q, err := parse(buffer[:n])
		if err != nil {
			return fmt.Errorf("cuse: %w", err)
		}
		if q.op == opInterrupt {
			continue // has no answer; what it would interrupt is over already
		}
		if _, err := channel.Write(d.reply(q)); err != nil {
			return fmt.Errorf("cuse: cannot answer a request: %w", err)
		}
		if q.op == opCuseInit && d.ready != nil {
			d.ready()
		}
	}
}

// reply answers one request.
func (d *device) reply(q request) []byte {
	switch q.op {
	case opCuseInit:
		if len(q.body) < 16 || order.Uint32(q.body) != protocolMajor {
			return answer(q.unique, eINVAL, nil)
		}
		return answer(q.unique, 0, greeting(d.name))
	case opOpen:
		d.handle++
		d.slaves[d.handle] = 0
		return answer(q.unique, 0, order.AppendUint64(make([]byte, 0, 16), d.handle)[:16])
	case opRelease:
		if len(q.body) >= 8 {
			delete(d.slaves, order.Uint64(q.body))
		}
		return answer(q.unique, 0, nil)
	case opIoctl:
		c, ok := parseCall(q.body)
		if !ok {
			return answer(q.unique, eINVAL, nil)
		}
		o := d.ioctl(c)
		return answer(q.unique, o.failed, o.encode())
	}
	return answer(q.unique, eNOSYS, nil)
}
