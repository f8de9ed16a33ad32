package clock

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// BootVariable holds the boot's id (systemd.unit(5), %b) for a role that does not see
// /proc/sys, which ProcSubset=pid takes away.
const BootVariable = "QUIETSTAT_BOOT"

// BootID identifies this boot of the kernel (random(4)) by 32 hexadecimal digits, so
// that a stored CLOCK_BOOTTIME is never compared with another boot's.
func BootID() (string, error) { return bootID(os.ReadFile, os.Getenv) }

func bootID(read func(string) ([]byte, error), getenv func(string) string) (string, error) {
	b, err := read("/proc/sys/kernel/random/boot_id")
	id := string(b)
	if errors.Is(err, fs.ErrNotExist) {
		if id = getenv(BootVariable); id == "" {
			return "", fmt.Errorf("cannot tell which boot this is: %w; where /proc/sys is hidden, the unit says it: Environment=%s=%%b", err, BootVariable)
		}
		err = nil
	}
	if err != nil {
		return "", fmt.Errorf("cannot tell which boot this is: %w", err)
	}
	id = strings.ReplaceAll(strings.TrimSpace(id), "-", "")
	if len(id) != 32 || strings.Trim(id, "0123456789abcdef") != "" {
		return "", errors.New("cannot tell which boot this is: its id is not 32 hexadecimal digits")
	}
	return id, nil
}
