//go:build systest

package mqtt

import (
	"encoding/binary"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// tapped is the network the links of a storm listen in, each at an address of its own,
// so that the tap takes in nothing else and takes none for another: 127.7.0.0/16.
const tapped = 127<<24 | 7<<16

var links atomic.Uint32

// nextLink is an address no other link of this storm has.
func nextLink() (ip net.IP, number uint32) {
	number = tapped | links.Add(1)&0xffff
	return binary.BigEndian.AppendUint32(nil, number), number
}

// tap watches the loopback interface for what leaves towards the links of a storm. The
// kernel notes the time of each packet as it is given to the interface, on the clock
// that time.Now reads. What a link has received by some moment tells less: packets that
// left before it may wait in the kernel behind others, for long where many want to run.
type tap struct {
	fd int

	mu   sync.Mutex
	left map[uint32]time.Time // by the link's address: when the last byte left towards it
	over bool
	done chan error
}

// startTap begins before the first link: packets from before it are not known of.
func startTap(t *testing.T) *tap {
	t.Helper()
	lo, err := net.InterfaceByName("lo")
	if err != nil {
		t.Fatal(err)
	}
	everything := uint16(unix.ETH_P_ALL<<8 | unix.ETH_P_ALL>>8) // in the network's byte order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("no tap: %v; it needs root", err)
	}
	filter := []unix.SockFilter{
		{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: 16}, // the destination in an IPv4 header
		{Code: unix.BPF_ALU | unix.BPF_AND | unix.BPF_K, K: 0xffff0000},
		{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: tapped, Jf: 1},
		{Code: unix.BPF_RET | unix.BPF_K, K: 128},
		{Code: unix.BPF_RET | unix.BPF_K, K: 0},
	}
	for what, err := range map[string]error{
		"filter": unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]}),
		"room":   unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 64<<20),
		"times":  unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1),
		"wait":   unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 100_000}),
		"bind":   unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: everything, Ifindex: lo.Index}),
	} {
		if err != nil {
			t.Fatalf("no tap: %s: %v", what, err)
		}
	}
	p := &tap{fd: fd, left: map[uint32]time.Time{}, done: make(chan error, 1)}
	go func() { p.done <- p.watch() }()
	time.Sleep(100 * time.Millisecond) // the kernel begins to note times beside us
	return p
}

// watch takes packets in until it is told to end and none waits.
func (p *tap) watch() error {
	buf, oob := make([]byte, 256), make([]byte, 256)
	for {
		n, on, _, from, err := unix.Recvmsg(p.fd, buf, oob, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		p.mu.Lock()
		over := p.over
		p.mu.Unlock()
		if errors.Is(err, unix.EAGAIN) && over {
			return nil
		}
		if errors.Is(err, unix.EAGAIN) {
			continue
		}
		if err != nil {
			return err
		}
		way, ok := from.(*unix.SockaddrLinklayer)
		if !ok || way.Pkttype != unix.PACKET_OUTGOING { // on loopback it is seen on its way in too
			continue
		}
		link, bytes := segment(buf[:n])
		if bytes == 0 {
			continue
		}
		at, err := noted(oob[:on])
		if err != nil {
			return err
		}
		p.mu.Lock()
		if at.After(p.left[link]) {
			p.left[link] = at
		}
		p.mu.Unlock()
	}
}

// segment reads the link a TCP segment goes to and how many bytes it carries.
func segment(b []byte) (link uint32, bytes int) {
	if len(b) < 20 || b[0]>>4 != 4 || b[9] != unix.IPPROTO_TCP {
		return 0, 0
	}
	header := int(b[0]&15) * 4
	if len(b) < header+20 {
		return 0, 0
	}
	return binary.BigEndian.Uint32(b[16:]), int(binary.BigEndian.Uint16(b[2:])) - header - int(b[header+12]>>4)*4
}

// noted is the time the kernel gave a packet.
func noted(oob []byte) (time.Time, error) {
	messages, err := unix.ParseSocketControlMessage(oob)
	if err != nil {
		return time.Time{}, err
	}
	for _, m := range messages {
		if m.Header.Level == unix.SOL_SOCKET && m.Header.Type == unix.SO_TIMESTAMPNS && len(m.Data) >= 16 {
			return time.Unix(int64(binary.NativeEndian.Uint64(m.Data)), int64(binary.NativeEndian.Uint64(m.Data[8:]))), nil
		}
	}
	return time.Time{}, errors.New("a packet without a time")
}

// end takes in what still waits and fails if the kernel had to leave packets out.
func (p *tap) end(t *testing.T) {
	t.Helper()
	p.mu.Lock()
	p.over = true
	p.mu.Unlock()
	if err := <-p.done; err != nil {
		t.Errorf("the tap: %v", err)
	}
	if s, err := unix.GetsockoptTpacketStats(p.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err != nil || s.Drops != 0 {
		t.Errorf("the tap missed %d of %d packets, %v", s.Drops, s.Packets, err)
	}
	unix.Close(p.fd)
}

// closing is a closing that has returned, and the link it was about.
type closing struct {
	name string
	link uint32
	at   time.Time
}

// judge fails for every byte that left after its closing had returned, and returns
// towards how many links any left at all.
func (p *tap) judge(t *testing.T, closings []closing) (reached int) {
	t.Helper()
	for _, c := range closings {
		last, any := p.left[c.link]
		if any {
			reached++
		}
		if last.After(c.at) {
			t.Errorf("%s: bytes left %v after the closing had returned", c.name, last.Sub(c.at))
		}
	}
	return reached
}
