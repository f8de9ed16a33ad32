package store

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

type settings struct {
	Generation int    `json:"generation"`
	Name       string `json:"name"`
}

const testSchema = "settings/1"

// saved makes a state file with the generations 1 and 2.
func saved(t *testing.T) (path string) {
	t.Helper()
	path = filepath.Join(scratch(t), "keeper", "state")
	for g := range 2 {
		if err := new(Disk).SaveState(path, testSchema, settings{g + 1, "hall"}); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestStateComesBack(t *testing.T) {
	path := saved(t)
	var s settings
	if ok, err := new(Disk).LoadState(path, testSchema, &s); !ok || err != nil || s != (settings{2, "hall"}) {
		t.Errorf("LoadState = %v, %v, %+v", ok, err, s)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if dir, err := os.Stat(filepath.Dir(path)); err != nil || dir.Mode().Perm() != 0o700 {
		t.Errorf("folder's mode %v, %v", dir.Mode(), err)
	}
}

func TestNoStateIsNotAnError(t *testing.T) {
	var s settings
	if ok, err := new(Disk).LoadState(filepath.Join(t.TempDir(), "none"), testSchema, &s); ok || err != nil {
		t.Errorf("LoadState = %v, %v", ok, err)
	}
}

// Any flipped bit is found, named, and answered with the generation before.
func TestDamagedStateFallsBackAndSaysSo(t *testing.T) {
	path := saved(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for at := range whole {
		for _, bad := range [][]byte{flip(whole, at), whole[:at], append(bytes.Clone(whole), whole[at])} {
			write(t, path, bad)
			var s settings
			ok, err := new(Disk).LoadState(path, testSchema, &s)
			var damaged *DamagedError
			if !ok || s.Generation != 1 || !errors.As(err, &damaged) {
				t.Fatalf("byte %d: %v, %v, %+v", at, ok, err, s)
			}
			if damaged.Path != path || damaged.Used != path+OldSuffix || damaged.Remedy == "" {
				t.Fatalf("byte %d: %+v", at, damaged)
			}
		}
	}
}

func TestStateWithoutAWholeGenerationIsNone(t *testing.T) {
	path := saved(t)
	write(t, path, []byte("x"))
	write(t, path+OldSuffix, []byte("x"))
	var s settings
	ok, err := new(Disk).LoadState(path, testSchema, &s)
	var damaged *DamagedError
	if ok || !errors.As(err, &damaged) || damaged.Used != "" {
		t.Errorf("LoadState = %v, %v", ok, err)
	}
}

func TestStateThatIsGoneIsMissed(t *testing.T) {
	path := saved(t)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	var s settings
	ok, err := new(Disk).LoadState(path, testSchema, &s)
	if !ok || err == nil || s.Generation != 1 {
		t.Errorf("LoadState = %v, %v, %+v", ok, err, s)
	}
}

func TestForeignStateIsRefused(t *testing.T) {
	path := saved(t)
	var s settings
	var schema *SchemaError
	ok, err := new(Disk).LoadState(path, "settings/2", &s)
	if ok || !errors.As(err, &schema) || schema.Have != testSchema || schema.Want != "settings/2" {
		t.Errorf("another schema: %v, %v", ok, err)
	}
	var narrower struct {
		Name string `json:"name"`
	}
	if ok, err := new(Disk).LoadState(path, testSchema, &narrower); ok || err == nil {
		t.Error("a field nobody knows was ignored")
	}
	two := []byte("{} {}\n")
	write(t, path, append(stateHeader(testSchema, two), two...))
	if ok, err := new(Disk).LoadState(path, testSchema, &s); ok || err == nil {
		t.Error("a second value was ignored")
	}
	for _, bad := range []string{"", "two words", "a\nb"} {
		if err := new(Disk).SaveState(path, bad, s); err == nil {
			t.Errorf("schema %q was taken", bad)
		}
	}
}

func TestStateSurvivesACrashBetweenAnyTwoSteps(t *testing.T) {
	for _, generations := range []int{0, 1, 2} {
		template := scratch(t)
		for g := range generations {
			if err := new(Disk).SaveState(filepath.Join(template, "s"), testSchema, settings{g + 1, "a"}); err != nil {
				t.Fatal(err)
			}
		}
		program := func(d *Disk, dir string) {
			_ = d.SaveState(filepath.Join(dir, "s"), testSchema, settings{generations + 1, "a"}) // dies in it
		}
		everyCrash(t, template, program, func(t *testing.T, dir string) {
			var s settings
			ok, err := new(Disk).LoadState(filepath.Join(dir, "s"), testSchema, &s)
			if err != nil || ok != (s.Generation > 0) || s.Generation < generations || s.Generation > generations+1 {
				t.Errorf("of %d generations: %v, %v, %+v", generations, ok, err, s)
			}
			if err := new(Disk).SaveState(filepath.Join(dir, "s"), testSchema, settings{9, "a"}); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestStateOnABadDisk(t *testing.T) {
	for _, errno := range []syscall.Errno{syscall.ENOSPC, syscall.EIO, syscall.EROFS} {
		path := saved(t)
		d := new(Disk)
		d.Inject(failing(errno))
		if err := d.SaveState(path, testSchema, settings{3, "x"}); !isErrno(err, errno) || !strings.Contains(err.Error(), path) {
			t.Errorf("%v: %v", errno, err)
		}
		var s settings
		if ok, err := d.LoadState(path, testSchema, &s); !ok || err != nil || s.Generation != 2 {
			t.Errorf("%v: %v, %v, %+v", errno, ok, err, s)
		}
	}
	d := new(Disk)
	d.Inject(func(op Op) Verdict { return Verdict{Err: syscall.EIO} })
	var s settings
	if ok, err := d.LoadState(saved(t), testSchema, &s); ok || !errors.Is(err, syscall.EIO) {
		t.Errorf("unreadable: %v, %v", ok, err)
	}
}

// What decodes is byte for byte what would be encoded.
func FuzzDecodeState(f *testing.F) {
	good, err := encodeState(testSchema, settings{1, "hall"})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Fuzz(func(t *testing.T, data []byte) {
		schema, body, err := decodeState(data)
		if err == nil && !bytes.Equal(append(stateHeader(schema, body), body...), data) {
			t.Errorf("%q is taken for a state file", data)
		}
	})
}

// flip returns data with one byte changed.
func flip(data []byte, at int) []byte {
	bad := bytes.Clone(data)
	bad[at] ^= 0x20 // what turns an upper case letter into a lower case one
	return bad
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
