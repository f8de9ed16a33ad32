package drivers

import (
	"syscall"
	"testing"
)

func TestKeepInput(t *testing.T) {
	kept, err := syscall.Dup(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Dup3(kept, 0, 0); err != nil {
			t.Error(err)
		}
		_ = syscall.Close(kept)
	})
	file := func() (s syscall.Stat_t) {
		t.Helper()
		if err := syscall.Fstat(0, &s); err != nil {
			t.Fatalf("file 0: %v", err)
		}
		return s
	}
	before := file()
	keepInput()
	if got := file(); got.Ino != before.Ino || got.Dev != before.Dev || got.Rdev != before.Rdev {
		t.Error("a standard input that was there has been replaced")
	}
	if err := syscall.Close(0); err != nil {
		t.Fatal(err)
	}
	keepInput()
	var null syscall.Stat_t
	if err := syscall.Stat("/dev/null", &null); err != nil {
		t.Fatal(err)
	}
	if file().Rdev != null.Rdev {
		t.Error("file 0 is not /dev/null after it was closed")
	}
}
