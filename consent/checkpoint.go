package consent

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint says how long the log was and what it held: C2SP tlog-checkpoint,
// three lines: origin, decimal size, base64 root.
type Checkpoint struct {
	Origin string // "quietstat/" and random hexadecimal digits; also the name of the key
	Size   uint64
	Root   tlog.Hash
}

const originPrefix = "quietstat/"

// Format writes the three lines.
func (c Checkpoint) Format() string {
	return c.Origin + "\n" + strconv.FormatUint(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// ParseCheckpoint reads what Format wrote, byte for byte.
func ParseCheckpoint(text string) (Checkpoint, error) {
	bad := func(why string) (Checkpoint, error) {
		return Checkpoint{}, fmt.Errorf("consent: malformed checkpoint: %s", why)
	}
	if len(text) > 512 {
		return bad("too long")
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return bad("it does not have three lines")
	}
	if id, ok := strings.CutPrefix(lines[0], originPrefix); !ok || id == "" || !only(id, "0123456789abcdef") {
		return bad("its origin is not ours")
	}
	size, err := strconv.ParseUint(lines[1], 10, 62)
	if err != nil {
		return bad("its size is no number")
	}
	root, err := base64.StdEncoding.Strict().DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return bad("its root is no hash")
	}
	c := Checkpoint{Origin: lines[0], Size: size, Root: tlog.Hash(root)}
	if c.Format() != text {
		return bad("it is not in canonical form")
	}
	return c, nil
}

// NewLedgerKey makes a log's origin and its Ed25519 key out of 40 bytes of
// entropy. signer is secret and goes to note.NewSigner; verifier is public and
// goes to note.NewVerifier, and into every copy somebody keeps elsewhere.
func NewLedgerKey(entropy io.Reader) (origin, signer, verifier string, err error) {
	var b [8 + ed25519.SeedSize]byte
	if _, err := io.ReadFull(entropy, b[:]); err != nil {
		return "", "", "", fmt.Errorf("consent: no randomness for the ledger's key: %w", err)
	}
	origin = originPrefix + hex.EncodeToString(b[:8])
	// note.GenerateKey draws from the reader in ways that differ between Go
	// versions; a key from the seed is the same everywhere.
	verifier, signer, err = seedKey(origin, b[8:])
	return origin, signer, verifier, err
}

func seedKey(name string, seed []byte) (verifier, signer string, err error) {
	public := ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
	verifier, err = note.NewEd25519VerifierKey(name, public)
	if err != nil {
		return "", "", fmt.Errorf("consent: ledger key: %w", err)
	}
	const ed25519Algorithm = 1 // the one key type of signed notes in use
	parts := strings.SplitN(verifier, "+", 3)
	raw := append([]byte{ed25519Algorithm}, seed...)
	return verifier, "PRIVATE+KEY+" + name + "+" + parts[1] + "+" + base64.StdEncoding.EncodeToString(raw), nil
}

// SignCheckpoint writes the signed note of a log. r reads its stored hashes.
func SignCheckpoint(origin string, size uint64, r tlog.HashReader, signer note.Signer) ([]byte, error) {
	root, err := Root(size, r)
	if err != nil {
		return nil, err
	}
	if signer.Name() != origin {
		return nil, fmt.Errorf("consent: the key is of another log")
	}
	msg, err := note.Sign(&note.Note{Text: Checkpoint{origin, size, root}.Format()}, signer)
	if err != nil {
		return nil, fmt.Errorf("consent: checkpoint cannot be signed: %w", err)
	}
	return msg, nil
}

// OpenCheckpoint reads a signed note and checks that this key signed it for its
// own log.
func OpenCheckpoint(msg []byte, verifier note.Verifier) (Checkpoint, error) {
	n, err := note.Open(bytes.Clone(msg), note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("consent: checkpoint is not signed by this ledger's key: %w", err)
	}
	c, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, err
	}
	if c.Origin != verifier.Name() {
		return Checkpoint{}, fmt.Errorf("consent: checkpoint is of another log")
	}
	return c, nil
}

// Root is the tree hash of the first size entries.
func Root(size uint64, r tlog.HashReader) (tlog.Hash, error) {
	h, err := tlog.TreeHash(int64(size), r)
	if err != nil {
		return tlog.Hash{}, fmt.Errorf("consent: tree hash of %d entries: %w", size, err)
	}
	return h, nil
}
