package demo

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// tail keeps the last words of the roles. The story is calm; they are printed only
// when something went wrong.
type tail struct {
	mu  sync.Mutex
	buf []byte
}

const tailSize = 16 << 10

// Write takes words; it never fails.
func (t *tail) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.buf = append(t.buf, p...)
	if extra := len(t.buf) - tailSize; extra > 0 {
		t.buf = append(t.buf[:0], t.buf[extra:]...)
	}
	return len(p), nil
}

// print writes the last lines.
func (t *tail) print(w io.Writer) {
	t.mu.Lock()
	defer t.mu.Unlock()
	lines := strings.Split(strings.TrimSpace(string(t.buf)), "\n")
	if len(lines) == 1 && lines[0] == "" {
		return
	}
	fmt.Fprintln(w, "quietstat demo: the last words of the roles:")
	for _, line := range lines[max(0, len(lines)-20):] {
		fmt.Fprintln(w, "  "+line)
	}
}
