package store

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
)

const (
	stateMagic  = "quietstat-state"
	stateRemedy = "restore it from a backup, or move it away to begin with none"
)

// OldSuffix is what the previous generation of a state file has behind its name.
const OldSuffix = ".old"

// SaveState writes v as a checksummed state file, atomically, and keeps the
// generation before it at path+OldSuffix. The file is one header line and JSON:
//
//	quietstat-state <schema> <length of the JSON line, decimal> <SHA-256, hex>\n
//	{...}\n
//
// The checksum is over the schema, a newline and the JSON line. The schema names kind and version, such as "keeper/1"; it has no spaces.
//
//	stage path.tmp             crash: the current generation, and the one before
//	unlink path.old            crash: the current generation alone
//	link path to path.old      crash: the current generation, also as .old
//	rename path.tmp to path    crash: the new one, and the one before
//	fsync of the folder
//
// There is no moment without a whole file at path.
func (d *Disk) SaveState(path, schema string, v any) error {
	data, err := encodeState(schema, v)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	if err := d.replaceState(path, data); err != nil {
		return fmt.Errorf("cannot write %s: %w", path, spaceful(err))
	}
	return nil
}

func (d *Disk) replaceState(path string, data []byte) error {
	if err := d.makeDir(filepath.Dir(path)); err != nil {
		return err
	}
	if err := d.stage(path, data); err != nil {
		return err
	}
	if err := d.remove(path + OldSuffix); err != nil {
		return err
	}
	if err := d.link(path, path+OldSuffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.rename(temporary(path), path); err != nil {
		return err
	}
	return d.syncDir(filepath.Dir(path))
}

// LoadState reads a state file into the value into points to, and says whether
// it was filled. The four outcomes:
//
//	true,  nil             the current generation
//	true,  *DamagedError   the current one is damaged or gone; into holds the one
//	                       before it. It is older than what was last promised: a
//	                       caller whose state must never be given back (a
//	                       withdrawal, consumed validity) treats it as nothing
//	false, nil             there has never been one
//	false, other           nothing usable: *DamagedError, *SchemaError, or the
//	                       error of reading
//
// Fields of the JSON that into does not know are an error, not ignored. When the
// answer is false, into may be half filled and is not to be used.
func (d *Disk) LoadState(path, schema string, into any) (ok bool, err error) {
	current := d.loadState(path, schema, into)
	var damaged *DamagedError
	missing := errors.Is(current, fs.ErrNotExist)
	if current == nil || (!missing && !errors.As(current, &damaged)) {
		return current == nil, current
	}
	if missing {
		damaged = &DamagedError{Path: path, Reason: "it is gone while the generation before it is there", Remedy: stateRemedy}
	}
	switch old := d.loadState(path+OldSuffix, schema, into); {
	case old == nil:
		damaged.Used = path + OldSuffix
		return true, damaged
	case missing && errors.Is(old, fs.ErrNotExist):
		return false, nil
	default:
		return false, damaged
	}
}

func (d *Disk) loadState(path, schema string, into any) error {
	data, err := d.read(path)
	if err != nil {
		return fmt.Errorf("cannot read state: %w", err)
	}
	have, body, err := decodeState(data)
	if err != nil {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: stateRemedy}
	}
	if have != schema {
		return &SchemaError{Path: path, Have: have, Want: schema}
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s is whole but cannot be read as %s (%w); %s", path, schema, err, stateRemedy)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s has more than one value; %s", path, stateRemedy)
	}
	return nil
}

func encodeState(schema string, v any) ([]byte, error) {
	if schema == "" || strings.ContainsAny(schema, " \n") {
		return nil, fmt.Errorf("schema %q is not one word", schema)
	}
	body, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	return append(stateHeader(schema, body), body...), nil
}

func stateHeader(schema string, body []byte) []byte {
	sum := sha256.Sum256(append([]byte(schema+"\n"), body...))
	return fmt.Appendf(nil, "%s %s %d %s\n", stateMagic, schema, len(body), hex.EncodeToString(sum[:]))
}

// decodeState checks everything but the meaning of the JSON. The header must be
// byte for byte the one SaveState would write for this body.
func decodeState(data []byte) (schema string, body []byte, err error) {
	header, body, ok := bytes.Cut(data, []byte("\n"))
	if !ok {
		return "", nil, errors.New("there is no header line")
	}
	fields := strings.Split(string(header), " ")
	if len(fields) != 4 || fields[0] != stateMagic || fields[1] == "" {
		return "", nil, errors.New("the header line is not one of a state file")
	}
	if n, err := strconv.Atoi(fields[2]); err != nil || n != len(body) {
		return "", nil, errors.New("the length differs from the header's")
	}
	if !bytes.Equal(stateHeader(fields[1], body), data[:len(header)+1]) {
		return "", nil, errors.New("the checksum differs from the header's")
	}
	return fields[1], body, nil
}
