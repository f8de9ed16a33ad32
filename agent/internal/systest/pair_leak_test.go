//go:build systest

package systest

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"quietstat/agent/internal/store"
)

// twin is one of two houses that are asked the same from outside at the same time.
type twin struct {
	*staged
	network   network
	recorder  *recorder
	home      *capture
	answers   []string      // what left the house while it was closed, with its time
	reaction  time.Duration // from a recipient's word to the end of the connection
	sizes     []int         // of the messages of a session, by recorder
	intervals []time.Duration
}

var pair struct {
	once   sync.Once
	houses []*twin
}

// twins returns two houses as different as houses are, after the same treatment.
func twins(t *testing.T) []*twin {
	t.Helper()
	pair.once.Do(func() {
		identity, err := os.MkdirTemp("", "qsid")
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(identity)
		if _, err := store.Identity(new(store.Disk), filepath.Join(identity, "mdns")); err != nil {
			t.Fatal(err)
		}
		var houses []*twin
		for range 2 {
			n := makeNetwork(t)
			for i, link := range []string{brokerLink, homeLink} {
				output(t, n.house, peer(t, "ip"), "link", "set", link, "address", fmt.Sprintf("02:00:00:00:00:%02x", i+1))
				output(t, n.outside, peer(t, "ip"), "link", "set", link, "address", fmt.Sprintf("02:00:00:00:01:%02x", i+1))
			}
			h := &twin{staged: stage(t, n.house), network: n, recorder: record(t, n.outside, brokerAddress+recorderPort)}
			output(t, "", "cp", "-a", filepath.Join(identity, "mdns"), filepath.Join(h.folder, "state"))
			houses = append(houses, h)
		}
		houses[1].board.SetClimate(24.9, 61, 101300)
		var both sync.WaitGroup
		for i, h := range houses {
			both.Go(func() { h.treat(t, i == 0) })
		}
		both.Wait()
		if !t.Failed() {
			pair.houses = houses
		}
	})
	if pair.houses == nil {
		t.Fatal("the two houses could not be compared; the first of the tests says why")
	}
	return pair.houses
}

// treat asks the same of a house whose doors move or rest.
func (h *twin) treat(t *testing.T, moving bool) {
	h.begin()
	h.enrol("kitchen", h.recorder.endpoint)
	h.quietstat("policy", "set", "kitchen", "climate.temperature=0.5/1s", "hvac.state/1s", "setpoint/1s")
	time.Sleep(6 * time.Second) // mdns has announced itself
	stop, moved := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(moved)
		for open := false; moving; {
			select {
			case <-stop:
				return
			case <-time.After(330 * time.Millisecond):
				open = !open
				h.door(open)
			}
		}
	}()
	h.home = watch(t, h.network.outside, homeLink)
	h.ask(t)
	h.answers = h.heardAt(t, h.home.stop())

	h.inSession("kitchen", 6, func() {})
	h.measure(t)
	h.quietstat("session", "start")
	h.until("a message", 20*time.Second, func() bool { return h.messages("kitchen") >= 1 })
	links := h.recorder.all()
	last := links[len(links)-1]
	spoken := time.Now()
	last.conn.Write([]byte("\x30\x0c\x00\x08home/set30"))
	h.until("the connection is cut", 5*time.Second, func() bool { end, _ := last.end(); return !end.IsZero() })
	end, _ := last.end()
	h.reaction = end.Sub(spoken)
	h.quietstat("quiet")
	close(stop)
	<-moved
}

// stimuli is how many rounds of questions a closed house is asked, one a second.
const stimuli = 6

// ask asks by mDNS, by TCP at every likely port, and by name of another service.
func (h *twin) ask(t *testing.T) {
	t.Helper()
	inNamespace(t, h.network.outside, func() error {
		conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP("10.78.0.2"), Port: 5353})
		if err != nil {
			return err
		}
		defer conn.Close()
		to := &net.UDPAddr{IP: net.IPv4(224, 0, 0, 251), Port: 5353}
		for range stimuli {
			for _, service := range []string{"\x0a_quietstat", "\x05_http", "\x08_wyoming"} {
				if _, err := conn.WriteToUDP([]byte("\x00\x01\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00"+service+"\x04_tcp\x05local\x00\x00\x0c\x00\x01"), to); err != nil {
					return err
				}
			}
			for i, port := range probePorts {
				d := net.Dialer{Timeout: 500 * time.Millisecond, LocalAddr: &net.TCPAddr{IP: net.ParseIP("10.78.0.2"), Port: 40000 + i}}
				if c, err := d.Dial("tcp4", net.JoinHostPort(houseAtHome, strconv.Itoa(port))); err == nil {
					c.Close()
				}
			}
			time.Sleep(time.Second)
		}
		return nil
	})
}

