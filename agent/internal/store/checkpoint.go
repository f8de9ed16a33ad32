package store

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// formatCheckpoint is the C2SP checkpoint: origin, size, root, one line each.
func formatCheckpoint(origin string, tree tlog.Tree) string {
	return fmt.Sprintf("%s\n%d\n%s\n", origin, tree.N, base64.StdEncoding.EncodeToString(tree.Hash[:]))
}

func signCheckpoint(signer note.Signer, tree tlog.Tree) ([]byte, error) {
	return note.Sign(&note.Note{Text: formatCheckpoint(signer.Name(), tree)}, signer)
}

// openCheckpoint checks the signature of a checkpoint and reads its tree. A text
// that spells the same in another way is refused.
func openCheckpoint(signed []byte, verifier note.Verifier) (tlog.Tree, error) {
	n, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return tlog.Tree{}, err
	}
	malformed := errors.New("it is not a checkpoint of this ledger")
	line := strings.Split(n.Text, "\n")
	if len(line) != 4 {
		return tlog.Tree{}, malformed
	}
	size, err1 := strconv.ParseInt(line[1], 10, 64)
	root, err2 := tlog.ParseHash(line[2])
	tree := tlog.Tree{N: size, Hash: root}
	if err1 != nil || err2 != nil || size < 0 || formatCheckpoint(verifier.Name(), tree) != n.Text {
		return tlog.Tree{}, malformed
	}
	sig, err := base64.StdEncoding.Strict().DecodeString(n.Sigs[0].Base64)
	if err != nil || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
		return tlog.Tree{}, malformed
	}
	again := fmt.Sprintf("%s\n— %s %s\n", n.Text, n.Sigs[0].Name, base64.StdEncoding.EncodeToString(sig))
	if !bytes.Equal([]byte(again), signed) {
		return tlog.Tree{}, malformed
	}
	return tree, nil
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
	if err != nil {
		return tlog.Tree{}, &DamagedError{Path: path, Reason: err.Error(), Remedy: ledgerRemedy}
	}
	return tree, nil
}
