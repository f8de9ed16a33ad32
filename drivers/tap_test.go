package drivers_test

import (
	"errors"
	"sync"
	"testing"

	"periph.io/x/conn/v3/i2c"

	"quietstat/drivers"
	"quietstat/drivers/sim"
)

// transfer is one thing that went over the bus.
type transfer struct {
	w, r []byte
}

// tap is the simulated hardware with a listener and a saboteur on its bus.
type tap struct {
	drivers.Hardware

	mu     sync.Mutex
	log    []transfer
	opened int
	noBus  error                                                  // what OpenBus fails with
	broken func(w, r []byte, inner func(w, r []byte) error) error // nil: pass on
}

func (h *tap) OpenBus(name string) (i2c.BusCloser, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.opened++
	if h.noBus != nil {
		return nil, h.noBus
	}
	b, err := h.Hardware.OpenBus(name)
	return tapBus{b, h}, err
}

// sabotage sets what happens to every transfer from now on.
func (h *tap) sabotage(f func(w, r []byte, inner func(w, r []byte) error) error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.broken = f
}

func (h *tap) transfers() []transfer {
	h.mu.Lock()
	defer h.mu.Unlock()
	return append([]transfer(nil), h.log...)
}

func (h *tap) forget() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.log = nil
}

type tapBus struct {
	i2c.BusCloser
	h *tap
}

func (b tapBus) Tx(addr uint16, w, r []byte) error {
	inner := func(w, r []byte) error { return b.BusCloser.Tx(addr, w, r) }
	b.h.mu.Lock()
	sabotage := b.h.broken
	b.h.mu.Unlock()
	var err error
	if sabotage != nil {
		err = sabotage(w, r, inner)
	} else {
		err = inner(w, r)
	}
	b.h.mu.Lock()
	defer b.h.mu.Unlock()
	b.h.log = append(b.h.log, transfer{append([]byte(nil), w...), append([]byte(nil), r...)})
	return err
}

var wiring = drivers.Options{
	Bus: "1", Address: 0x76,
	Heat:      drivers.RelayOptions{Pin: "GPIO17"},
	Cool:      drivers.RelayOptions{Pin: "GPIO27", ActiveLow: true},
	Fan:       drivers.RelayOptions{Pin: "GPIO18"},
	Indicator: drivers.RelayOptions{Pin: "GPIO5"},
	TalkPin:   "GPIO23", QuietPin: "GPIO24",
	Doors: []drivers.DoorOptions{{ID: "front", Pin: "GPIO22"}, {ID: "back", Pin: "GPIO25"}},
}

// open returns a board on simulated hardware in a room of 21.3 °C, 45 %RH, 1013.25 hPa.
func open(t *testing.T) (*drivers.Board, *tap, *sim.Board) {
	t.Helper()
	s := sim.New(1)
	s.SetClimate(21.3, 45, 101325)
	h := &tap{Hardware: s}
	b, err := drivers.Open(h, wiring)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Close(); err != nil && !errors.Is(err, sim.ErrRelayWrite) {
			t.Error(err)
		}
	})
	return b, h, s
}
