package cosim

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
)

// MaxLine is how long a line may be, its end not counted.
const MaxLine = 1 << 20

// byteOrderMark is what some programs put before their first line (RFC 8259, 8.1).
const byteOrderMark = "\ufeff"

// incoming is one line as it came, or the end.
type incoming struct {
	text []byte
	long bool // it was longer than MaxLine; text is empty
	err  error
}

// Serve answers every line of in on out until the input ends, the context does, or
// nobody reads the answers any more; all three are ordinary ends. Each answer is one
// write, made before the next line is looked at, so that a model that waits for it
// cannot wait for ever. The goroutine that reads outlives Serve where the input
// cannot be interrupted, as standard input cannot, until the next line comes.
func Serve(ctx context.Context, p *Port, in io.Reader, out io.Writer) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines := make(chan incoming)
	go read(ctx, in, lines)
	for {
		select {
		case <-ctx.Done():
			return nil
		case l := <-lines:
			if l.err != nil {
				if errors.Is(l.err, io.EOF) {
					return nil
				}
				return fmt.Errorf("cannot read the next line: %w", l.err)
			}
			if _, err := out.Write(p.reply(l)); err != nil {
				if errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe) {
					return nil
				}
				return fmt.Errorf("cannot write the answer: %w", err)
			}
		}
	}
}

func (p *Port) reply(l incoming) []byte {
	if l.long {
		return p.Refuse(nil, fmt.Errorf("the line is longer than %d bytes", MaxLine))
	}
	return p.Answer(l.text)
}

// read cuts the input into lines. Of one that is too long only the end is looked for.
func read(ctx context.Context, in io.Reader, lines chan<- incoming) {
	r := bufio.NewReaderSize(in, 64<<10)
	mark := []byte(byteOrderMark)
	var l incoming
	for {
		part, err := r.ReadSlice('\n')
		if l.long = l.long || len(l.text)+len(bytes.TrimRight(part, "\r\n")) > MaxLine; l.long {
			l.text = nil
		} else {
			l.text = append(l.text, part...)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if len(l.text) > 0 || l.long || err == nil { // the last line may lack its end
			l.text = bytes.TrimPrefix(bytes.TrimRight(l.text, "\r\n"), mark)
			mark = nil
			if !hand(ctx, lines, l) {
				return
			}
			l = incoming{}
		}
		if err != nil {
			hand(ctx, lines, incoming{err: err})
			return
		}
	}
}

// hand hands a line on, unless nobody waits any more.
func hand(ctx context.Context, lines chan<- incoming, l incoming) bool {
	select {
	case lines <- l:
		return true
	case <-ctx.Done():
		return false
	}
}
