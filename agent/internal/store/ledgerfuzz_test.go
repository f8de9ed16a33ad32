package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"
)

// Whatever a file of a ledger holds, it is opened as it was or refused.
func FuzzLedgerFiles(f *testing.F) {
	template := f.TempDir()
	l, err := OpenLedger(new(Disk), template)
	if err != nil {
		f.Fatal(err)
	}
	for i := range 3 {
		if _, err := l.Append(entry(i)); err != nil {
			f.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		f.Fatal(err)
	}
	names := []string{"checkpoint", "key", "key.pub", "tail", "tile/0/000.p/3", "tile/entries/000.p/3"}
	for i, name := range names {
		data, err := os.ReadFile(filepath.Join(template, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), data)
		f.Add(uint8(i), data[:len(data)/2])
	}
	f.Fuzz(func(t *testing.T, file uint8, data []byte) {
		dir := copyDir(t, template)
		name := names[int(file)%len(names)]
		path := filepath.Join(dir, name)
		was, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, data)
		_, verified := Verify(dir, Witness{})
		l, opened := OpenLedger(new(Disk), dir)
		if opened == nil {
			defer l.Close()
			if name != "tail" && !bytes.Equal(was, data) {
				t.Errorf("%s was changed and the ledger opened", name)
			}
		}
		if verified == nil && name != "tail" && name != "key" && !bytes.Equal(was, data) {
			t.Errorf("%s was changed and the ledger verified", name)
		}
	})
}

func FuzzTailHeader(f *testing.F) {
	f.Add(tailHeader(0))
	f.Add([]byte(tailMagic + "007"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if base, err := parseTailHeader(data); err == nil && !bytes.Equal(tailHeader(base), data) {
			t.Errorf("%q is taken for a header", data)
		}
	})
}

// A key has one spelling, and its public half is one.
func FuzzKey(f *testing.F) {
	private, public, err := note.GenerateKey(zeroReader{}, "quietstat/00")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(private + "\n"))
	f.Add([]byte(public + "\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		public, err := publicHalf(data)
		if err != nil {
			return
		}
		if _, err := note.NewSigner(string(data[:len(data)-1])); err != nil || !canonicalVerifier(public) {
			t.Errorf("%q is taken for a key: %v", data, err)
		}
	})
}

type zeroReader struct{}

func (zeroReader) Read(b []byte) (int, error) {
	clear(b)
	return len(b), nil
}
