package config

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/pelletier/go-toml/v2"
)

// MaxSize is the largest file Load reads, in bytes. A full file with eight doors
// and all comments of the reference is a tenth of it.
const MaxSize = 64 << 10

//go:embed reference.toml
var reference []byte

// Example returns reference.toml: a complete file that documents every key.
func Example() []byte { return bytes.Clone(reference) }

// Load reads and validates the file at path. The error, if any, is Problems; a
// missing file also satisfies errors.Is(err, fs.ErrNotExist).
func Load(path string) (*Config, error) {
	data, err := read(path)
	if err != nil {
		p := Problem{File: path, Line: 1, Column: 1, Cause: err,
			Message:  "the file cannot be read (" + reason(err) + ")",
			Expected: "a readable configuration file",
			Remedy:   "check its path, owner and mode"}
		if errors.Is(err, fs.ErrNotExist) {
			p.Message = "there is no such file"
			p.Remedy = "write one with `quietstat config example > quietstat.toml`"
		}
		return nil, Problems{p}
	}
	return Parse(path, data)
}

// read returns a whole file, or its first MaxSize+1 bytes. A pipe or a device is an
// error, found before it is opened: opening or reading it would hold the caller up
// for ever, safe-outputs and its relays included.
func read(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() && !info.IsDir() { // reading a folder fails by itself
		return nil, errors.New("it is a pipe, a socket or a device")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, MaxSize+1))
}

// reason is what the operating system said, without the path it repeats.
func reason(err error) string {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err.Error()
	}
	return err.Error()
}

// Parse validates data, calling it name in errors. The error, if any, is Problems
// and holds everything that is wrong; the Config is nil then.
func Parse(name string, data []byte) (*Config, error) {
	if len(data) > MaxSize {
		return nil, Problems{{File: name, Line: 1, Column: 1,
			Message:  "the file is too large",
			Expected: fmt.Sprintf("at most %d bytes", MaxSize),
			Remedy:   "check that this is a configuration file"}}
	}
	if bytes.HasPrefix(data, []byte("\ufeff")) { // no editor shows it, and TOML has no place for it
		return nil, Problems{{File: name, Line: 1, Column: 1,
			Message:  "the file begins with a byte order mark",
			Expected: "plain UTF-8",
			Remedy:   "save it as UTF-8 without BOM"}}
	}
	// The parser finds a place by the capacity of a slice, so the capacity must end
	// where the file does.
	data = bytes.Clone(data)[:len(data):len(data)]
	s := take(name, data)
	var raw rawFile
	if s.whole {
		if err := toml.NewDecoder(bytes.NewReader(s.readable())).DisallowUnknownFields().Decode(&raw); err != nil {
			s.syntax(err)
			s.whole = false
		}
	}
	if !s.whole { // what follows the error is unknown, so nothing can be called missing
		s.problems.sort()
		return nil, s.problems
	}
	c := &checker{survey: s}
	config := c.file(raw)
	if len(s.problems) > 0 {
		s.problems.sort()
		return nil, s.problems
	}
	return config, nil
}
