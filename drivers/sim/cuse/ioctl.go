package main

// Ioctls of linux/i2c-dev.h.
const (
	ioctlSlave      = 0x0703
	ioctlSlaveForce = 0x0706
	ioctlFuncs      = 0x0705
	ioctlRdwr       = 0x0707
	ioctlSMBus      = 0x0720
)

// Transfers of linux/i2c.h.
const (
	messageRead    = 0x0001 // I2C_M_RD
	maxMessages    = 42     // I2C_RDWR_IOCTL_MAX_MSGS
	maxMessageSize = 8192   // i2c-dev refuses longer ones

	smbusQuick    = 0
	smbusByte     = 1
	smbusByteData = 2
	smbusRead     = 1 // read_write; 0 is write

	// I2C_FUNC_I2C, and of SMBus quick, read and write byte, read and write byte data.
	functionality = 0x0000_0001 | 0x001F_0000

	maxAddress = 0x7F
)

// call is one round of an ioctl: struct fuse_ioctl_in and what was brought.
type call struct {
	file    uint64
	compat  bool
	command uint32
	arg     uint64
	data    []byte
	room    int // bytes of answer the caller's memory was prepared for
}

func parseCall(body []byte) (call, bool) {
	if len(body) < ioctlIn {
		return call{}, false
	}
	c := call{
		file:    order.Uint64(body),
		compat:  order.Uint32(body[8:])&ioctlCompat != 0,
		command: order.Uint32(body[12:]),
		arg:     order.Uint64(body[16:]),
		data:    body[ioctlIn:],
		room:    int(order.Uint32(body[28:])),
	}
	return c, int64(order.Uint32(body[24:])) == int64(len(c.data)) && order.Uint32(body[28:]) <= maxData // an int has 32 bits on some Pis
}

// word is the size of a pointer and of a long in the calling program.
func (c call) word() uint64 {
	if c.compat {
		return 4
	}
	return 8
}

// pointer reads a pointer of the calling program.
func (c call) pointer(b []byte) uint64 {
	if c.compat {
		return uint64(order.Uint32(b))
	}
	return order.Uint64(b)
}

func (d *device) ioctl(c call) outcome {
	switch c.command {
	case ioctlFuncs:
		if c.room == 0 {
			return outcome{out: []span{{c.arg, c.word()}}}
		}
		return outcome{data: order.AppendUint64(nil, functionality)[:c.word()]}
	case ioctlSlave, ioctlSlaveForce:
		if c.arg > maxAddress {
			return outcome{failed: eINVAL}
		}
		d.slaves[c.file] = uint16(c.arg)
		return outcome{}
	case ioctlRdwr:
		return d.readWrite(c)
	case ioctlSMBus:
		return d.smbus(c)
	}
	return outcome{failed: eNOTTY}
}

// message is struct i2c_msg; bytes are what is written or where a read goes.
type message struct {
	address, flags uint16
	buffer         span
	bytes          []byte
}

// readWrite is I2C_RDWR. The rounds bring where the messages are, the messages, and the
// bytes to write; with those and room for the bytes to read, the last does the transfer.
func (d *device) readWrite(c call) outcome {
	// struct i2c_rdwr_ioctl_data is a pointer and a 32-bit count, padded to two words.
	head := span{c.arg, 2 * c.word()}
	if uint64(len(c.data)) < head.size {
		return outcome{in: []span{head}}
	}
	count := order.Uint32(c.data[c.word():])
	if count == 0 || count > maxMessages {
		return outcome{failed: eINVAL}
	}
	// struct i2c_msg is three 16-bit numbers and a pointer, aligned: 12 or 16 bytes.
	size := 8 + c.word()
	table := span{c.pointer(c.data), uint64(count) * size}
	data := c.data[head.size:]
	if uint64(len(data)) < table.size {
		return outcome{in: []span{head, table}}
	}
	messages := make([]message, count)
	wish := outcome{in: []span{head, table}}
	var coming, going uint64
	for i := range messages {
		b := data[uint64(i)*size:]
		m := message{address: order.Uint16(b), flags: order.Uint16(b[2:]), buffer: span{c.pointer(b[8:]), uint64(order.Uint16(b[4:]))}}
		if m.flags&^messageRead != 0 || m.address > maxAddress || m.buffer.size > maxMessageSize {
			return outcome{failed: eINVAL}
		}
		if m.flags&messageRead != 0 {
			wish.out, going = append(wish.out, m.buffer), going+m.buffer.size
		} else {
			wish.in, coming = append(wish.in, m.buffer), coming+m.buffer.size
		}
		messages[i] = m
	}
	if coming > maxData/2 || going > maxData/2 {
		return outcome{failed: eINVAL}
	}
	data = data[table.size:]
	if uint64(len(data)) != coming || uint64(c.room) != going {
		return wish
	}
	return d.transfer(messages, data, int(going))
}

// transfer moves the bytes. A write right before a read of the same chip is one
// transaction with a repeated start, which is how a register is read.
func (d *device) transfer(messages []message, written []byte, going int) outcome {
	read := make([]byte, going)
	rest := read
	for i := range messages {
		from := &written
		if messages[i].flags&messageRead != 0 {
			from = &rest
		}
		messages[i].bytes, *from = (*from)[:messages[i].buffer.size], (*from)[messages[i].buffer.size:]
	}
	for i := 0; i < len(messages); i++ {
		var w, r []byte
		m := messages[i]
		if m.flags&messageRead != 0 {
			r = m.bytes
		} else {
			w = m.bytes
			if next := i + 1; next < len(messages) && messages[next].flags&messageRead != 0 && messages[next].address == m.address {
				r, i = messages[next].bytes, next
			}
		}
		if err := d.bus.Tx(m.address, w, r); err != nil {
			return outcome{failed: eREMOTEIO}
		}
	}
	return outcome{result: int32(len(messages)), data: read}
}

// smbus is I2C_SMBUS, which goes to the chip that I2C_SLAVE named.
func (d *device) smbus(c call) outcome {
	// struct i2c_smbus_ioctl_data is two bytes, a 32-bit size and a pointer: 12 or 16.
	head := span{c.arg, 8 + c.word()}
	if uint64(len(c.data)) < head.size {
		return outcome{in: []span{head}}
	}
	reading, register := c.data[0] == smbusRead, c.data[1]
	value := span{c.pointer(c.data[8:]), 1}
	var w, r []byte
	switch kind := order.Uint32(c.data[4:]); {
	case kind == smbusQuick:
	case kind == smbusByte && !reading:
		w = []byte{register}
	case kind == smbusByteData && !reading:
		if uint64(len(c.data)) != head.size+1 {
			return outcome{in: []span{head, value}}
		}
		w = []byte{register, c.data[head.size]}
	case kind == smbusByte, kind == smbusByteData:
		if c.room != 1 {
			return outcome{in: []span{head}, out: []span{value}}
		}
		r = make([]byte, 1)
		if kind == smbusByteData {
			w = []byte{register}
		}
	default:
		return outcome{failed: eOPNOTSUPP}
	}
	if err := d.bus.Tx(d.slaves[c.file], w, r); err != nil {
		return outcome{failed: eREMOTEIO}
	}
	return outcome{data: r}
}
