package store

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"quietstat/consent"
)

const keyRemedy = "a ledger cannot go on under another key: restore the file from a backup, or move the whole ledger folder away as evidence and begin a new one"

// makeKey makes the key of a new ledger. Its file is written before its public
// half; loadKey writes that one again if a crash came between.
func (l *Ledger) makeKey() error {
	_, private, _, err := consent.NewLedgerKey(rand.Reader)
	if err != nil {
		return err
	}
	return l.disk.WriteAtomic(filepath.Join(l.dir, "key"), []byte(private+"\n"))
}

// loadKey reads the key and holds its public half against key.pub.
func (l *Ledger) loadKey() error {
	path := filepath.Join(l.dir, "key")
	data, err := l.disk.read(path)
	if err != nil {
		return fmt.Errorf("cannot read the key of the ledger: %w", err)
	}
	public, err := publicHalf(data)
	if err != nil {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: keyRemedy}
	}
	if l.signer, err = note.NewSigner(strings.TrimSuffix(string(data), "\n")); err != nil {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: keyRemedy}
	}
	if l.verifier, err = note.NewVerifier(public); err != nil {
		return &DamagedError{Path: path, Reason: err.Error(), Remedy: keyRemedy}
	}
	l.public = public

	path = filepath.Join(l.dir, "key.pub")
	data, err = l.disk.read(path)
	switch {
	case notThere(err):
		return l.disk.WriteAtomic(path, []byte(public+"\n"))
	case err != nil:
		return fmt.Errorf("cannot read the key of the ledger: %w", err)
	case string(data) != public+"\n":
		return &DamagedError{Path: path, Reason: "it is not the public half of the key", Remedy: keyRemedy}
	}
	return nil
}

// publicHalf derives key.pub from the key's file, which must be in the one
// spelling makeKey gives it.
func publicHalf(data []byte) (string, error) {
	malformed := errors.New("it is not a signing key")
	line, newline := strings.CutSuffix(string(data), "\n")
	part := strings.SplitN(line, "+", 5)
	if !newline || len(part) != 5 || part[0] != "PRIVATE" || part[1] != "KEY" {
		return "", malformed
	}
	seed, err := base64.StdEncoding.DecodeString(part[4])
	if err != nil || len(seed) != 1+ed25519.SeedSize || base64.StdEncoding.EncodeToString(seed) != part[4] {
		return "", malformed
	}
	key := ed25519.NewKeyFromSeed(seed[1:])
	public, err := note.NewEd25519VerifierKey(part[2], key.Public().(ed25519.PublicKey))
	if err != nil || !strings.HasPrefix(public, part[2]+"+"+part[3]+"+") {
		return "", malformed
	}
	return public, nil
}

// canonicalVerifier reports whether a verifier string is in its one spelling.
func canonicalVerifier(key string) bool {
	part := strings.SplitN(key, "+", 3)
	if len(part) != 3 {
		return false
	}
	public, err := base64.StdEncoding.DecodeString(part[2])
	if err != nil || len(public) != 1+ed25519.PublicKeySize {
		return false
	}
	again, err := note.NewEd25519VerifierKey(part[0], public[1:])
	return err == nil && again == key
}
