package control

import (
	"os"
	"reflect"
	"testing"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/store"
)

func wired(t *testing.T, heat string) *config.Config {
	t.Helper()
	c, err := config.Parse("test.toml", []byte("[board]\nkind = \"sim\"\n[relays.heat]\npin = \""+heat+"\"\ntype = \"heating\"\nactive_low = true\n"))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestWiringIsRemembered(t *testing.T) {
	disk, folder := new(store.Disk), t.TempDir()
	if w, ok := LastWiring(disk, folder); ok {
		t.Errorf("a wiring nobody had: %+v", w)
	}
	for _, pin := range []string{"GPIO17", "GPIO17", "GPIO27"} {
		c := wired(t, pin)
		if err := remember(disk, folder, c); err != nil {
			t.Fatal(err)
		}
		w, ok := LastWiring(disk, folder)
		if !ok || w.Kind != config.KindSim || !reflect.DeepEqual(w.Options, c.DriversOptions()) {
			t.Errorf("with %s: %+v, %v", pin, w, ok)
		}
	}
	before, err := os.Stat(wiringPath(folder))
	if err != nil {
		t.Fatal(err)
	}
	if err := remember(disk, folder, wired(t, "GPIO27")); err != nil {
		t.Fatal(err)
	}
	if after, err := os.Stat(wiringPath(folder)); err != nil || !os.SameFile(before, after) {
		t.Errorf("the same wiring was written again: %v", err)
	}
	if err := os.WriteFile(wiringPath(folder), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if w, ok := LastWiring(disk, folder); !ok || w.Options.Heat.Pin != "GPIO17" {
		t.Errorf("a damaged file: %+v, %v; the generation before is to be used", w, ok)
	}
	if err := remember(nil, folder, wired(t, "GPIO17")); err != nil {
		t.Errorf("without a disk: %v", err)
	}
}
