package voice

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/coder/websocket"
)

// Liveness of a WebSocket: a ping every pingEvery, and an answer within pingWithin.
const (
	pingEvery   = 5 * time.Second
	pingWithin  = 5 * time.Second
	openWithin  = 5 * time.Second
	writeWithin = 2 * time.Second
)

// socket is one WebSocket to a voice stack on this device.
type socket struct {
	conn   *websocket.Conn
	frames chan []byte // text messages; closed when the link has gone
	gone   error       // why, once frames is closed
}

// openSocket connects to ws://address/path without compression, and follows the
// link until ctx ends or it goes. A message longer than limit bytes ends it, and so
// does one that is not text, and a redirection, which could lead off this device.
func openSocket(ctx context.Context, address, path string, limit int64) (*socket, error) {
	opening, cancel := context.WithTimeout(ctx, openWithin)
	defer cancel()
	transport := &http.Transport{DialContext: dialLoopback, DisableKeepAlives: true}
	conn, _, err := websocket.Dial(opening, "ws://"+address+path, &websocket.DialOptions{
		HTTPClient: &http.Client{
			Transport:     transport,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		CompressionMode: websocket.CompressionDisabled,
	})
	if err != nil {
		return nil, fmt.Errorf("the WebSocket cannot be opened: %w", withoutAddress(err))
	}
	conn.SetReadLimit(limit)
	s := &socket{conn: conn, frames: make(chan []byte)}
	go s.read(ctx)
	go s.ping(ctx)
	return s, nil
}

// withoutAddress keeps what happened and drops whose address it happened to, so
// that the same trouble reads the same every time.
func withoutAddress(err error) error {
	for inner := errors.Unwrap(err); inner != nil; inner = errors.Unwrap(err) {
		err = inner
	}
	return err
}

func (s *socket) read(ctx context.Context) {
	defer close(s.frames)
	defer s.conn.CloseNow()
	for {
		kind, b, err := s.conn.Read(ctx)
		switch {
		case err != nil:
			s.gone = fmt.Errorf("the WebSocket is gone: %w", withoutAddress(err))
			return
		case kind != websocket.MessageText:
			s.gone = errors.New("the WebSocket says something that is not text")
			return
		}
		select {
		case s.frames <- b:
		case <-ctx.Done():
			return
		}
	}
}

// ping ends the link when the other end no longer answers.
func (s *socket) ping(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(pingEvery):
		}
		asking, cancel := context.WithTimeout(ctx, pingWithin)
		err := s.conn.Ping(asking)
		cancel()
		if err != nil {
			s.conn.CloseNow()
			return
		}
	}
}

// say sends one text message.
func (s *socket) say(ctx context.Context, text string) error {
	writing, cancel := context.WithTimeout(ctx, writeWithin)
	defer cancel()
	return s.conn.Write(writing, websocket.MessageText, []byte(text))
}
