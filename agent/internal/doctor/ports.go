package doctor

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// listening is one TCP socket that waits for connections.
type listening struct {
	at    netip.AddrPort
	inode string
}

// satellitePort is linux-voice-assistant's API, which asks nobody for a password.
const satellitePort = 6055

// ports looks for sockets that should not be there: any of ours but the voice role's on
// the loopback, and a satellite that the whole network can speak to.
func ports(p *Patient) []Finding {
	all := append(sockets(p.text("proc/net/tcp")), sockets(p.text("proc/net/tcp6"))...)
	var findings []Finding
	unseen := false
	for _, r := range roles(p) {
		fds, err := fs.ReadDir(p.Root, r.file("fd"))
		if err != nil {
			unseen = true
			continue
		}
		for _, fd := range fds {
			inode, is := strings.CutPrefix(p.readLink(r.file("fd/"+fd.Name())), "socket:[")
			if !is {
				continue
			}
			for _, s := range all {
				if s.inode != strings.TrimSuffix(inode, "]") || r.role == "voice" && s.at.Addr().Unmap().IsLoopback() {
					continue
				}
				findings = append(findings, fail("ports", "stop it (systemctl stop quietstat.target) and report it: no role of quietstat listens there", "%s listens at %s", r.role, s.at))
			}
		}
	}
	for _, s := range all {
		if s.at.Port() == satellitePort && !s.at.Addr().Unmap().IsLoopback() {
			findings = append(findings, warn("ports", "bind linux-voice-assistant to 127.0.0.1, or keep the port shut with a firewall", "port %d listens at %s: whoever is on the network can speak to the voice satellite", satellitePort, s.at))
			break
		}
	}
	if unseen {
		findings = append(findings, warn("ports", "run it with sudo", "whose sockets listen may not be looked at"))
	}
	if len(findings) == 0 {
		return []Finding{ok("ports", "nothing of quietstat listens on the network")}
	}
	return findings
}

// sockets reads proc/net/tcp or tcp6: field 2 is the local address, field 4 the state
// (0A is listening), field 10 the inode.
func sockets(text string) (all []listening) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 10 || f[3] != "0A" {
			continue
		}
		if at, err := address(f[1]); err == nil {
			all = append(all, listening{at, f[9]})
		}
	}
	return slices.CompactFunc(all, func(a, b listening) bool { return a == b })
}

// address reads "0100007F:1F90": words of four bytes in the order of the processor,
// which is little-endian on everything this runs on, and the port.
func address(text string) (netip.AddrPort, error) {
	host, port, _ := strings.Cut(text, ":")
	raw, err := hex.DecodeString(host)
	if err != nil || len(raw) != 4 && len(raw) != 16 {
		return netip.AddrPort{}, fmt.Errorf("%q is no address of /proc/net/tcp", text)
	}
	for i := 0; i < len(raw); i += 4 {
		binary.BigEndian.PutUint32(raw[i:], binary.LittleEndian.Uint32(raw[i:]))
	}
	n, err := strconv.ParseUint(port, 16, 16)
	if err != nil {
		return netip.AddrPort{}, fmt.Errorf("%q has no port", text)
	}
	addr, _ := netip.AddrFromSlice(raw)
	return netip.AddrPortFrom(addr, uint16(n)), nil
}
