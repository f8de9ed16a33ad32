package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"syscall"

	"quietstat/drivers/sim"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	name := flag.String("device", "i2c-1", "`NAME` of the device below /dev")
	address := flag.String("address", "0x76", "I²C `ADDRESS` of the sensor")
	fault := flag.String("fault", "", "`NAME` of a fault to begin with")
	seed := flag.Uint64("seed", 1, "`N`umber that fixes the sensor's noise")
	flag.Parse()

	board := sim.New(*seed)
	if err := carryOut(board, []string{"address", *address}); err != nil {
		return err
	}
	if *fault != "" {
		if err := carryOut(board, []string{"fault", *fault}); err != nil {
			return err
		}
	}
	bus, err := board.OpenBus("1")
	if err != nil {
		return err
	}
	channel, err := os.OpenFile("/dev/cuse", os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("cuse: %w (modprobe cuse; root only)", err)
	}
	defer channel.Close()
	go obey(board, os.Stdin, os.Stdout)
	d := device{name: *name, bus: bus, ready: func() { fmt.Println("ready") }}
	if err := d.serve(channel); !errors.Is(err, syscall.ENODEV) { // ENODEV: the device was taken away
		return err
	}
	return nil
}
