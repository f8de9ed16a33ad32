package clock

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
)

func TestBootIDIsTheKernels(t *testing.T) {
	id, err := BootID()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Fatal(err)
	}
	if id != strings.ReplaceAll(strings.TrimSpace(string(raw)), "-", "") || len(id) != 32 {
		t.Errorf("this boot is %q", id)
	}
}

func TestBootIDInASandbox(t *testing.T) {
	const dashed, plain = "0a1b2c3d-0a1b-2c3d-4e5f-0a1b2c3d4e5f", "0a1b2c3d0a1b2c3d4e5f0a1b2c3d4e5f"
	other := strings.Repeat("f", 32)
	for _, c := range []struct {
		name, file string
		failed     error
		variable   string
		want       string // "" is a refusal
	}{
		{"the kernel's file", dashed + "\n", nil, "", plain},
		{"the file comes before the variable", dashed + "\n", nil, other, plain},
		{"hidden, and the unit says it", "", fs.ErrNotExist, plain, plain},
		{"hidden, and the unit says it with dashes", "", fs.ErrNotExist, dashed, plain},
		{"hidden, and nobody says it", "", fs.ErrNotExist, "", ""},
		{"hidden, and a digit is missing", "", fs.ErrNotExist, plain[1:], ""},
		{"hidden, and a digit too many", "", fs.ErrNotExist, plain + "0", ""},
		{"hidden, and not a number", "", fs.ErrNotExist, "x" + plain[1:], ""},
		{"unreadable is not hidden", "", errors.New("input/output error"), plain, ""},
		{"an empty file", "", nil, plain, ""},
	} {
		id, err := bootID(func(string) ([]byte, error) { return []byte(c.file), c.failed }, func(string) string { return c.variable })
		if id != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", c.name, id, err, c.want)
		}
	}
}
