package local

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"sync"
	"time"
)

// Handler answers one verb. An error that is a *Problem reaches the caller as it
// is; any other becomes CodeFailed with its text.
type Handler func(ctx context.Context, caller Caller, arguments json.RawMessage) (any, error)

// Server serves verbs on one socket.
type Server struct {
	Name  string // "control" or "keeper", for messages
	Verbs map[string]Handler
}

// Serve accepts callers until the context ends or the listener fails, and returns
// when every handler has. It closes the listener.
func (s *Server) Serve(ctx context.Context, listener net.Listener) error {
	var callers sync.WaitGroup
	defer callers.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { listener.Close() })()
	hall := &hall{guests: map[*guest]struct{}{}}
	for {
		conn, err := listener.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			if pause(ctx) { // out of files, or a caller that was gone before it came
				continue
			}
			return nil
		}
		g := hall.enter(conn)
		if g == nil {
			conn.Close()
			continue
		}
		callers.Go(func() {
			defer hall.leave(g)
			defer conn.Close()
			defer context.AfterFunc(ctx, func() { conn.Close() })()
			s.serve(ctx, conn, hall, g)
		})
	}
}

// pause waits a moment and reports whether to go on.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(100 * time.Millisecond):
		return true
	}
}

func (s *Server) serve(ctx context.Context, conn net.Conn, hall *hall, g *guest) {
	var caller Caller
	if unixConn, ok := conn.(*net.UnixConn); ok {
		var err error
		if caller, err = callerOf(unixConn); err != nil {
			return
		}
	}
	lines := bufio.NewScanner(conn)
	lines.Buffer(make([]byte, 0, 4096), MaxLine)
	for {
		if err := conn.SetReadDeadline(time.Now().Add(IdleLimit)); err != nil {
			return
		}
		if !lines.Scan() {
			if errors.Is(lines.Err(), bufio.ErrTooLong) {
				reply(conn, nil, Usage(fmt.Sprintf("a request is longer than %d bytes", MaxLine), ""))
			}
			return
		}
		hall.busy(g, true)
		result, err := s.answer(ctx, caller, lines.Bytes())
		failed := reply(conn, result, err)
		hall.busy(g, false)
		if failed != nil {
			return
		}
	}
}

func (s *Server) answer(ctx context.Context, caller Caller, line []byte) (any, error) {
	var request Request
	if err := strict(line, &request); err != nil {
		return nil, Usage("a request is not one JSON object with a verb: "+err.Error(), `send {"verb":"status"}`)
	}
	handler, ok := s.Verbs[request.Verb]
	if !ok {
		return nil, Usage(fmt.Sprintf("the %s socket has no verb %q", s.Name, request.Verb),
			"it has "+strings.Join(slices.Sorted(maps.Keys(s.Verbs)), ", "))
	}
	return handler(ctx, caller, request.Arguments)
}

// Arguments decodes a verb's arguments strictly into a struct.
func Arguments(raw json.RawMessage, into any) error {
	if len(raw) == 0 {
		raw = json.RawMessage("{}")
	}
	if err := strict(raw, into); err != nil {
		return Usage("the arguments cannot be understood: "+err.Error(), "")
	}
	return nil
}

func strict(b []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

func reply(conn net.Conn, result any, err error) error {
	var r Reply
	if err != nil {
		var problem *Problem
		if !errors.As(err, &problem) {
			problem = &Problem{Code: CodeFailed, Message: err.Error()}
		}
		r.Error = problem
	} else if r.Result, err = json.Marshal(result); err != nil {
		r.Error = &Problem{Code: CodeFailed, Message: "the answer cannot be written: " + err.Error()}
	}
	b, err := json.Marshal(r)
	if err != nil {
		return err
	}
	if err := conn.SetWriteDeadline(time.Now().Add(10 * time.Second)); err != nil {
		return err
	}
	_, err = conn.Write(append(b, '\n'))
	return err
}
