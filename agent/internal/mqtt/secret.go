package mqtt

import (
	"fmt"
	"io"
	"os"
	"strings"
)

// maxSecret bounds a user name or password, in bytes.
const maxSecret = 1 << 10

// ReadSecret reads a user name or a password from a file: one line, whose end is
// not part of it. No path means no secret.
func ReadSecret(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("a credential: %w", err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxSecret+1))
	if err != nil {
		return "", fmt.Errorf("a credential: %w", err)
	}
	s := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if s == "" || len(b) > maxSecret || strings.ContainsAny(s, "\x00\r\n") {
		return "", fmt.Errorf("a credential: %s must hold one line of 1 to %d bytes", path, maxSecret)
	}
	return s, nil
}
