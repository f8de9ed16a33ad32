package local

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

type echo struct {
	Word string `json:"word"`
}

// serve runs a server with a few verbs and returns its socket.
func serve(t *testing.T) string {
	t.Helper()
	return serveHolding(t, func() {})
}

// serveHolding does the same, and tells of every caller whom "wait" begins to hold.
func serveHolding(t *testing.T, holds func()) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "ql")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(folder) })
	path := filepath.Join(folder, ControlSocket)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &Server{Name: "control", Verbs: map[string]Handler{
		"echo": func(_ context.Context, _ Caller, raw json.RawMessage) (any, error) {
			var e echo
			err := Arguments(raw, &e)
			return e, err
		},
		"refuse": func(context.Context, Caller, json.RawMessage) (any, error) { return nil, Refuse("no", "ask again") },
		"wrap": func(context.Context, Caller, json.RawMessage) (any, error) {
			return nil, fmt.Errorf("wrapped: %w", Unavailable("away", ""))
		},
		"break": func(context.Context, Caller, json.RawMessage) (any, error) { return nil, errors.New("broken") },
		"own": func(_ context.Context, c Caller, _ json.RawMessage) (any, error) {
			return struct{}{}, c.MustOwn("this")
		},
		"wait": func(ctx context.Context, _ Caller, _ json.RawMessage) (any, error) {
			holds()
			<-ctx.Done()
			return nil, ctx.Err()
		},
		"unwritable": func(context.Context, Caller, json.RawMessage) (any, error) { return make(chan int), nil },
	}}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- server.Serve(ctx, listener) }()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(10 * time.Second):
			t.Error("the server does not end")
		}
	})
	return path
}

func TestCallAndAnswer(t *testing.T) {
	path := serve(t)
	client, err := Dial(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, word := range []string{"one", "two", "ünicode\n"} {
		var got echo
		if err := client.Call(t.Context(), "echo", echo{word}, &got); err != nil || got.Word != word {
			t.Errorf("echo %q: %+v, %v", word, got, err)
		}
	}
	if err := client.Call(t.Context(), "own", nil, nil); err != nil {
		t.Errorf("the user the server runs as is not its owner: %v", err)
	}
}

func TestProblemsCrossTheSocket(t *testing.T) {
	path := serve(t)
	for _, test := range []struct {
		verb      string
		arguments any
		want      Problem
	}{
		{"refuse", nil, Problem{CodeRefused, "no", "ask again"}},
		{"wrap", nil, Problem{CodeUnavailable, "away", ""}},
		{"break", nil, Problem{CodeFailed, "broken", ""}},
		{"nothing", nil, Problem{CodeUsage, `the control socket has no verb "nothing"`, "it has break, echo, own, refuse, unwritable, wait, wrap"}},
	} {
		err := Call(t.Context(), path, test.verb, test.arguments, nil)
		var p *Problem
		if !errors.As(err, &p) || *p != test.want {
			t.Errorf("%s: %v, want %+v", test.verb, err, test.want)
		}
	}
	for verb, arguments := range map[string]any{"echo": map[string]int{"colour": 1}, "unwritable": nil} {
		var p *Problem
		if err := Call(t.Context(), path, verb, arguments, nil); !errors.As(err, &p) {
			t.Errorf("%s: %v", verb, err)
		}
	}
}

// raw sends a line as it is and returns the first reply, or "" when the server
// hung up.
func raw(t *testing.T, path, line string) string {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go conn.Write([]byte(line))
	conn.SetReadDeadline(time.Now().Add(10 * time.Second))
	reply, _ := bufio.NewReader(conn).ReadString('\n')
	return reply
}

func TestNonsenseIsAnswered(t *testing.T) {
	path := serve(t)
	for _, line := range []string{"hello", "{}", `{"verb":"echo"} {}`, `{"verb":"echo","more":1}`, "[]", strings.Repeat("x", MaxLine+10)} {
		reply := raw(t, path, line+"\n")
		if !strings.Contains(reply, `"code":"usage"`) {
			t.Errorf("%.40q: %q", line, reply)
		}
	}
}

// Callers who keep their places do not keep others out for ever, and never stop
// the server from ending (serve's clean-up checks that).
func TestManyCallers(t *testing.T) {
	answered := make(chan struct{}, MaxCallers)
	path := serveHolding(t, func() { answered <- struct{}{} })
	for range MaxCallers {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if _, err := conn.Write([]byte(`{"verb":"wait"}` + "\n")); err != nil {
			t.Fatal(err)
		}
	}
	for range MaxCallers { // until then a caller has said nothing yet and may be shown out
		select {
		case <-answered:
		case <-time.After(20 * time.Second):
			t.Fatal("a caller who found a place was not answered")
		}
	}
	for range 3 {
		if reply := raw(t, path, `{"verb":"echo"}`+"\n"); reply != "" {
			t.Errorf("more than %d callers were served at once: %q", MaxCallers, reply)
		}
	}
}

// Callers who say nothing give their places to one who does.
func TestSilentCallersMakeRoom(t *testing.T) {
	path := serve(t)
	for range 3 * MaxCallers {
		conn, err := net.Dial("unix", path)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
	}
	if reply := raw(t, path, `{"verb":"echo"}`+"\n"); !strings.Contains(reply, "result") {
		t.Errorf("turned away by callers who say nothing: %q", reply)
	}
}

func TestPlacesAreGivenBack(t *testing.T) {
	path := serve(t)
	for range 3 * MaxCallers {
		if reply := raw(t, path, `{"verb":"echo"}`+"\n"); !strings.Contains(reply, "result") {
			t.Fatalf("turned away: %q", reply)
		}
		time.Sleep(time.Millisecond) // the place of the last one is being given back
	}
}

func TestNobodyThere(t *testing.T) {
	folder := t.TempDir()
	var p *Problem
	err := Call(t.Context(), filepath.Join(folder, KeeperSocket), "status", nil, nil)
	if !errors.As(err, &p) || p.Code != CodeUnavailable || p.Hint == "" || !strings.Contains(p.Message, "keeper") {
		t.Errorf("no socket: %v", err)
	}
	path := filepath.Join(folder, ControlSocket)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Net: "unix", Name: path})
	if err != nil {
		t.Fatal(err)
	}
	listener.SetUnlinkOnClose(false)
	listener.Close()
	err = Call(t.Context(), path, "status", nil, nil)
	if !errors.As(err, &p) || p.Code != CodeUnavailable {
		t.Errorf("a socket nobody listens on: %v", err)
	}
}

func TestRoleThatHangsUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), ControlSocket)
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for _, answer := range []string{"", "not json\n"} {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(conn).ReadString('\n')
			conn.Write([]byte(answer))
			conn.Close()
		}
	}()
	var p *Problem
	if err := Call(t.Context(), path, "status", nil, nil); !errors.As(err, &p) || p.Code != CodeUnavailable {
		t.Errorf("hung up: %v", err)
	}
	if err := Call(t.Context(), path, "status", nil, nil); err == nil || errors.As(err, &p) {
		t.Errorf("no JSON: %v", err)
	}
}

func TestCallEndsWithItsContext(t *testing.T) {
	path := serve(t)
	ctx, cancel := context.WithCancel(t.Context())
	client, err := Dial(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	done := make(chan error, 1)
	go func() { done <- client.Call(ctx, "wait", nil, nil) }()
	cancel()
	select {
	case err := <-done:
		if err == nil {
			t.Error("an answer that was never given")
		}
	case <-time.After(10 * time.Second):
		t.Error("the call does not end")
	}
}

func TestOwner(t *testing.T) {
	self := os.Getuid()
	for _, test := range []struct {
		name   string
		caller Caller
		owner  bool
	}{
		{"nobody", Caller{}, false},
		{"root", Caller{UID: 0, known: true}, true},
		{"root, but the kernel did not say so", Caller{UID: 0}, false},
		{"the user of the role", Caller{UID: self, GID: 4_000_000, known: true}, true},
		{"a stranger", Caller{UID: 3_999_999, GID: 3_999_999, known: true}, false},
	} {
		if got := test.caller.Owner(); got != test.owner {
			t.Errorf("%s: owner %v", test.name, got)
		}
		err := test.caller.MustOwn("opening")
		if (err == nil) != test.owner {
			t.Errorf("%s: %v", test.name, err)
		}
		var p *Problem
		if err != nil && (!errors.As(err, &p) || p.Code != CodeNotAllowed || p.Hint == "") {
			t.Errorf("%s: %v has no code or no hint", test.name, err)
		}
	}
}

func FuzzArguments(f *testing.F) {
	for _, seed := range []string{"", "{}", `{"word":"x"}`, `{"word":1}`, `{"word":"x"}{}`, "null", `{"word":"x","more":1}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var first, second echo
		if Arguments(json.RawMessage(s), &first) != nil {
			return
		}
		again, err := json.Marshal(first)
		if err != nil {
			t.Fatal(err)
		}
		if err := Arguments(again, &second); err != nil || first != second {
			t.Errorf("%q was read as %+v and cannot be read again: %v", s, first, err)
		}
	})
}
