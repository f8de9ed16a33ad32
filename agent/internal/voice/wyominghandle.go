package voice

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// WyomingHandle is a Wyoming handle service: a program that takes a sentence and
// says what to answer. Home Assistant offers it as a conversation agent, so a
// household can speak with its thermostat and no recipient at all.
//
// A request is transcript with a text. It is held against a fixed grammar (see
// parseSentence) and dropped; what stays is a wish and a number. The answer is
// handled with the words that the keeper decided on, or not-handled, without a word
// that depends on the house. describe is answered with info. Everything else is
// skipped unread.
//
// It hears no session: nobody's session begins or ends because a sentence came in.
// Whether there is an answer is decided like everything that leaves, by the gate,
// for the built-in recipient this-room.
//
// What can get lost: a request whose connection ends gets no answer, and its wish
// may have been carried out. What can be forged: anybody on this device can ask.
type WyomingHandle struct {
	address string
	log     *slog.Logger
}

var _ Adapter = (*WyomingHandle)(nil)

// handleIdle is how long a connection may stay without a request, and handleAnswer
// how long the keeper may think about one.
const (
	handleIdle   = 60 * time.Second
	handleAnswer = 5 * time.Second
)

// NewWyomingHandle makes the service at a loopback address.
func NewWyomingHandle(listen string, log *slog.Logger) (*WyomingHandle, error) {
	if err := onLoopback(listen); err != nil {
		return nil, fmt.Errorf("handle: %w", err)
	}
	return &WyomingHandle{address: listen, log: quietLog(log)}, nil
}

// String names the adapter.
func (w *WyomingHandle) String() string { return "handle" }

// Run serves until ctx ends.
func (w *WyomingHandle) Run(ctx context.Context, sink Sink) error {
	return redial(ctx, w.log, w.String(), func(ctx context.Context) error {
		return serveWyoming(ctx, w.log, w.String(), w.address, func(ctx context.Context, place int, c *wyomingConn) error {
			return handleSentences(ctx, c, "handle-"+strconv.Itoa(place+1), sink)
		})
	})
}

// handleSentences answers one peer until its connection ends.
func handleSentences(ctx context.Context, c *wyomingConn, site string, sink Sink) error {
	var rate flood
	for {
		h, line, err := c.next(time.Now().Add(handleIdle))
		if err != nil {
			return err
		}
		if h.Type != "transcript" && h.Type != "describe" {
			if err := c.skip(h); err != nil {
				return err
			}
			continue
		}
		if err := rate.add(time.Now()); err != nil {
			return err
		}
		if h.Type == "describe" {
			if err = c.skip(h); err == nil {
				err = c.send("info", handleInfo)
			}
		} else {
			wish, asked := sentenceOf(line)
			var data []byte
			if data, err = c.data(h); err != nil {
				return err
			}
			if inBlock, ok := sentenceIn(data); ok { // the block is merged over the line
				wish, asked = inBlock, true
			}
			err = c.answer(ctx, wish, asked, site, sink)
		}
		if err != nil {
			return err
		}
	}
}

// answer asks the keeper and says what it said.
func (c *wyomingConn) answer(ctx context.Context, wish sentence, asked bool, site string, sink Sink) error {
	if !asked || wish.kind == wire.IntentNone {
		return c.send("not-handled", struct{}{})
	}
	ctx, cancel := context.WithTimeout(ctx, handleAnswer)
	defer cancel()
	a, err := sink.Ask(ctx, wire.Intent{Source: consent.SourceWyoming, Site: site, Kind: wish.kind, Number: wish.number})
	if err != nil {
		return c.send("not-handled", struct{}{})
	}
	return c.send("handled", struct {
		Text string `json:"text"`
	}{a.Text})
}

// sentenceOf reads the wish out of a header line that carries its data itself, and
// sentenceIn out of a block of data. What was said lives no longer than the call.
func sentenceOf(line []byte) (s sentence, found bool) {
	var h map[string]json.RawMessage
	if json.Unmarshal(line, &h) != nil {
		return sentence{}, false
	}
	return sentenceIn(h["data"])
}

func sentenceIn(data []byte) (s sentence, found bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil || fields["text"] == nil {
		return sentence{}, false
	}
	var words string
	if json.Unmarshal(fields["text"], &words) != nil {
		return sentence{}, true
	}
	return parseSentence(words), true
}

// handleInfo is what the service says of itself (wyoming/info.py).
var handleInfo = func() any {
	type attribution struct {
		Name string `json:"name"`
		URL  string `json:"url"`
	}
	type artifact struct {
		Name        string      `json:"name"`
		Attribution attribution `json:"attribution"`
		Installed   bool        `json:"installed"`
		Description string      `json:"description"`
		Version     string      `json:"version"`
	}
	type model struct {
		artifact
		Languages []string `json:"languages"`
	}
	type program struct {
		artifact
		Models    []model `json:"models"`
		Streaming bool    `json:"supports_handled_streaming"`
		Control   bool    `json:"supports_home_control"`
	}
	us := artifact{Name: "quietstat", Attribution: attribution{Name: "quietstat"}, Installed: true,
		Description: "The thermostat of this house", Version: "1"}
	none := []struct{}{}
	return map[string]any{
		"asr": none, "tts": none, "intent": none, "wake": none, "mic": none, "snd": none,
		"handle": []program{{artifact: us, Models: []model{{us, []string{"en"}}}, Control: true}},
	}
}()
