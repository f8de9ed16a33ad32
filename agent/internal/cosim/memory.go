package cosim

import (
	"encoding/json"
	"fmt"

	"quietstat/agent/internal/store"
	"quietstat/hvac"
	"quietstat/hvac/tune"
)

// schema names kind and version of the state file.
const schema = "cosim/1"

// Memory is what a run leaves to the next one. Nothing in it is a time of a run: t
// restarts.
type Memory struct {
	Controller hvac.Saved
	Tuning     tune.History // gains in force, and how they came to be
}

// saved is Memory as it is stored: each part is judged by its own package, which bears
// what is missing or nonsense.
type saved struct {
	Controller json.RawMessage `json:"controller"`
	Tuning     json.RawMessage `json:"tuning"`
}

// Load reads the memory an earlier run left at path; none yet is the zero Memory. What
// is damaged beyond use, or is no memory of a port, is an error and not a fresh start:
// the path may name somebody's model. Where the newest generation is damaged and the
// one before it is whole, that one and a warning come back.
func Load(disk *store.Disk, path string) (m Memory, warning, err error) {
	var v saved
	ok, warning := disk.LoadState(path, schema, &v)
	if !ok {
		if warning != nil {
			return Memory{}, nil, fmt.Errorf("--state: %w", warning)
		}
		return Memory{}, nil, nil
	}
	if err := json.Unmarshal(v.Controller, &m.Controller); err != nil {
		return Memory{}, nil, fmt.Errorf("--state: %s: the controller's part cannot be read (%w); move it away to begin anew", path, err)
	}
	if m.Tuning, err = tune.DecodeHistory(v.Tuning); err != nil {
		return Memory{}, nil, fmt.Errorf("--state: %s: %w; move it away to begin anew", path, err)
	}
	return m, warning, nil
}

// Save writes it, atomically.
func Save(disk *store.Disk, path string, m Memory) error {
	var v saved
	var err error
	if v.Controller, err = json.Marshal(m.Controller); err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	if v.Tuning, err = json.Marshal(m.Tuning); err != nil {
		return fmt.Errorf("--state: %w", err)
	}
	return disk.SaveState(path, schema, v)
}
