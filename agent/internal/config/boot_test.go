package config

import (
	"slices"
	"strings"
	"testing"
)

// TestBootLines: what the firmware does between power and our first tick. A wrong level
// here is a relay that is on while nobody decides.
func TestBootLines(t *testing.T) {
	const heat = "[relays.heat]\npin = \"GPIO17\"\ntype = \"heating\"\n"
	for _, c := range []struct{ name, file, want string }{
		{"one relay", heat, "dtparam=i2c_arm=on dtparam=watchdog=on gpio=17=op,dl"},
		{"on while low", heat + "active_low = true\n", "dtparam=i2c_arm=on dtparam=watchdog=on gpio=17=op,dh"},
		{"each of its own level", heat + "active_low = true\n[relays.cool]\npin = \"GPIO27\"\ntype = \"cooling\"\n[relays.fan]\npin = \"GPIO26\"\ntype = \"fan\"\nactive_low = true\n",
			"dtparam=i2c_arm=on dtparam=watchdog=on gpio=17=op,dh gpio=27=op,dl gpio=26=op,dh"},
		{"another bus", "[board]\nbus = \"3\"\n" + heat, "dtparam=watchdog=on gpio=17=op,dl"},
		{"simulated", "[board]\nkind = \"sim\"\n" + heat, ""},
		{"inputs and the light are no relays", "[board]\nquiet = \"GPIO23\"\ntalk = \"GPIO24\"\n[board.indicator]\npin = \"GPIO25\"\n" + heat,
			"dtparam=i2c_arm=on dtparam=watchdog=on gpio=17=op,dl"},
	} {
		conf, err := Parse("x.toml", []byte(c.file))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if got := strings.Join(conf.BootLines(), " "); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// TestBootLinesOfEveryRelay: no relay that the example files wire is forgotten, and in
// shadow mode none is touched.
func TestBootLinesOfEveryRelay(t *testing.T) {
	for name, count := range map[string]int{"furnace": 4, "heatpump": 4, "boiler": 1} {
		example, err := ExampleFor(name)
		if err != nil {
			t.Fatal(err)
		}
		conf, err := Parse(name, example)
		if err != nil {
			t.Fatal(err)
		}
		lines := conf.BootLines()
		got := slices.DeleteFunc(slices.Clone(lines), func(l string) bool { return !strings.HasPrefix(l, "gpio=") })
		if len(got) != count {
			t.Errorf("%s: %d relays have a line, want %d: %v", name, len(got), count, lines)
		}
		conf.Control.Shadow = true
		if got, want := conf.BootLines(), []string{"dtparam=i2c_arm=on", "dtparam=watchdog=on"}; !slices.Equal(got, want) {
			t.Errorf("%s in shadow mode: %v, want %v", name, got, want)
		}
	}
}
