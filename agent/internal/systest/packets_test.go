//go:build systest

package systest

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// packet is one frame of a capture, as far as the tests look at it.
type packet struct {
	at               time.Time
	size             int
	from, to         string // IPv4 addresses, "" for what is not IP
	protocols        string // for example eth:ethertype:ip:udp:mdns
	fromPort, toPort int    // UDP or TCP, 0 for neither
	tcpPayload       int
	reset            bool
}

// dissect reads a capture file.
func dissect(t testing.TB, file string) (list []packet) {
	t.Helper()
	arguments := []string{"-n", "-r", file, "-T", "fields", "-E", "separator=;", "-E", "occurrence=f"}
	for _, field := range []string{"frame.time_epoch", "frame.len", "ip.src", "ip.dst", "frame.protocols",
		"udp.srcport", "udp.dstport", "tcp.srcport", "tcp.dstport", "tcp.len", "tcp.flags.reset"} {
		arguments = append(arguments, "-e", field)
	}
	for line := range strings.Lines(output(t, "", peer(t, "tshark"), arguments...)) {
		f := strings.Split(strings.TrimRight(line, "\n"), ";")
		if len(f) != 11 || strings.Contains(line, "Running as user") {
			continue
		}
		seconds, err := strconv.ParseFloat(f[0], 64)
		if err != nil {
			t.Fatalf("tshark: %q", line)
		}
		integer := func(s string) int { n, _ := strconv.Atoi(s); return n }
		list = append(list, packet{
			at: time.UnixMicro(int64(seconds * 1e6)), size: integer(f[1]), from: f[2], to: f[3], protocols: f[4],
			fromPort: integer(f[5]) + integer(f[7]), toPort: integer(f[6]) + integer(f[8]),
			tcpPayload: integer(f[9]), reset: f[10] == "1" || f[10] == "True",
		})
	}
	return list
}

func (p packet) String() string {
	return fmt.Sprintf("%s %s:%d -> %s:%d %d bytes %s", p.at.Format("15:04:05.000"), p.from, p.fromPort, p.to, p.toPort, p.size, p.protocols)
}

// span is a stretch of time.
type span struct{ from, to time.Time }

func (s span) has(at time.Time) bool { return !at.Before(s.from) && at.Before(s.to) }

// within lists the packets of a span that match.
func within(list []packet, s span, match func(packet) bool) (found []packet) {
	for _, p := range list {
		if s.has(p.at) && match(p) {
			found = append(found, p)
		}
	}
	return found
}

func everything(packet) bool { return true }

// canaryTraces are the forms in which the canary could turn up: as written, as it
// is rounded on the way, as the bits of the number, and the door's name.
var canaryTraces = []*regexp.Regexp{
	regexp.MustCompile(`\b17[.,]3[67]`), regexp.MustCompile(`\b(17371|17372)`),
	regexp.MustCompile(`\b43[.,]2[0-3]`), regexp.MustCompile(`\b4321[89]`),
	regexp.MustCompile(`\b98765`), regexp.MustCompile(`(?i)xdoorx`),
	regexp.MustCompile(`(?i)0x40315f`), regexp.MustCompile(`(?i)0x40459c`), // the bits of the doubles
}

// timeOfDay is what a clock says to the nanosecond, which can look like anything.
var timeOfDay = regexp.MustCompile(`\d\d:\d\d:\d\d\.\d+`)

// canaryIn says where the canary is in some bytes.
func canaryIn(b []byte) (found []string) {
	b = timeOfDay.ReplaceAll(b, []byte("(time)"))
	for _, trace := range canaryTraces {
		for _, at := range trace.FindAllIndex(b, 3) {
			found = append(found, fmt.Sprintf("%q", bytes.ToValidUTF8(b[max(0, at[0]-20):min(len(b), at[1]+20)], []byte("."))))
		}
	}
	return found
}

// canaryInFile is canaryIn for a file, "" in its name or its bytes.
func canaryInFile(t testing.TB, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return canaryIn(b)
}
