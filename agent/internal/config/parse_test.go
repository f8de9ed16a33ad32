package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// smallest is the shortest file that is valid: one relay, all else by default.
const smallest = "[relays.heat]\npin = \"GPIO17\"\ntype = \"heating\"\n"

// problemsOf parses a file that must be wrong and returns its error lines.
func problemsOf(t *testing.T, file string) []string {
	t.Helper()
	c, err := Parse("q.toml", []byte(file))
	if err == nil {
		t.Fatalf("no error for\n%s", file)
	}
	if c != nil {
		t.Errorf("a Config besides the error %v", err)
	}
	var ps Problems
	if !errors.As(err, &ps) || len(ps) == 0 {
		t.Fatalf("error is %T, want Problems: %v", err, err)
	}
	return strings.Split(err.Error(), "\n")
}

// firstProblem asks that the first problem of a file with the given value is with key.
// It returns how many there are.
func firstProblem(t *testing.T, value string, err error, key string) int {
	t.Helper()
	var ps Problems
	if !errors.As(err, &ps) || len(ps) == 0 || ps[0].Key != key {
		t.Errorf("%q gives %v, want a problem with %s first", value, err, key)
	}
	return len(ps)
}

// oneProblem reads a file that has one problem, with key, and nothing else to say. For
// the key "" there must be none; ok is that there was none, and the file was read.
func oneProblem(t *testing.T, text, key string) (c *Config, ok bool) {
	t.Helper()
	c, err := Parse("q.toml", []byte(text))
	if key == "" {
		if err != nil {
			t.Errorf("%q: %v", text, err)
		}
		return c, err == nil
	}
	if n := firstProblem(t, text, err, key); n > 1 {
		t.Errorf("%q: %v, want one problem, with %s", text, err, key)
	}
	return nil, false
}