// heardAt lists what the house said: how many tenths of a second after the question
// it was said, to whom, how long it was, and for UDP every byte of it. What the
// kernel draws at random (identification, sequence numbers) is left out.
func (h *twin) heardAt(t *testing.T, file string) (said []string) {
	t.Helper()
	text := output(t, "", peer(t, "tshark"), "-n", "-r", file, "-Y", "ip", "-T", "fields", "-E", "separator=;", "-E", "occurrence=f",
		"-e", "frame.time_epoch", "-e", "ip.src", "-e", "frame.len", "-e", "frame.protocols", "-e", "udp.dstport", "-e", "tcp.srcport", "-e", "tcp.dstport", "-e", "tcp.flags", "-e", "udp.payload")
	var question time.Time
	for line := range strings.Lines(text) {
		f := strings.Split(strings.TrimRight(line, "\n"), ";")
		if len(f) != 9 {
			continue
		}
		var seconds float64
		if _, err := fmt.Sscanf(f[0], "%f", &seconds); err != nil {
			t.Fatal(err)
		}
		at := time.UnixMicro(int64(seconds * 1e6))
		if f[1] != houseAtHome {
			question = at
			continue
		}
		said = append(said, fmt.Sprint(at.Sub(question)/(100*time.Millisecond), " ", f[2:]))
	}
	slices.Sort(said)
	return said
}

// measure takes the sizes and intervals of the session's messages.
func (h *twin) measure(t *testing.T) {
	t.Helper()
	var last time.Time
	for _, p := range h.recorder.of(t, mqttPublish) {
		h.sizes = append(h.sizes, p.size)
		if !last.IsZero() {
			h.intervals = append(h.intervals, p.at.Sub(last))
		}
		last = p.at
	}
}

// Two houses, one warm and still, one cold with doors that never rest: to whoever
// asks them from outside they are the same house.
func TestClosedHousesAreAlike(t *testing.T) {
	t.Parallel()
	a := twins(t)
	if len(a[0].answers) < stimuli*len(probePorts) {
		t.Fatalf("%d answers to %d questions", len(a[0].answers), stimuli*len(probePorts))
	}
	if !slices.Equal(a[0].answers, a[1].answers) {
		t.Errorf("the houses answer differently:\n%s\n\n%s", strings.Join(a[0].answers, "\n"), strings.Join(a[1].answers, "\n"))
	}
	t.Logf("%d frames of each house, byte for byte and in the same tenth of a second", len(a[0].answers))
}

func TestL12SameReactionTime(t *testing.T) {
	t.Parallel()
	leak(t, 12)
	a := twins(t)
	for _, h := range a {
		if h.reaction <= 0 || h.reaction/(100*time.Millisecond) != 0 {
			t.Errorf("a recipient that spoke was cut off after %v, not in the first tenth of a second", h.reaction)
		}
	}
}

// What the packets of a session look like does not depend on the doors. That their
// times do not either, exactly, is shown on the virtual clock beside the keeper.
func TestL23TrafficIsIndependentOfTheDoors(t *testing.T) {
	t.Parallel()
	leak(t, 23)
	a := twins(t)
	for i, h := range a {
		if len(h.sizes) < 6 {
			t.Errorf("house %d: %d messages", i, len(h.sizes))
		}
		for _, size := range h.sizes {
			if size != a[0].sizes[0] {
				t.Errorf("house %d: a message of %d bytes beside one of %d", i, size, a[0].sizes[0])
			}
		}
		for _, interval := range h.intervals { // a door moves every 330 ms; the grid is a second
			if interval < 700*time.Millisecond {
				t.Errorf("house %d: two messages %v apart", i, interval)
			}
		}
	}
	t.Logf("intervals with moving doors %v, at rest %v", a[0].intervals, a[1].intervals)
}
