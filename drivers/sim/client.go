package sim

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"periph.io/x/conn/v3/gpio"
	"periph.io/x/conn/v3/i2c"
	"periph.io/x/conn/v3/physic"

	"quietstat/drivers"
)

// ErrGone is returned for everything once the process that owns the board has gone or
// has not answered for 2 s. It never comes back on the same connection.
var ErrGone = errors.New("sim: the process that owns the simulated board is gone")

// Remote is the board of another process, reached through one connection that Serve
// answers. Every call is one write and one read; calls from several goroutines take
// turns. Switching and reading pins allocates nothing.
type Remote struct {
	mu   sync.Mutex // guards everything below: one exchange at a time
	conn net.Conn
	r    *bufio.Reader
	out  []byte
	in   []byte
	gone error
}

// Dial uses conn (a unix stream or seqpacket socket) as hardware. It sends nothing yet
// and owns conn from now on.
func Dial(conn net.Conn) *Remote {
	return &Remote{
		conn: conn,
		r:    bufio.NewReaderSize(conn, 2*maxBody),
		out:  make([]byte, 0, frameHeaderBytes+maxBody),
		in:   make([]byte, maxBody),
	}
}

// Close ends the connection. Outputs keep the level they have.
func (m *Remote) Close() error { return m.conn.Close() }

// String implements drivers.Hardware.
func (m *Remote) String() string { return "simulated board of the parent" }

// exchange sends one request and copies the reply's payload into reply, whose length
// is the length expected. After any failure of the connection itself everything
// fails, because request and reply could no longer be matched.
func (m *Remote) exchange(q *request, reply []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.gone != nil {
		return m.gone
	}
	m.out = endFrame(q.append(beginFrame(m.out)))
	err := m.conn.SetDeadline(time.Now().Add(ioLimit))
	if err == nil {
		_, err = m.conn.Write(m.out)
	}
	var body []byte
	if err == nil {
		body, err = readFrame(m.r, m.in)
	}
	if err != nil {
		m.gone = fmt.Errorf("%w: %w", ErrGone, err)
		_ = m.conn.Close() // the failure that counts is the one above
		return m.gone
	}
	payload, err := parseReply(body, len(reply))
	if err != nil {
		if errors.Is(err, errFrame) {
			m.gone = fmt.Errorf("%w: %w", ErrGone, err)
			_ = m.conn.Close()
		}
		return err
	}
	copy(reply, payload)
	return nil
}

// OpenBus implements drivers.Hardware.
func (m *Remote) OpenBus(name string) (i2c.BusCloser, error) {
	if len(name) > maxName {
		return nil, fmt.Errorf("sim: no I²C bus has a name of %d bytes", len(name))
	}
	if err := m.exchange(&request{op: opBus, name: name}, nil); err != nil {
		return nil, err
	}
	return remoteBus{m}, nil
}

// Press holds a button down or lets it go, as a finger in the simulated house would;
// see Board.Press. It is how somebody at a keyboard reaches the button of a board that
// lives in another process.
func (m *Remote) Press(name string, down bool) error {
	if len(name) > maxName {
		return errors.New("sim: no line has a name so long")
	}
	return m.exchange(&request{op: opPress, name: name, level: gpio.Level(down)}, nil)
}

// Pin implements drivers.Hardware.
func (m *Remote) Pin(chip, name string) (gpio.PinIO, error) {
	if len(name) > maxName || len(chip) > maxName {
		return nil, errors.New("sim: no line or chip has a name so long")
	}
	var handle [1]byte
	if err := m.exchange(&request{op: opPin, chip: chip, name: name}, handle[:]); err != nil {
		return nil, err
	}
	return &remotePin{m: m, handle: handle[0], name: name}, nil
}

// BatchInputs implements drivers.InputBatcher: one round trip for all. The reader is for
// one goroutine at a time.
func (m *Remote) BatchInputs(pins []gpio.PinIO) (func([]gpio.Level) error, error) {
	if len(pins) == 0 || len(pins) > maxBatch {
		return nil, fmt.Errorf("sim: cannot read %d inputs together: 1 to %d", len(pins), maxBatch)
	}
	q := &request{op: opBatch, bytes: make([]byte, len(pins))}
	for i, p := range pins {
		rp, ok := p.(*remotePin)
		if !ok || rp.m != m {
			return nil, fmt.Errorf("sim: %s is not a line of this board", p.Name())
		}
		q.bytes[i] = rp.handle
	}
	reply := make([]byte, len(pins))
	return func(levels []gpio.Level) error {
		if err := m.exchange(q, reply); err != nil {
			return err
		}
		for i := range min(len(levels), len(reply)) {
			levels[i] = reply[i] == 1
		}
		return nil
	}, nil
}

// remoteBus is the bus of a Remote.
type remoteBus struct{ m *Remote }

func (b remoteBus) String() string                  { return "I2C" + busName }
func (b remoteBus) Close() error                    { return nil }
func (b remoteBus) SetSpeed(physic.Frequency) error { return nil }

func (b remoteBus) Tx(addr uint16, w, r []byte) error {
	if len(w) > maxTransfer || len(r) > maxTransfer {
		return fmt.Errorf("sim: a transfer carries at most %d bytes each way", maxTransfer)
	}
	return b.m.exchange(&request{op: opTx, addr: addr, readLen: byte(len(r)), bytes: w}, r)
}

var (
	_ drivers.Hardware     = (*Remote)(nil)
	_ drivers.InputBatcher = (*Remote)(nil)
)
