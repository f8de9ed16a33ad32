package store

import (
	"os"
	"path/filepath"
	"testing"
)

func TestIdentity(t *testing.T) {
	d, dir := new(Disk), filepath.Join(t.TempDir(), "mdns")
	first, err := Identity(d, dir)
	if err != nil || len(first) != 8 {
		t.Fatalf("%q, %v", first, err)
	}
	again, err := Identity(d, dir)
	if err != nil || again != first {
		t.Errorf("the second start says %q, %v; the first said %q", again, err, first)
	}
	other, err := Identity(d, filepath.Join(t.TempDir(), "mdns"))
	if err != nil || other == first {
		t.Errorf("two devices have the name %q, %v", other, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "id"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if mended, err := Identity(d, dir); err != nil || len(mended) != 8 {
		t.Errorf("a damaged name was not replaced: %q, %v", mended, err)
	}
	d.Inject(Full())
	if _, err := Identity(d, filepath.Join(t.TempDir(), "full")); err == nil {
		t.Error("a full disk was not noticed")
	}
}
