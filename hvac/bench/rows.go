package main

import (
	"fmt"
	"slices"
	"strings"

	"quietstat/hvac"
	"quietstat/hvac/bench/peer"
	"quietstat/hvac/bench/trial"
	"quietstat/hvac/house"
)

// A row is one controller in the tables.
type row struct {
	key   string // for -rows
	title string
	make  func(l *library, k house.Kind, seed uint64) trial.Controller
}

// rows are all of them, in the order of the tables.
var rows = []row{
	{"shipped", "quietstat as shipped", func(*library, house.Kind, uint64) trial.Controller {
		return &quietstat{params: hvac.DefaultParams()}
	}},
	{"learned", "quietstat after 14 days", func(l *library, k house.Kind, seed uint64) trial.Controller {
		return l.recall(past{learned: true}, k, seed).wake(false)
	}},
	{"generic", "HA generic_thermostat 0.3/0.3", func(*library, house.Kind, uint64) trial.Controller { return &peer.Generic{} }},
	{"esphome", "ESPHome thermostat 0.5/0.5", func(*library, house.Kind, uint64) trial.Controller { return &peer.ESPHome{} }},
}

// chosen are the rows a list of keys names; an empty list names all.
func chosen(list string) ([]row, error) {
	if list == "" {
		return rows, nil
	}
	var some []row
	for key := range strings.SplitSeq(list, ",") {
		i := slices.IndexFunc(rows, func(r row) bool { return r.key == strings.TrimSpace(key) })
		if i < 0 {
			keys := make([]string, len(rows))
			for i, r := range rows {
				keys[i] = r.key
			}
			return nil, fmt.Errorf("row %q is not known: use one of %s", key, strings.Join(keys, ", "))
		}
		some = append(some, rows[i])
	}
	return some, nil
}
