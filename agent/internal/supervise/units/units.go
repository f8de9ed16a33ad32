package units

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"quietstat/agent/internal/store"
	"quietstat/consent"
)

// Runtime is the folder of the sockets that the units know. Roles with another folder
// were not started by systemd.
const Runtime = "/run/quietstat"

// State is what systemd has to do with the roles, and whether we may tell it something.
type State int

const (
	Absent    State = iota // the roles are not systemd's: there is nothing to tell
	Forbidden              // they are, and only root may tell it
	Ours                   // they are, and we are root
)

// Look finds out for the sockets in a folder.
func Look(runtime string) State {
	return look(runtime, "/run/systemd/system", os.Geteuid())
}

func look(runtime, booted string, user int) State {
	switch _, err := os.Stat(booted); { // sd_booted(3)
	case runtime != Runtime || err != nil:
		return Absent
	case user != 0:
		return Forbidden
	}
	return Ours
}

// Manager tells systemd.
type Manager struct {
	disk   *store.Disk
	folder string
	ask    func(ctx context.Context, arguments ...string) error
}

// New is the system's own manager.
func New() *Manager {
	return &Manager{disk: new(store.Disk), folder: "/etc/systemd/system", ask: systemctl}
}

// systemctl runs it; what it complains about is in the error.
func systemctl(ctx context.Context, arguments ...string) error {
	out, err := exec.CommandContext(ctx, "systemctl", arguments...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("systemctl %s: %w: %s", strings.Join(arguments, " "), err, strings.TrimSpace(string(out)))
	}
	return nil
}

// Socket is the unit that the keeper's connection to a recipient goes through.
func Socket(recipient string) string { return "quietstat-uplink@" + recipient + ".socket" }

func (m *Manager) dropIns(recipient string) string {
	return filepath.Join(m.folder, "quietstat-uplink@"+recipient+".service.d")
}

// Enable narrows a recipient's uplink and opens its socket, now and at every boot.
func (m *Manager) Enable(ctx context.Context, r consent.Recipient) error {
	narrow, err := dropIn(r)
	if err != nil {
		return err
	}
	if err := m.disk.Add(m.dropIns(r.ID), map[string][]byte{"recipient.conf": narrow}); err != nil {
		return err
	}
	if err := m.ask(ctx, "daemon-reload"); err != nil {
		return err
	}
	return m.ask(ctx, "--quiet", "enable", "--now", Socket(r.ID))
}

// Disable closes a recipient's socket and takes its drop-ins away, whoever wrote them:
// the next recipient of this name must not get the credentials of this one. What is
// already gone is no error.
func (m *Manager) Disable(ctx context.Context, recipient string) error {
	if recipient == "" || strings.Trim(recipient, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
		return fmt.Errorf("%q is not a recipient's id", recipient) // it becomes part of a path
	}
	return errors.Join(
		m.ask(ctx, "--quiet", "disable", "--now", Socket(recipient)),
		m.disk.RemoveFolder(m.dropIns(recipient)),
		m.ask(ctx, "daemon-reload"),
	)
}
