package main

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"quietstat/drivers/sim"
)

// obey carries out orders line by line until there are no more, and says "ok" or what
// is wrong after each.
func obey(board *sim.Board, orders io.Reader, say io.Writer) {
	lines := bufio.NewScanner(orders)
	for lines.Scan() {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		if err := carryOut(board, strings.Fields(lines.Text())); err != nil {
			fmt.Fprintln(say, err)
			continue
		}
		fmt.Fprintln(say, "ok")
	}
}

// carryOut does one order; words is never empty.
func carryOut(board *sim.Board, words []string) error {
	switch {
	case words[0] == "climate" && len(words) == 4:
		var air [3]float64
		for i, w := range words[1:] {
			v, err := strconv.ParseFloat(w, 64)
			if err != nil {
				return fmt.Errorf("climate: %q is no number: want °C, %%RH and Pa", w)
			}
			air[i] = v
		}
		board.SetClimate(air[0], air[1], air[2])
		return nil
	case words[0] == "address" && len(words) == 2:
		address, err := parseAddress(words[1])
		if err != nil {
			return err
		}
		board.SetAddress(address)
		return nil
	case (words[0] == "fault" || words[0] == "clear") && len(words) == 2:
		f, err := sim.ParseFault(words[1])
		if err != nil {
			return err
		}
		if words[0] == "fault" {
			board.SetFault(f)
		} else {
			board.ClearFault(f)
		}
		return nil
	}
	return fmt.Errorf("unknown order %q: want climate C RH PA, address 0xNN, fault NAME or clear NAME", strings.Join(words, " "))
}

// parseAddress reads 0x08 to 0x77, the addresses that I²C leaves to chips.
func parseAddress(s string) (uint16, error) {
	v, err := strconv.ParseUint(s, 0, 16)
	if err != nil || v < 0x08 || v > 0x77 {
		return 0, fmt.Errorf("address %q: want 0x08 to 0x77", s)
	}
	return uint16(v), nil
}