// TestProblems holds every kind of mistake against its whole line: place, what is
// wrong, what was expected, what to do.
func TestProblems(t *testing.T) {
	tests := []struct {
		name, file string
		want       []string
	}{
		{"empty", "", []string{
			"q.toml:1:1: no relay heats or cools; expected [relays.heat], [relays.cool] or both; name the pin and type of at least one of them"}},
		{"byte order mark", "\ufeff" + smallest, []string{
			"q.toml:1:1: the file begins with a byte order mark; expected plain UTF-8; save it as UTF-8 without BOM"}},
		{"fan only", "[relays.fan]\npin = \"GPIO26\"\ntype = \"fan\"\n", []string{
			"q.toml:1:2: no relay heats or cools; expected [relays.heat], [relays.cool] or both; name the pin and type of at least one of them"}},
		{"unknown key", smallest + "[sensor]\nperoid = \"10s\"\n", []string{
			`q.toml:5:1: unknown key "sensor.peroid"; expected one of frozen_after, offset, period, second, stale_after; write period, or remove it`}},
		{"unknown key like nothing", smallest + "[sensor]\ncolour = \"red\"\n", []string{
			`q.toml:5:1: unknown key "sensor.colour"; expected one of frozen_after, offset, period, second, stale_after; remove it`}},
		{"unknown table", smallest + "[senser]\nperiod = 7\n", []string{
			`q.toml:4:2: unknown table "senser"; expected one of board, comfort, consent, control, doors, equipment, household, mdns, pause, relays, safety, sensor, session, state, tuning, voice; write sensor, or remove it`}},
		{"unknown top-level key", "heat = 1\n" + smallest, []string{
			`q.toml:1:1: unknown key "heat"; expected one of board, comfort, consent, control, doors, equipment, household, mdns, pause, relays, safety, sensor, session, state, tuning, voice; remove it`}},
		{"key below a value", smallest + "[sensor]\nperiod.seconds = 5\n", []string{
			`q.toml:5:8: unknown key "sensor.period.seconds"; expected a duration in quotes, such as "90s" or "5m"; remove it`}},
		{"syntax", smallest + "[sensor]\nperiod = 10s\n", []string{
			"q.toml:5:12: "}},
		{"syntax and what stands before it", "[sensor]\nperiod = 3\nx = 1\nstale_after =\n", []string{
			`q.toml:2:10: sensor.period is a whole number; expected a duration in quotes, such as "90s" or "5m"; change the value to that form`,
			`q.toml:3:1: unknown key "sensor.x"; expected one of frozen_after, offset, period, second, stale_after; remove it`,
			"q.toml:4:14: "}},
		{"same key twice", smallest + "pin = \"GPIO22\"\n", []string{
			"q.toml:4:1: "}},
		{"same table twice", smallest + "[relays.heat]\n", []string{
			"q.toml:4:2: "}},
		{"number in quotes", smallest + "[comfort]\nsetpoint_min = \"12\"\n", []string{
			"q.toml:5:16: comfort.setpoint_min is text; expected a number, without quotes; change the value to that form"}},
		{"date", smallest + "[comfort]\nsetpoint_min = 2026-01-01\n", []string{
			"q.toml:5:16: comfort.setpoint_min is a date or time; expected a number, without quotes; change the value to that form"}},
		{"text for true", smallest + "active_low = \"yes\"\n", []string{
			"q.toml:4:14: relays.heat.active_low is text; expected true or false, without quotes; change the value to that form"}},
		{"list for a pin", "[relays.heat]\npin = [\"GPIO17\", \"GPIO18\"]\ntype = \"heating\"\n", []string{
			`q.toml:2:1: relays.heat.pin is a list; expected a pin in quotes, such as "GPIO17"; change the value to that form`}},
		{"table for a value", smallest + "[sensor.period]\nx = 1\n", []string{
			`q.toml:4:9: sensor.period is a table; expected a duration in quotes, such as "90s" or "5m"; write period = ... inside its table instead of a header`}},
		{"value for a table", "relays = 4\n", []string{
			"q.toml:1:10: relays is a whole number; expected a table; change the value to that form"}},
		{"single brackets", smallest + "[doors]\nid = \"a\"\n", []string{
			"q.toml:4:2: the brackets around doors are of the wrong kind; expected [[doors]]; use double brackets: there may be several"}},
		{"double brackets", smallest + "[[sensor]]\n", []string{
			"q.toml:4:3: the brackets around sensor are of the wrong kind; expected [sensor]; use single brackets: there is only one"}},
		{"door by dots", "doors.id = \"a\"\n" + smallest, []string{
			"q.toml:1:1: doors is one table here; expected [[doors]]; give each its own header in double brackets"}},
		{"list of words for doors", "doors = [\"a\"]\n" + smallest, []string{
			"q.toml:1:10: doors[0] is text; expected a table in braces; change the value to that form"}},
		{"not a pin", "[relays.heat]\npin = \"17\"\ntype = \"heating\"\n", []string{
			`q.toml:2:7: relays.heat.pin is "17", which is no pin; expected GPIO2 to GPIO27; use the GPIO number, not the position on the header; see the wiring table in the README`}},
		{"no such pin", "[relays.heat]\npin = \"GPIO28\"\ntype = \"heating\"\n", []string{
			"q.toml:2:7: relays.heat.pin is GPIO28, which the header does not have; expected GPIO2 to GPIO27; use the GPIO number, not the position on the header; see the wiring table in the README"}},
		{"ID EEPROM", "[relays.heat]\npin = \"GPIO0\"\ntype = \"heating\"\n", []string{
			"q.toml:2:7: relays.heat.pin is GPIO0, which belongs to the ID EEPROM; expected GPIO2 to GPIO27; move the wire to a free pin, for example GPIO5, GPIO6, GPIO16"}},
		{"sensor's bus", "[relays.heat]\npin = \"GPIO3\"\ntype = \"heating\"\n", []string{
			"q.toml:2:7: relays.heat.pin is GPIO3, which is I2C bus 1, where the sensor is; expected a pin the sensor does not use; move the wire to a free pin, for example GPIO5, GPIO6, GPIO16"}},
		{"one pin twice", smallest + "[relays.fan]\npin = \"GPIO17\"\ntype = \"fan\"\n", []string{
			"q.toml:5:7: relays.fan.pin is GPIO17, which relays.heat.pin on line 2 has already; expected one use for each pin; move one of the two to a free pin, for example GPIO5, GPIO6, GPIO16"}},
		{"no pin", "[relays.heat]\ntype = \"heating\"\n", []string{
			`q.toml:1:9: relays.heat.pin is missing; expected a pin such as "GPIO17"; name the pin it is wired to, or remove the table`}},
		{"no type", "[relays.heat]\npin = \"GPIO17\"\n", []string{
			`q.toml:1:9: relays.heat.type is missing; expected type = "heating"; say what hangs on this relay`}},
		{"heat and cool swapped", "[relays.heat]\npin = \"GPIO17\"\ntype = \"cooling\"\n[relays.cool]\npin = \"GPIO27\"\ntype = \"heating\"\n", []string{
			`q.toml:3:8: relays.heat has type "cooling"; expected "heating"; if cooling equipment hangs on this pin, move the pin to [relays.cool]; if not, correct the type`,
			`q.toml:6:8: relays.cool has type "heating"; expected "cooling"; if heating equipment hangs on this pin, move the pin to [relays.heat]; if not, correct the type`}},
		{"no such type", "[relays.heat]\npin = \"GPIO17\"\ntype = \"oven\"\n", []string{
			`q.toml:3:8: relays.heat has type "oven"; expected "heating"; correct the type`}},
		{"board", smallest + "[board]\nkind = \"pi\"\nbus = \"/dev/i2c-1\"\naddress = 0x78\nchip = \"\"\n", []string{
			`q.toml:5:8: board.kind is "pi"; expected "gpio" or "sim", default "gpio"; write "gpio" on a Raspberry Pi, "sim" to try without one`,
			"q.toml:6:7: board.bus is \"/dev/i2c-1\"; expected the number of an I2C bus in quotes, default \"1\"; `ls /dev/i2c-*` shows the buses; write what follows the dash",
			"q.toml:7:11: board.address is 0x78; expected 0x76 or 0x77, default 0x76; 0x76 if the sensor's SDO is at ground, 0x77 if it is at 3.3 V",
			"q.toml:8:8: board.chip is \"\"; expected the beginning of a chip's label, default \"pinctrl-\"; `gpiodetect` shows the labels in square brackets"}},
		{"talk without quiet", smallest + "[board]\ntalk = \"GPIO24\"\n", []string{
			"q.toml:4:2: board.quiet is missing; expected a quiet button wherever there is a talk button; with only one button, write it as board.quiet: closing needs no other"}},
		{"indicator without pin", smallest + "[board.indicator]\nactive_low = true\n", []string{
			`q.toml:4:8: board.indicator.pin is missing; expected a pin such as "GPIO17"; name the pin it is wired to, or remove the table`}},
		{"doors", smallest + "[[doors]]\nid = \"Front Door\"\npin = \"GPIO22\"\n[[doors]]\nid = \"b\"\npin = \"GPIO23\"\n[[doors]]\nid = \"b\"\npin = \"GPIO23\"\n[[doors]]\nlabel = \"a\\nb\"\n", []string{
			`q.toml:5:6: doors[0].id is "Front Door"; expected 1 to 16 of a-z, 0-9 and -; put anything longer into label`,
			`q.toml:11:6: doors[2].id is "b", as on line 8 already; expected one door for each id; give one of the two another id`,
			"q.toml:12:7: doors[2].pin is GPIO23, which doors[1].pin on line 9 has already; expected one use for each pin; move one of the two to a free pin, for example GPIO5, GPIO6, GPIO16",
			"q.toml:13:3: doors[3].id is missing; expected a short name such as front; give the door a name of its own",
			`q.toml:13:3: doors[3].pin is missing; expected a pin such as "GPIO17"; name the pin it is wired to, or remove the table`,
			`q.toml:14:9: doors[3].label is "a\nb"; expected at most 40 printable characters; shorten it, on one line`}},
		{"not a duration", smallest + "[sensor]\nperiod = \"10 seconds\"\n", []string{
			`q.toml:5:10: sensor.period is "10 seconds", which is no duration; expected 1s to 1m, default 10s; write a number with ms, s, m or h, such as "90s"`}},
		{"stale before the second sample", smallest + "[sensor]\nperiod = \"60s\"\nstale_after = \"119s\"\n", []string{
			"q.toml:6:15: sensor.stale_after is 1m59s; expected at least two periods, 2m; one lost sample must not stop the heating: lengthen it or sample more often"}},
		{"setpoints too close", smallest + "[comfort]\nsetpoint_min = 20\nsetpoint_max = 20.5\n", []string{
			"q.toml:6:16: comfort.setpoint_max is 20.5 °C; expected at least 1 K above comfort.setpoint_min, 21 °C; widen the range"}},
		{"cut-out within reach of a wish", smallest + "[comfort]\nsetpoint_max = 30\n[safety]\noverheat = 31.5\n", []string{
			"q.toml:7:12: safety.overheat is 31.5 °C; expected at least 2 K above comfort.setpoint_max, 32 °C; raise it, or lower comfort.setpoint_max: a wish must never trip the cut-out"}},
		{"not a number", smallest + "[safety]\nfrost_floor = nan\n", []string{
			"q.toml:5:15: safety.frost_floor is NaN °C; expected 4 to 12 °C, default 7 °C; choose a value in that range"}},
		{"port", smallest + "[consent]\npage_port = 80\n[mdns]\nport = 0\n", []string{
			"q.toml:5:13: consent.page_port is 80; expected 1024 to 65535, default 8080; choose a port in that range",
			"q.toml:7:8: mdns.port is 0; expected 1 to 65535, default 8080; choose a port in that range"}},
		{"folders", "[state]\nfolder = \"state\"\nruntime = \"/" + strings.Repeat("r", 54) + "\"\n" + smallest, []string{
			`q.toml:2:10: state.folder is "state"; expected the full path of a folder without .. or a slash at its end, default /var/lib/quietstat; write it out from /`,
			"q.toml:3:11: state.runtime has 55 bytes; expected at most 54; choose a shorter path: the kernel bounds the length of a socket's name"}},
		{"interface", smallest + "[mdns]\ninterface = \"eth 0\"\n", []string{
			"q.toml:5:13: mdns.interface is \"eth 0\"; expected the name of a network interface, or empty for the only one; `ip link` shows the names"}},
		{"inline tables keep their places", "relays = { heat = { pin = \"GPIO17\", tipe = \"heating\" } }\n", []string{
			`q.toml:1:37: unknown key "relays.heat.tipe"; expected one of active_low, pin, type; write type, or remove it`}},
		{"windows line ends", "[sensor]\r\nperiod = \"0s\"\r\n" + smallest, []string{
			"q.toml:2:10: sensor.period is 0s; expected 1s to 1m, default 10s; choose a value in that range"}},
		{"too much", strings.Repeat("#", MaxSize+1), []string{
			"q.toml:1:1: the file is too large; expected at most 65536 bytes; check that this is a configuration file"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := problemsOf(t, tt.file)
			for i := range min(len(got), len(tt.want)) {
				// The words of syntax errors are the library's; only their places are ours.
				if tt.want[i][len(tt.want[i])-1] == ' ' && strings.HasPrefix(got[i], tt.want[i]) {
					got[i] = tt.want[i]
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got)\n%s", diff)
			}
		})
	}
}

