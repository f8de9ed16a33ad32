package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
)

// defaultRuntime is where systemd keeps the sockets.
const defaultRuntime = "/run/quietstat"

// runtime is the folder of the sockets: the flag, else the configuration's. Where
// nobody has named a configuration and there is none, it is systemd's; one that was
// named and is not there must not lead to another thermostat.
func (s *surroundings) runtime() (string, error) {
	if s.runtimeFolder != "" {
		return s.runtimeFolder, nil
	}
	c, err := config.Load(s.configPath)
	if errors.Is(err, fs.ErrNotExist) && s.configPath == defaultConfig {
		return defaultRuntime, nil
	}
	if err != nil {
		return "", err
	}
	return c.State.Runtime, nil
}

// control and keeper call one verb of a role.
func (s *surroundings) control(verb string, arguments, into any) error {
	return s.call(local.ControlSocket, verb, arguments, into)
}

func (s *surroundings) keeper(verb string, arguments, into any) error {
	return s.call(local.KeeperSocket, verb, arguments, into)
}

func (s *surroundings) call(socket, verb string, arguments, into any) error {
	folder, err := s.runtime()
	if err != nil {
		return err
	}
	err = local.Call(s.ctx, filepath.Join(folder, socket), verb, arguments, into)
	if err != nil && s.ctx.Err() != nil {
		return exitError(exitInterrupted) // whoever interrupted knows why
	}
	return err
}

// printJSON writes a value for scripts.
func (s *surroundings) printJSON(value any) error {
	e := json.NewEncoder(s.stdout)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// printLine writes a value as one line.
func (s *surroundings) printLine(value any) error { return json.NewEncoder(s.stdout).Encode(value) }

func (s *surroundings) printf(format string, arguments ...any) {
	fmt.Fprintf(s.stdout, format, arguments...)
}
