package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"quietstat/consent"
)

// openCheckpoint checks the signature of a checkpoint and reads its tree.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	c, err := consent.OpenCheckpoint(signed, verifier)
	if err != nil {
		return tlog.Tree{}, err
	}
	return tlog.Tree{N: int64(c.Size), Hash: c.Root}, nil
}

// onlySignature checks that below its text a signed note has one line, in the one
// spelling of it. The signature itself does not cover that: base64 leaves bits
// unused and a reader skips signatures of others.
func onlySignature(signed []byte) error {
	_, line, _ := bytes.Cut(signed, []byte("\n\n"))
	part := strings.Split(strings.TrimSuffix(string(line), "\n"), " ")
	if len(part) != 3 {
		return errors.New("its signature is not one line")
	}
	raw, err := base64.StdEncoding.DecodeString(part[2])
	if err != nil || base64.StdEncoding.EncodeToString(raw) != part[2] {
		return errors.New("its signature is not in canonical form")
	}
	return nil
}

// readCheckpoint reads the tree that the ledger in a folder was sealed at last.
// Before the first Seal there is no checkpoint and the tree is empty.
func readCheckpoint(d *Disk, dir string, verifier note.Verifier) (tlog.Tree, error) {
	path := filepath.Join(dir, "checkpoint")
	data, err := d.read(path)
	if notThere(err) {
		root, err := tlog.TreeHash(0, nil)
		return tlog.Tree{Hash: root}, err
	}
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("cannot read the checkpoint: %w", err)
	}
	tree, err := openCheckpoint(data, verifier)
	if err == nil {
		err = onlySignature(data)
	}
	if err != nil {
		return tlog.Tree{}, &DamagedError{Path: path, Reason: err.Error(), Remedy: ledgerRemedy}
	}
	return tree, nil
}