func TestNinthDoor(t *testing.T) {
	file := smallest
	for i, n := range []int{4, 5, 6, 7, 8, 9, 10, 11} {
		file += fmt.Sprintf("[[doors]]\nid = \"d%d\"\npin = \"GPIO%d\"\n", i, n)
	}
	c, err := Parse("q.toml", []byte(file))
	if err != nil || len(c.Doors) != 8 {
		t.Fatalf("eight doors are refused: %v", err)
	}
	got := problemsOf(t, file+"[[doors]]\nid = \"d8\"\npin = \"GPIO12\"\n")
	want := []string{"q.toml:28:3: there are 9 doors; expected at most 8; wire several contacts of one room in series and give them one entry"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got)\n%s", diff)
	}
}

func TestLoad(t *testing.T) {
	folder := t.TempDir()
	good := filepath.Join(folder, "good.toml")
	if err := os.WriteFile(good, []byte(smallest), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := Load(good); err != nil || c.Relays.Heat.Pin != "GPIO17" {
		t.Errorf("good file: %v, %v", c, err)
	}
	absent := filepath.Join(folder, "absent.toml")
	_, err := Load(absent)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing file: %v is not fs.ErrNotExist", err)
	}
	want := absent + ":1:1: there is no such file; expected a readable configuration file; write one with `quietstat config example > quietstat.toml`"
	if err.Error() != want {
		t.Errorf("missing file:\n%v, want\n%s", err, want)
	}
	_, err = Load(folder)
	want = folder + ":1:1: the file cannot be read (is a directory); expected a readable configuration file; check its path, owner and mode"
	if err == nil || err.Error() != want {
		t.Errorf("folder:\n%v, want\n%s", err, want)
	}
	pipe := filepath.Join(folder, "pipe.toml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, "/dev/zero"} {
		_, err = Load(path)
		want = path + ":1:1: the file cannot be read (it is a pipe, a socket or a device); expected a readable configuration file; check its path, owner and mode"
		if err == nil || err.Error() != want {
			t.Errorf("%s:\n%v, want\n%s", path, err, want)
		}
	}
}

// TestLoadLarge reads a file of exactly MaxSize and one of a byte more.
func TestLoadLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "q.toml")
	for size, good := range map[int]bool{MaxSize: true, MaxSize + 1: false, 100 * MaxSize: false} {
		file := smallest + strings.Repeat("#", size-len(smallest))
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		if want := path + ":1:1: the file is too large; expected at most 65536 bytes; check that this is a configuration file"; (err == nil) != good || err != nil && err.Error() != want {
			t.Errorf("%d bytes: %v", size, err)
		}
	}
}

// TestProblemFields shows what a program, not a person, gets.
func TestProblemFields(t *testing.T) {
	_, err := Parse("q.toml", []byte(smallest+"[sensor]\nperiod = \"2m\"\n"))
	var p Problem
	if !errors.As(err, &p) {
		t.Fatalf("no Problem in %v", err)
	}
	want := Problem{File: "q.toml", Line: 5, Column: 10, Key: "sensor.period", Message: "sensor.period is 2m",
		Expected: "1s to 1m, default 10s", Remedy: "choose a value in that range"}
	if diff := cmp.Diff(want, p); diff != "" {
		t.Errorf("problem (-want +got)\n%s", diff)
	}
}
