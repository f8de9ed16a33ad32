package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/control"
	"quietstat/agent/internal/supervise"
	"quietstat/drivers"
	"quietstat/drivers/sim"
	"quietstat/hvac/house"
)

// openedBoard is the hardware a role works on.
type openedBoard struct {
	hardware  drivers.Hardware
	simulated bool
}

// openBoard finds the hardware the configuration asks for: the Pi's own, the
// simulated board a parent owns, or, for a control that was started alone, a
// simulated board and house of its own.
func openBoard(ctx context.Context, c *config.Config) (openedBoard, error) {
	if c.Board.Kind != config.KindSim {
		hardware, err := drivers.Host()
		return openedBoard{hardware: hardware}, err
	}
	if number := os.Getenv(supervise.BoardVariable); number != "" {
		hardware, err := parentsBoard(number)
		return openedBoard{hardware: hardware, simulated: true}, err
	}
	hardware, err := aloneBoard(ctx, c)
	return openedBoard{hardware: hardware, simulated: true}, err
}

// outputsOf finds the hardware whose relays are to be made safe.
func outputsOf(w control.Wiring) (drivers.Hardware, error) {
	if w.Kind != config.KindSim {
		return drivers.Host()
	}
	if number := os.Getenv(supervise.BoardVariable); number != "" {
		return parentsBoard(number)
	}
	return sim.New(1), nil
}

// parentsBoard reaches the board whose connection was handed down.
func parentsBoard(number string) (drivers.Hardware, error) {
	fd, err := strconv.Atoi(number)
	if err != nil || fd < 3 {
		return nil, fmt.Errorf("%s=%q is not an inherited file number; it is set by the parent process, never by hand", supervise.BoardVariable, number)
	}
	f := os.NewFile(uintptr(fd), "board")
	defer f.Close() // net holds its own duplicate
	conn, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("the parent's simulated board: %w", err)
	}
	return sim.Dial(conn), nil
}

// alonePeriod is how often a house without a parent lives on.
const alonePeriod = time.Second

// aloneBoard is a house in this process, on the real clock.
func aloneBoard(ctx context.Context, c *config.Config) (drivers.Hardware, error) {
	now := time.Now()
	world, err := supervise.NewWorld(c, house.KindA, uint64(os.Getpid()), time.Duration(now.Hour())*time.Hour)
	if err != nil {
		return nil, err
	}
	go func() {
		every := time.NewTicker(alonePeriod)
		defer every.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-every.C:
				world.Advance(alonePeriod)
			}
		}
	}()
	return world.Board, nil
}

// parseHouse reads the letter of a house.
func parseHouse(letter string) (house.Kind, error) { return house.ParseKind(letter) }
