package doctor

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestTheNetworkOfControlAndKeeper(t *testing.T) {
	const crowded = "Inter-|\n face |\n    lo: 0\n  eth0: 0\n"
	for _, tt := range []struct {
		name    string
		spoil   func(c *computer)
		verdict Verdict
		text    string
	}{
		{"empty", func(c *computer) {}, OK, "nothing in it"},
		{"shared", func(c *computer) { c.link("proc/7/ns/net", "net:[1]") }, Fail, "shares the network"},
		{"shared, simulated", func(c *computer) { c.link("proc/7/ns/net", "net:[1]"); c.Config.Board.Kind = "sim" }, Warn, "shares the network"},
		{"with an interface", func(c *computer) { c.write("proc/7/net/dev", crowded) }, Fail, "interfaces: lo, eth0"},
		{"without any", func(c *computer) { c.write("proc/7/net/dev", "Inter-|\n face |\n") }, OK, "nothing in it"},
		{"not to be looked at", func(c *computer) { delete(c.files, "proc/7/ns/net") }, Warn, "may not be looked at"},
		{"interfaces not to be looked at", func(c *computer) { delete(c.files, "proc/7/net/dev") }, Warn, "interfaces may not"},
	} {
		for _, role := range []string{"control", "keeper"} {
			c := healthy(t)
			c.role(7, role, "net:[2]")
			tt.spoil(c)
			if f := of(walls(c.Patient), "network of "+role); f.Verdict != tt.verdict || !strings.Contains(f.Text, tt.text) {
				t.Errorf("%s, %s: %+v", tt.name, role, f)
			}
		}
	}
	c := healthy(t)
	c.role(7, "voice", "net:[1]") // may have one
	if f := of(walls(c.Patient), "network"); f.Verdict != OK {
		t.Errorf("voice: %+v", f)
	}
}

func TestOnlyOurOwnRolesAreLookedAt(t *testing.T) {
	c := healthy(t)
	c.role(30, "keeper", "net:[2]")
	c.role(4, "control", "net:[2]")
	for pid, line := range map[string]string{
		"5": "/usr/bin/quietstat\x00control\x00--config\x00/home/other.toml\x00", // another thermostat
		"6": "/usr/bin/quietstat\x00status\x00--config\x00/etc/quietstat/quietstat.toml\x00",
		"8": "vi\x00/etc/quietstat/quietstat.toml\x00", "9": "", "self": "x",
		"10": "q\x00mdns\x00--runtime\x00/run/quietstat\x00",
		"11": "q\x00uplink\x00--recipient\x00/var/lib/quietstat/keeper/recipients/ha.json\x00",
		"12": "q\x00uplink\x00--recipient\x00/elsewhere/ha.json\x00",
	} {
		c.write("proc/"+pid+"/cmdline", line)
	}
	var got []int
	for _, r := range roles(c.Patient) {
		got = append(got, r.pid)
	}
	if len(got) != 4 || got[0] != 4 || got[1] != 10 || got[2] != 11 || got[3] != 30 {
		t.Errorf("roles %v", got)
	}
}

