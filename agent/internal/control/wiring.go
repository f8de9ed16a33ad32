package control

import (
	"path/filepath"
	"reflect"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/store"
	"quietstat/drivers"
)

// wiringSchema names kind and version of the wiring file.
const wiringSchema = "control-wiring/1"

// Wiring is what safe-outputs must know: which outputs there are, and on what
// board. It is kept in the state folder, so that the relays can be made safe also
// when the configuration has been spoilt since control started with it.
type Wiring struct {
	Kind    config.Kind     `json:"kind"`
	Options drivers.Options `json:"options"`
}

func wiringPath(folder string) string { return filepath.Join(folder, "control", "wiring") }

// remember keeps the wiring control runs with, if it differs from what is kept.
func remember(disk *store.Disk, folder string, c *config.Config) error {
	if disk == nil {
		return nil
	}
	now := Wiring{Kind: c.Board.Kind, Options: c.DriversOptions()}
	if kept, ok := LastWiring(disk, folder); ok && reflect.DeepEqual(kept, now) {
		return nil
	}
	return disk.SaveState(wiringPath(folder), wiringSchema, now)
}

// LastWiring is the wiring control last ran with, and whether it is known.
func LastWiring(disk *store.Disk, folder string) (Wiring, bool) {
	var w Wiring
	ok, _ := disk.LoadState(wiringPath(folder), wiringSchema, &w) // an older generation is better than none
	return w, ok
}
