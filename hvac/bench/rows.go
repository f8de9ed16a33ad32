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
	bound string // the row of bound.json that is shown instead of a run
}

// rows are all of them, in the order of the tables.
var rows = []row{
	ours("shipped", "quietstat as shipped", past{}),
	ours("learned", "quietstat, 14 days", past{learned: true}),
	ours("tuned", "quietstat, autotune", past{tuned: true}),
	ours("both", "quietstat, autotune + 14 days", past{tuned: true, learned: true}),
	ours("ahead", "quietstat, ditto + schedule known", past{tuned: true, learned: true, ahead: true}),
	theirs("generic", "HA generic_thermostat 0.3/0.3", func(house.Kind) trial.Controller { return &peer.Generic{} }),
	theirs("esphome", "ESPHome thermostat 0.5/0.5", func(house.Kind) trial.Controller { return &peer.ESPHome{} }),
	theirs("tpi", "TPI 0.6/0.01, outdoor sensor", func(house.Kind) trial.Controller { return peer.ShippedTPI() }),
	theirs("autopid", "ESPHome PID, its own autotune", func(k house.Kind) trial.Controller { return peer.Autotuned(k) }),
	theirs("pid", "best fixed PID, searched", func(k house.Kind) trial.Controller { return peer.Searched(k, false) }),
	theirs("pidff", "best fixed PID + outdoor sensor", func(k house.Kind) trial.Controller { return peer.Searched(k, true) }),
	{key: "relay", title: "bound: relay", bound: "relay"},
	{key: "relay-preview", title: "bound: relay, schedule known", bound: "relay preview"},
	{key: "continuous", title: "bound: continuous power", bound: "continuous"},
	{key: "continuous-preview", title: "bound: continuous, schedule known", bound: "continuous preview"},
}

// ours is quietstat with a past.
func ours(key, title string, p past) row {
	return row{key: key, title: title, make: func(l *library, k house.Kind, seed uint64) trial.Controller {
		if p == (past{}) {
			return &quietstat{params: hvac.DefaultParams()}
		}
		return l.recall(p, k, seed).wake(p.ahead)
	}}
}

// theirs is a peer behind the guard.
func theirs(key, title string, c func(house.Kind) trial.Controller) row {
	return row{key: key, title: title, make: func(_ *library, k house.Kind, _ uint64) trial.Controller { return peer.Guard(c(k)) }}
}

// rowKeys are the keys of all rows, between commas.
func rowKeys() string {
	keys := make([]string, len(rows))
	for i, r := range rows {
		keys[i] = r.key
	}
	return strings.Join(keys, ",")
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
			return nil, fmt.Errorf("row %q is not known: use some of %s", key, rowKeys())
		}
		some = append(some, rows[i])
	}
	return some, nil
}
