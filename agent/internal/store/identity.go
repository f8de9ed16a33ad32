package store

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
)

// identitySchema names the format of an identity file.
const identitySchema = "quietstat.identity/1"

// Identity reads the random name of this device from a folder, and makes one at
// the first start: eight hexadecimal digits, of no meaning and derived from
// nothing, so that neither a serial number nor a MAC address can be told from it.
// A damaged file is replaced, as the name stands for nothing.
func Identity(d *Disk, dir string) (string, error) {
	path := filepath.Join(dir, "id")
	var id string
	ok, err := d.LoadState(path, identitySchema, &id)
	if ok && err == nil && len(id) == 8 {
		return id, nil
	}
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", fmt.Errorf("no randomness for a name: %w", err)
	}
	id = hex.EncodeToString(b[:])
	if err := d.makeDir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("cannot make %s: %w", dir, err)
	}
	if err := d.SaveState(path, identitySchema, id); err != nil {
		return "", err
	}
	return id, nil
}
