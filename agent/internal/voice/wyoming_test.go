package voice

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/consent"
)

// freeAddress is a loopback address nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// satellite connects to a service as soon as it stands.
func satellite(t *testing.T, address string) net.Conn {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		conn, err := net.Dial("tcp", address)
		if err == nil {
			t.Cleanup(func() { conn.Close() })
			return conn
		}
		if time.Now().After(end) {
			t.Fatal(err)
		}
	}
}

// wyomingEvent writes an event as the reference implementation does: the data in a
// block of its own.
func wyomingEvent(kind, data string) string {
	if data == "" {
		return fmt.Sprintf(`{"type": %q, "version": "1.8.0"}`+"\n", kind)
	}
	return fmt.Sprintf(`{"type": %q, "version": "1.8.0", "data_length": %d}`+"\n%s", kind, len(data), data)
}

func startWyoming(t *testing.T) (address string, s *sinkLog) {
	t.Helper()
	address = freeAddress(t)
	w, err := NewWyoming(address, "local", nil)
	if err != nil {
		t.Fatal(err)
	}
	s = newSinkLog()
	run(t, w, s)
	return address, s
}

func TestWyomingHearsASession(t *testing.T) {
	address, s := startWyoming(t)
	conn := satellite(t, address)
	for _, e := range [][2]string{
		{"satellite-connected", ""}, {"detection", `{"name": "ok_nabu", "timestamp": 17}`}, {"streaming-started", ""},
		{"voice-stopped", ""}, {"transcript", `{"text": "` + phrase + `"}`}, {"streaming-stopped", ""},
		{"synthesize", `{"text": "` + phrase + `"}`}, {"audio-start", `{"rate": 22050}`}, {"audio-stop", ""}, {"played", ""},
	} {
		fmt.Fprint(conn, wyomingEvent(e[0], e[1]))
	}
	s.until(t, 6)
	conn.Close()
	s.until(t, 1)
	want := []int{int(consent.KindEnd), int(consent.KindWake), int(consent.KindListening), int(consent.KindThinking),
		int(consent.KindSpeaking), int(consent.KindEnd), int(consent.KindError)}
	if got := kinds(s.heard()); !slices.Equal(got, want) {
		t.Errorf("heard kinds %v, want %v", got, want)
	}
	for _, e := range s.heard() {
		if e.Source != consent.SourceWyoming || e.Site != "1" && e.Site != "2" && e.Site != "3" && e.Site != "4" || e.ExtID != "" {
			t.Errorf("%+v", e)
		}
	}
}

func TestWyomingKinds(t *testing.T) {
	for kind, want := range map[string]consent.EventKind{
		"streaming-started": consent.KindListening, "run-pipeline": consent.KindNone, "audio-chunk": consent.KindNone,
		"pause-satellite": consent.KindEnd, "error": consent.KindError, "satellite-disconnected": consent.KindError,
		"run-satellite": consent.KindEnd, "timer-finished": consent.KindNone, "Detection": consent.KindError, "new-thing": consent.KindError,
	} {
		if got := wyomingKind(kind); got != want {
			t.Errorf("%s is %d, want %d", kind, got, want)
		}
	}
	wakes := 0
	for kind, k := range wyomingKinds {
		if k == consent.KindWake {
			wakes++
			if kind != "detection" {
				t.Errorf("%s counts as a wake word", kind)
			}
		}
	}
	if wakes != 1 {
		t.Errorf("%d events count as a wake word", wakes)
	}
}

// Two satellites are two rooms, a fifth connection is turned away, and the place of
// one that left is free again.
func TestWyomingPlaces(t *testing.T) {
	address, s := startWyoming(t)
	var conns []net.Conn
	for range wyomingPeers {
		conn := satellite(t, address)
		fmt.Fprint(conn, wyomingEvent("detection", ""))
		s.until(t, 1)
		conns = append(conns, conn)
	}
	sites := map[string]bool{}
	for _, e := range s.heard() {
		sites[e.Site] = true
	}
	if len(sites) != wyomingPeers {
		t.Errorf("sites %v", sites)
	}
	extra := satellite(t, address)
	extra.SetReadDeadline(time.Now().Add(10 * time.Second))
	if _, err := extra.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
		t.Errorf("the fifth was let in: %v", err)
	}
	conns[2].Close()
	s.until(t, 1)
	gone := s.heard()[wyomingPeers]
	if gone.Kind != consent.KindError || !gone.Ends() {
		t.Errorf("a satellite that left: %+v", gone)
	}
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		fmt.Fprint(satellite(t, address), wyomingEvent("detection", ""))
		if e := s.heard(); len(e) > wyomingPeers+1 {
			if last := e[len(e)-1]; last.Site != gone.Site {
				t.Errorf("the place of %s is free, and %s was given", gone.Site, last.Site)
			}
			return
		}
		if time.Now().After(end) {
			t.Fatal("no place came free")
		}
	}
}

// A connection that is no satellite's is closed, and that is all.
func TestWyomingClosesWhatIsNotASatellite(t *testing.T) {
	for name, stream := range map[string]string{
		"HTTP":               "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
		"four gigabytes":     `{"type":"detection","payload_length":4294967296}` + "\n",
		"a line without end": strings.Repeat("{", 1<<20),
		"a flood":            strings.Repeat(wyomingEvent("streaming-started", ""), 1000),
	} {
		address, s := startWyoming(t)
		conn := satellite(t, address)
		go fmt.Fprint(conn, stream)
		conn.SetReadDeadline(time.Now().Add(10 * time.Second))
		if _, err := conn.Read(make([]byte, 1)); err == nil || strings.Contains(err.Error(), "timeout") {
			t.Errorf("%s: still open: %v", name, err)
		}
		for _, e := range s.heard() {
			if e.Kind == consent.KindWake {
				t.Errorf("%s: a wake word", name)
			}
		}
	}
}

func TestNewWyomingRefuses(t *testing.T) {
	for _, wake := range []string{"", "remote", "Local"} {
		if _, err := NewWyoming("127.0.0.1:10500", wake, nil); err == nil || !strings.Contains(err.Error(), "server") {
			t.Errorf("wake %q: %v", wake, err)
		}
	}
	if _, err := NewWyoming("0.0.0.0:10500", "local", nil); err == nil {
		t.Error("a service for the whole network was accepted")
	}
	if _, err := NewWyomingHandle("10.0.0.1:10600", nil); err == nil {
		t.Error("a handle service for the whole network was accepted")
	}
	if _, err := NewOVOS("10.0.0.1:8181", nil); err == nil {
		t.Error("a bus of another machine was accepted")
	}
}
