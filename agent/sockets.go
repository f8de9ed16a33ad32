package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
)

// defaultRuntime is where systemd keeps the sockets.
const defaultRuntime = "/run/quietstat"

// runtime is the folder of the sockets: the flag, else the configuration's, else
// the default. A configuration that is not there is no error for a client.
func (s *surroundings) runtime() (string, error) {
	if s.runtimeFolder != "" {
		return s.runtimeFolder, nil
	}
	if _, err := os.Stat(s.configPath); errors.Is(err, fs.ErrNotExist) {
		return defaultRuntime, nil
	}
	c, err := config.Load(s.configPath)
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
	return local.Call(s.ctx, filepath.Join(folder, socket), verb, arguments, into)
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
