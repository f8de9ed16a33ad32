package doctor

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/drivers"
)

const wired = `
[board]
kind = "gpio"
chip = "CHIP"
quiet = "GPIO23"
[relays.heat]
pin = "GPIO17"
type = "heating"
[[doors]]
id = "front"
pin = "GPIO22"
`

// computer is a made-up Pi that is well; a test spoils it.
type computer struct {
	*Patient
	files  fstest.MapFS
	survey drivers.Survey
	found  []drivers.Answer
	denied map[string]error
}

func (c *computer) write(name, text string) { c.files[name] = &fstest.MapFile{Data: []byte(text)} }

func (c *computer) link(name, target string) {
	c.files[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
}

// role starts a role in a network namespace.
func (c *computer) role(pid int, role, namespace string) {
	at := fmt.Sprintf("proc/%d/", pid)
	c.write(at+"cmdline", "/usr/bin/quietstat\x00"+role+"\x00--config\x00/etc/quietstat/quietstat.toml\x00")
	c.link(at+"ns/net", namespace)
	c.link(at+"exe", "/usr/bin/quietstat")
	c.write(at+"net/dev", "Inter-|   Receive\n face |bytes\n    lo: 0 0\n")
	c.link(at+"fd/0", "/dev/null")
}

func configured(t *testing.T, text string) *config.Config {
	t.Helper()
	c, err := config.Parse("test", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func healthy(t *testing.T) *computer {
	t.Helper()
	c := &computer{files: fstest.MapFS{}, denied: map[string]error{}}
	c.write("proc/device-tree/model", "Raspberry Pi 3 Model B Rev 1.2\x00")
	c.write("proc/sys/kernel/osrelease", "6.12.25+rpt-rpi-v8\n")
	c.write("proc/mounts", "/dev/mmcblk0p2 / ext4 rw,noatime 0 0\ntmpfs /run tmpfs rw 0 0\n")
	c.write("proc/net/tcp", "  sl  local_address rem_address   st\n   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1\n")
	c.link("proc/self/ns/net", "net:[1]")
	c.write("dev/i2c-1", "")
	c.write("dev/gpiochip0", "")
	c.write("boot/firmware/config.txt", "dtparam=i2c_arm=on\n")
	c.write("var/lib/quietstat/x", "")
	c.survey = drivers.Survey{Loaded: []string{"ioctl-gpio", "sysfs-i2c"}, Failed: []drivers.DriverState{{Name: "sysfs-spi", Skipped: true, Reason: "no SPI"}},
		Chips: []drivers.ChipState{{Name: "gpiochip0", Label: "pinctrl-bcm2835", Lines: make([]drivers.LineState, 54)}}}
	c.found = []drivers.Answer{{Address: 0x76, ID: 0x60}}
	c.Patient = &Patient{
		Root: c.files, Config: configured(t, strings.ReplaceAll(wired, "CHIP", "pinctrl-")), ConfigPath: "/etc/quietstat/quietstat.toml",
		User:    User{UID: 1000, Name: "pi", Groups: []string{"pi", "i2c", "gpio"}},
		Access:  func(path string) error { return c.denied[path] },
		Free:    func(string) (uint64, uint64, error) { return 1 << 30, 8 << 30, nil },
		Survey:  func() (drivers.Survey, error) { return c.survey, nil },
		Scan:    func(string) ([]drivers.Answer, error) { return c.found, nil },
		Clock:   func() bool { return true },
		Verify:  func(string) (uint64, error) { return 12, nil },
		Version: "v1.2.0",
	}
	return c
}

// of is the one line about a check.
func of(findings []Finding, check string) Finding {
	var found Finding
	for _, f := range findings {
		if f.Check == check && (found.Verdict == "" || f.Verdict != OK) {
			found = f
		}
	}
	return found
}

func TestAHealthyPiIsWell(t *testing.T) {
	findings := Examine(healthy(t).Patient)
	if Worst(findings) != OK {
		t.Errorf("%+v", findings)
	}
	for _, check := range []string{"model", "kernel", "config", "i2c", "access i2c", "bus", "sensor", "access gpio", "drivers", "gpio", "pins", "clock", "network", "ports", "card", "ledger", "credentials", "version"} {
		if of(findings, check).Text == "" {
			t.Errorf("nothing was said of %s", check)
		}
	}
}

// Every bad case: one line that is not ok, with the words that help.
func TestBadCases(t *testing.T) {
	for _, tt := range []struct {
		name, check string
		spoil       func(c *computer)
		verdict     Verdict
		text, hint  string
	}{
		{"no I2C", "i2c", func(c *computer) {
			delete(c.files, "dev/i2c-1")
			c.write("boot/firmware/config.txt", "#dtparam=i2c_arm=on\n")
		},
			Fail, "/dev/i2c-1 is not there", "add dtparam=i2c_arm=on"},
		{"I2C on and not loaded", "i2c", func(c *computer) { delete(c.files, "dev/i2c-1") }, Fail, "/dev/i2c-1 is not there", "restart the Pi, and load the module"},
		{"I2C switched off", "i2c", func(c *computer) {
			delete(c.files, "dev/i2c-1")
			c.write("boot/firmware/config.txt", "dtparam=i2c_arm=off\n")
		},
			Fail, "not there", "add dtparam=i2c_arm=on"},
		{"another bus", "i2c", func(c *computer) { delete(c.files, "dev/i2c-1"); c.write("dev/i2c-20", "") }, Fail, "not there", "there are: /dev/i2c-20"},
		{"wrong address", "sensor", func(c *computer) { c.found[0].Address = 0x77 }, Fail, "nobody answers at 0x76, but a BME280 does at 0x77", "board.address = 0x77"},
		{"BMP280", "sensor", func(c *computer) { c.found[0].ID = 0x58 }, Fail, "is a BMP280, not a BME280", "no humidity sensor"},
		{"another chip", "sensor", func(c *computer) { c.found[0].ID = 0x61 }, Fail, "BME680", "exchange it"},
		{"no sensor", "sensor", func(c *computer) { c.found = nil }, Fail, "nobody answers at 0x76", "check 3.3 V"},
		{"a bus that hangs", "sensor", func(c *computer) { c.Scan = func(string) ([]drivers.Answer, error) { return nil, drivers.ErrBusHangs } },
			Fail, "the bus hangs", "short to ground"},
		{"pin claimed", "pins", func(c *computer) { c.survey.Chips[0].Lines[17].Holder = "w1" }, Fail, "GPIO17 (heat) by w1", "w1-gpio"},
		{"pin claimed by us and control dead", "pins", func(c *computer) { c.survey.Chips[0].Lines[22].Holder = "quietstat@99" }, Fail, "GPIO22 (door front) by quietstat@99", ""},
		{"not in i2c", "access i2c", func(c *computer) { c.denied["/dev/i2c-1"] = syscall.EACCES; c.User.Groups = []string{"pi", "gpio"} },
			Fail, "pi may not open /dev/i2c-1: no member of the group i2c", "usermod -aG i2c pi"},
		{"not in gpio", "access gpio", func(c *computer) { c.denied["/dev/gpiochip0"] = syscall.EACCES; c.User.Groups = []string{"pi", "i2c"} },
			Fail, "no member of the group gpio", "usermod -aG gpio pi"},
		{"in gpio and still refused", "access gpio", func(c *computer) { c.denied["/dev/gpiochip0"] = syscall.EACCES }, Fail, "may not open", "udev rules"},
		{"chip renumbered", "gpio", func(c *computer) { c.survey.Chips[0].Name = "gpiochip4" }, OK, "gpiochip4, found by its label \"pinctrl-bcm2835\", whatever its number", ""},
		{"Pi 5's configuration on a Pi 3", "gpio", func(c *computer) { c.Config.Board.Chip = "pinctrl-rp1" }, Fail, "pinctrl-rp1", "the configuration is for another Pi: the header of this one belongs to pinctrl-bcm2835"},
		{"no GPIO at all", "gpio", func(c *computer) { delete(c.files, "dev/gpiochip0") }, Fail, "no /dev/gpiochip", "CONFIG_GPIO_CDEV"},
		{"driver failed", "drivers", func(c *computer) { c.survey.Failed = []drivers.DriverState{{Name: "sysfs-i2c", Reason: "broken"}} }, Warn, "sysfs-i2c has failed: broken", ""},
		{"driver not loaded", "drivers", func(c *computer) { c.survey.Loaded = nil }, Fail, "ioctl-gpio is not loaded", ""},
		{"no survey", "drivers", func(c *computer) {
			c.Survey = func() (drivers.Survey, error) { return drivers.Survey{}, errors.New("odd") }
		}, Fail, "odd", ""},
		{"no Pi", "model", func(c *computer) { delete(c.files, "proc/device-tree/model") }, Fail, "not a Raspberry Pi", "kind = \"sim\""},
		{"another board", "model", func(c *computer) { c.write("proc/device-tree/model", "Pine64\x00") }, Warn, "Pine64 is not", ""},
		{"no configuration", "config", func(c *computer) { c.Config, c.ConfigErr = nil, fs.ErrNotExist }, Fail, "no configuration at", "quietstat config example"},
		{"a spoilt one", "config", func(c *computer) { c.Config, c.ConfigErr = nil, errors.New("x") }, Fail, "cannot be used", "quietstat config check"},
		{"no clock", "clock", func(c *computer) { c.Clock = func() bool { return false } }, Warn, "opt-ins wait", "timedatectl"},
		{"missing credentials", "credentials", func(c *computer) {
			c.write("var/lib/quietstat/keeper/recipients/ha.json", `{"id":"ha","ca":"sha256/x","client_cert":"pi"}`)
			c.write("var/lib/quietstat/keeper/recipients/ha.json.credentials/pi.crt", "x")
		}, Warn, "ha (ca.pem), ha (pi.key)", "recipient credentials"},
		{"a window that cannot be used", "credentials", func(c *computer) {
			c.Keeper = &local.KeeperStatus{Ledger: local.Ledger{OK: true}, Failing: map[string]string{"ha": "the login was refused"}}
		}, Warn, "ha (the login was refused)", "recipient list"},
		{"a damaged recipient", "credentials", func(c *computer) { c.write("var/lib/quietstat/keeper/recipients/ha.json", `{`) }, Warn, "cannot be read", ""},
		{"read-only card", "card", func(c *computer) { c.write("proc/mounts", "/dev/mmcblk0p2 / ext4 ro,noatime 0 0\n") }, Fail, "mounted read-only", "exchange it"},
		{"full card", "card", func(c *computer) { c.Free = func(string) (uint64, uint64, error) { return spent - 1, 8 << 30, nil } }, Fail, "19 MB are free", "make room"},
		{"card nearly full", "card", func(c *computer) { c.Free = func(string) (uint64, uint64, error) { return scarce - 1, 8 << 30, nil } }, Warn, "199 MB are free", "make room"},
		{"card with just enough", "card", func(c *computer) { c.Free = func(string) (uint64, uint64, error) { return scarce, 8 << 30, nil } }, OK, "has room", ""},
		{"card worn", "card", func(c *computer) { c.write("sys/block/mmcblk0/device/life_time", "0x01 0x09\n") }, Warn, "80 %", "copy it"},
		{"card worn out", "card", func(c *computer) { c.write("sys/block/mmcblk0/device/life_time", "0x0b 0x01\n") }, Fail, "used up", "now"},
		{"card not worn", "card", func(c *computer) { c.write("sys/block/mmcblk0/device/life_time", "0x08 0x08\n") }, OK, "can be written", ""},
		{"spare blocks gone", "card", func(c *computer) { c.write("sys/block/mmcblk0/device/pre_eol_info", "0x03\n") }, Fail, "used up", ""},
		{"ledger damaged, at rest", "ledger", func(c *computer) {
			c.write("var/lib/quietstat/ledger/key", "")
			c.Verify = func(string) (uint64, error) { return 0, errors.New("tile 3 is not what was signed") }
		}, Fail, "tile 3", "ledger verify"},
		{"ledger of others", "ledger", func(c *computer) {
			c.write("var/lib/quietstat/ledger/key", "")
			c.Verify = func(string) (uint64, error) { return 0, fs.ErrPermission }
		}, Warn, "may not be looked at", "sudo"},
		{"ledger damaged, by the keeper", "ledger", func(c *computer) { c.Keeper = &local.KeeperStatus{Ledger: local.Ledger{Problem: "torn"}} }, Fail, "the keeper says: torn", ""},
		{"another version", "version", func(c *computer) { c.write("var/lib/dpkg/status", dpkg("1.1.0")) }, Warn, "the package is 1.1.0", "/usr/bin/quietstat"},
		{"the same version", "version", func(c *computer) { c.write("var/lib/dpkg/status", dpkg("1.2.0")) }, OK, "as the package", ""},
		{"not restarted", "version", func(c *computer) {
			c.role(7, "keeper", "net:[2]")
			c.link("proc/7/exe", "/usr/bin/quietstat (deleted)")
		}, Warn, "before the last update", "restart"},
	} {
		c := healthy(t)
		tt.spoil(c)
		f := of(Examine(c.Patient), tt.check)
		if f.Verdict != tt.verdict || !strings.Contains(f.Text, tt.text) || !strings.Contains(f.Remedy, tt.hint) {
			t.Errorf("%s: %+v, want %s %q with %q", tt.name, f, tt.verdict, tt.text, tt.hint)
		}
	}
}

func dpkg(version string) string {
	return "Package: other\nStatus: install ok installed\nVersion: 9\n\nPackage: quietstat\nStatus: install ok installed\nVersion: " + version + "\n\n"
}

// Whatever is wrong says what to do, and what is well says nothing of that kind.
func TestRemediesGoWithVerdicts(t *testing.T) {
	c := healthy(t)
	c.files = fstest.MapFS{}
	c.Root = c.files
	c.Clock = func() bool { return false }
	for _, p := range []*Patient{c.Patient, {Root: fstest.MapFS{}, ConfigErr: fs.ErrNotExist, Clock: c.Clock}, healthy(t).Patient} {
		for _, f := range Examine(p) {
			if (f.Verdict == OK) != (f.Remedy == "") || f.Text == "" {
				t.Errorf("%+v", f)
			}
		}
	}
}

func TestTheSimulatedBoardIsNotLookedAt(t *testing.T) {
	c := healthy(t)
	c.Config = configured(t, strings.ReplaceAll(strings.Replace(wired, "gpio", "sim", 1), "CHIP", "pinctrl-"))
	c.Survey, c.Scan = nil, nil // would panic
	delete(c.files, "proc/device-tree/model")
	findings := Examine(c.Patient)
	if Worst(findings) != OK || !strings.Contains(of(findings, "config").Text, "simulated") || of(findings, "i2c").Text != "" {
		t.Errorf("%+v", findings)
	}
}

// Beside a running control neither bus nor lines are touched.
func TestBesideControlTheBusIsLeftAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		status  *local.Status
		verdict Verdict
	}{
		"well":       {&local.Status{}, OK},
		"sick":       {&local.Status{SensorProblem: "nobody answers"}, Fail},
		"speechless": {nil, Warn},
	} {
		c := healthy(t)
		c.role(7, "control", "net:[2]")
		c.Scan = nil // would panic
		c.Control = tt.status
		c.survey.Chips[0].Lines[17].Holder = "quietstat@7"
		findings := Examine(c.Patient)
		if f := of(findings, "sensor"); f.Verdict != tt.verdict {
			t.Errorf("%s: %+v", name, f)
		}
		if f := of(findings, "pins"); f.Verdict != OK {
			t.Errorf("%s: %+v", name, f)
		}
		if !ControlRuns(c.Patient) {
			t.Errorf("%s: control is not seen", name)
		}
	}
}

func TestVersionsOfPackageAndProgram(t *testing.T) {
	for _, tt := range []struct {
		installed, stamp string
		same             bool
	}{
		{"1.2.0", "v1.2.0", true}, {"1.2.0", "v1.2.1", false}, {"1.2.0+14.gabc1234", "v1.2.0-14-gabc1234", true},
		{"0~20261122T085000.gabc1234", "abc1234", true}, {"0~20261122T085000.gabc1234", "abc1234-dirty", true},
		{"0~20261122T085000.gabc1234", "abc1235", false}, {"1.3.0~rc1", "v1.3.0-rc1", true}, {"1.2.0.g", "v1", false},
	} {
		if got := sameVersion(tt.installed, tt.stamp); got != tt.same {
			t.Errorf("%s and %s: %v", tt.installed, tt.stamp, got)
		}
	}
}
