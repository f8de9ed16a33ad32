package voice

import (
	"encoding/hex"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
)

// socketTables are where the kernel lists the TCP sockets of this network namespace.
var socketTables = []string{"/proc/self/net/tcp", "/proc/self/net/tcp6"}

// exposed asks the kernel whether the port of a loopback address listens beyond the
// loopback as well. It looks and does not dial: this role may not reach the network.
// A table that cannot be read shows nothing.
func exposed(tables []string, address string) bool {
	a, err := netip.ParseAddrPort(address)
	if err != nil {
		return false
	}
	for _, name := range tables {
		table, err := os.ReadFile(name)
		if err == nil && listensBeyondLoopback(string(table), a.Port()) {
			return true
		}
	}
	return false
}

// listensBeyondLoopback reads the kernel's table of TCP sockets (proc_pid_net(5),
// tcp and tcp6) and reports whether one listens at the port on an address that is
// not of the loopback. Lines it does not understand are passed over.
func listensBeyondLoopback(table string, port uint16) bool {
	const listening = "0A" // TCP_LISTEN
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) < 4 || f[3] != listening {
			continue
		}
		address, number, ok := strings.Cut(f[1], ":")
		n, err := strconv.ParseUint(number, 16, 16)
		if !ok || err != nil || uint16(n) != port {
			continue
		}
		if a, ok := kernelAddress(address); ok && !a.Unmap().IsLoopback() {
			return true
		}
	}
	return false
}

// kernelAddress reads an address as the kernel prints it: words of four bytes, each
// in the order of a little-endian machine, which every Raspberry Pi is.
func kernelAddress(s string) (netip.Addr, bool) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b)%4 != 0 {
		return netip.Addr{}, false
	}
	for i := 0; i < len(b); i += 4 {
		slices.Reverse(b[i : i+4])
	}
	return netip.AddrFromSlice(b)
}
