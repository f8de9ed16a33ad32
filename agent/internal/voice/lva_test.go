package voice

import (
	"bytes"
	"context"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"

	"quietstat/consent"
)

// wsPeer is a WebSocket server that plays one script after the other, one for each
// connection, and then holds the connection until hang-up.
type wsPeer struct {
	address string
	mu      sync.Mutex
	scripts [][]string
	heard   chan string   // what the adapter said
	hangUp  chan struct{} // ends the present connection
}

func startWSPeer(t *testing.T, path string, scripts ...[]string) *wsPeer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &wsPeer{address: l.Addr().String(), scripts: scripts, heard: make(chan string, 16), hangUp: make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != path {
			http.Error(w, "not here", http.StatusNotFound)
			return
		}
		conn, err := websocket.Accept(w, r, nil)
		if err != nil {
			return
		}
		p.serve(r.Context(), conn)
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	return p
}

func (p *wsPeer) serve(ctx context.Context, conn *websocket.Conn) {
	defer conn.CloseNow()
	p.mu.Lock()
	var script []string
	if len(p.scripts) > 0 {
		script, p.scripts = p.scripts[0], p.scripts[1:]
	}
	p.mu.Unlock()
	go func() {
		for {
			_, b, err := conn.Read(ctx)
			if err != nil {
				return
			}
			p.heard <- string(b)
		}
	}()
	for _, line := range script {
		kind := websocket.MessageText
		if line == "(binary)" {
			kind = websocket.MessageBinary
		}
		if conn.Write(ctx, kind, []byte(line)) != nil {
			return
		}
	}
	<-p.hangUp
}

func lvaScript(events ...string) (script []string) {
	for _, e := range events {
		data := ""
		switch e {
		case "snapshot":
			data = lvaSnapshot
		case "stt_text":
			data = `{"text": "` + phrase + `"}`
		}
		script = append(script, string(lvaMessage(e, data)))
	}
	return script
}

// A session from wake word to end, a connection that goes, and a state that is
// repeated on the next.
func TestLVAFollowsSessions(t *testing.T) {
	p := startWSPeer(t, "/",
		lvaScript("snapshot", "idle", "wake_word_detected", "listening", "stt_text", "thinking"),
		lvaScript("snapshot", "wake_word_detected", "listening"))
	var said bytes.Buffer
	a, err := NewLVA(p.address, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s := newSinkLog()
	t.Run("", func(t *testing.T) {
		run(t, a, s)
		s.until(t, 4)
		p.hangUp <- struct{}{}
		s.until(t, 3)
	})
	want := []int{-int(consent.KindEnd), int(consent.KindWake), int(consent.KindListening), int(consent.KindThinking),
		int(consent.KindLost), -int(consent.KindWake), int(consent.KindListening), int(consent.KindLost)}
	if got := kinds(s.heard()); !slices.Equal(got, want) {
		t.Errorf("heard kinds %v, want %v", got, want)
	}
	for _, e := range s.heard() {
		if e.Source != consent.SourceLVA || e.Site != "lva" || e.ExtID != "" {
			t.Errorf("%+v", e)
		}
	}
	if strings.Contains(said.String(), phrase) || strings.Contains(said.String(), p.address) {
		t.Errorf("the log knows too much: %s", said.String())
	}
}

// Whatever ends the link, the last thing said is that it is lost.
func TestLVALosesItsLink(t *testing.T) {
	flood := []string{string(lvaMessage("snapshot", lvaSnapshot))}
	for range 100 {
		flood = append(flood, string(lvaMessage("listening", "")))
	}
	for name, script := range map[string][]string{
		"something that is not JSON":   {"{"},
		"something that is not text":   {"(binary)"},
		"a message of a megabyte":      {`{"event":"idle","data":{"x":"` + strings.Repeat("y", 1<<20) + `"}}`},
		"more events than people have": flood,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := startWSPeer(t, "/", script)
			a, err := NewLVA(p.address, nil)
			if err != nil {
				t.Fatal(err)
			}
			s := newSinkLog()
			run(t, a, s)
			for {
				s.until(t, 1)
				if e := s.heard(); e[len(e)-1].Kind == consent.KindLost {
					if len(e) > int(floodBurst)+1 {
						t.Errorf("%d events came through", len(e))
					}
					return
				}
			}
		})
	}
}

func TestLVARefusesTheNetwork(t *testing.T) {
	for _, address := range []string{"192.168.1.5:6055", "0.0.0.0:6055", "pi.local:6055"} {
		if _, err := NewLVA(address, nil); err == nil {
			t.Errorf("%s was accepted", address)
		}
	}
}

// The warning about an open port is given once and names nothing.
func TestLVAWarnsOfAnOpenPort(t *testing.T) {
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := websocket.Accept(w, r, nil)
		if err == nil {
			conn.CloseNow()
		}
	})}
	go server.Serve(l)
	defer server.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	var said bytes.Buffer
	a, err := NewLVA("127.0.0.1:"+port, slog.New(slog.NewTextHandler(&said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	s := newSinkLog()
	t.Run("", func(t *testing.T) {
		run(t, a, s)
		s.until(t, 2) // lost, and lost again
	})
	if n := strings.Count(said.String(), "peripheral-host"); n != 1 || strings.Contains(said.String(), port) {
		t.Errorf("warned %d times:\n%s", n, said.String())
	}
}

// A redirection could lead off this device.
func TestSocketRefusesRedirection(t *testing.T) {
	elsewhere := startWSPeer(t, "/")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: http.RedirectHandler("http://"+elsewhere.address+"/", http.StatusFound)}
	go server.Serve(l)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if s, err := openSocket(ctx, l.Addr().String(), "", 100); err == nil {
		s.conn.CloseNow()
		t.Error("followed a redirection")
	}
}