func TestPortsThatShouldNotBeOpen(t *testing.T) {
	const line = "   0: %A 00000000:0000 %S 00000000:00000000 00:00000000 00000000  1000        0 %I 1\n"
	socket := func(at, state, inode string) string {
		return strings.NewReplacer("%A", at, "%S", state, "%I", inode).Replace(line)
	}
	for _, tt := range []struct {
		name, role string
		tcp, tcp6  string
		verdict    Verdict
		text       string
	}{
		{"nothing", "control", "", "", OK, "nothing of quietstat"},
		{"somebody else's", "control", socket("00000000:0016", "0A", "99"), "", OK, ""},
		{"control on the network", "control", socket("00000000:1F90", "0A", "4712"), "", Fail, "control listens at 0.0.0.0:8080"},
		{"keeper on the loopback", "keeper", socket("0100007F:1F90", "0A", "4712"), "", Fail, "keeper listens at 127.0.0.1:8080"},
		{"a connection, not a listener", "uplink", socket("0100007F:1F90", "01", "4712"), "", OK, ""},
		{"voice on the loopback", "voice", socket("0100007F:2712", "0A", "4712"), "", OK, ""},
		{"voice on the network", "voice", socket("00000000:2712", "0A", "4712"), "", Fail, "voice listens at 0.0.0.0:10002"},
		{"voice on the loopback, IPv6", "voice", "", socket("00000000000000000000000001000000:2712", "0A", "4712"), OK, ""},
		{"mdns on IPv6", "mdns", "", socket("00000000000000000000000000000000:2712", "0A", "4712"), Fail, "mdns listens at [::]:10002"},
		{"a satellite for everybody", "control", socket("0A01A8C0:17A7", "0A", "99"), "", Warn, "port 6055 listens at 192.168.1.10:6055"},
		{"a satellite for itself", "control", socket("0100007F:17A7", "0A", "99"), "", OK, ""},
		{"garbage", "control", "x\n" + socket("zz:1F90", "0A", "4712") + socket("0100007F:zz", "0A", "4712") + socket("01:1", "0A", "4712"), "", OK, ""},
	} {
		c := healthy(t)
		c.role(7, tt.role, "net:[2]")
		if tt.role == "uplink" {
			c.write("proc/7/cmdline", "q\x00uplink\x00--recipient\x00/var/lib/quietstat/r.json\x00")
		}
		c.link("proc/7/fd/5", "socket:[4712]")
		c.write("proc/net/tcp", tt.tcp)
		c.write("proc/net/tcp6", tt.tcp6)
		if f := of(ports(c.Patient), "ports"); f.Verdict != tt.verdict || !strings.Contains(f.Text, tt.text) {
			t.Errorf("%s: %+v, want %s %q", tt.name, f, tt.verdict, tt.text)
		}
	}
	c := healthy(t)
	c.role(7, "control", "net:[2]")
	delete(c.files, "proc/7/fd/0")
	if f := of(ports(c.Patient), "ports"); f.Verdict != Warn || f.Remedy != "run it with sudo" {
		t.Errorf("without a look at its files: %+v", f)
	}
}

func TestMountsOfTheState(t *testing.T) {
	const text = "/dev/a / ext4 ro 0 0\n/dev/b /var ext4 rw 0 0\n/dev/c /var/lib/quiet ext4 ro 0 0\nbad\n/dev/b /var ext4 rw,errors=remount-ro 0 0\n"
	for folder, want := range map[string]struct {
		at string
		ro bool
	}{"/var/lib/quietstat": {"/var", false}, "/var/lib/quiet/x": {"/var/lib/quiet", true}, "/var/lib/quiet": {"/var/lib/quiet", true}, "/srv": {"/", true}} {
		if at, ro := mount(text, folder); at != want.at || ro != want.ro {
			t.Errorf("%s: %s %v", folder, at, ro)
		}
	}
}

func FuzzAddress(f *testing.F) {
	for _, seed := range []string{"0100007F:1F90", "00000000000000000000000001000000:0016", "", ":", "01:1", "zz"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, err := address(text)
		if err == nil && !at.IsValid() {
			t.Errorf("%q became %v", text, at)
		}
	})
}

// Files of a hostile or broken computer are read without a panic.
func FuzzExamine(f *testing.F) {
	f.Add("/ / ext4 ro", "0: 00000000:17A7 0 0A 0 0 0 0 0 1", "control\x00control\x00--config", "0xff 0x", `{"ca":1}`, "Package: quietstat\n")
	f.Fuzz(func(t *testing.T, mounts, tcp, cmdline, life, recipient, status string) {
		c := healthy(t)
		c.write("proc/mounts", mounts)
		c.write("proc/net/tcp", tcp)
		c.write("proc/5/cmdline", cmdline)
		c.write("sys/block/mmcblk0/device/life_time", life)
		c.write("var/lib/quietstat/keeper/recipients/a.json", recipient)
		c.write("var/lib/dpkg/status", status)
		for _, finding := range Examine(c.Patient) {
			if finding.Verdict == "" || (finding.Verdict == OK) != (finding.Remedy == "") {
				t.Errorf("%+v", finding)
			}
		}
	})
}

func TestNothingToReadIsNoPanic(t *testing.T) {
	p := &Patient{Root: fstest.MapFS{}, Clock: func() bool { return false }}
	if Worst(Examine(p)) != Fail {
		t.Error("a computer without anything is well")
	}
}
