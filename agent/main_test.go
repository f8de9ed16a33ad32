package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestMain makes this binary the program itself where it is called as one: by a
// script, under the name quietstat, or by a parent that starts a role.
func TestMain(m *testing.M) {
	called := filepath.Base(os.Args[0]) == "quietstat"
	if called || len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		main()
	}
	os.Exit(m.Run())
}

// TestScripts runs the scripts of testdata, each in a folder of its own.
func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	bin := t.TempDir()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(executable, filepath.Join(bin, "quietstat")); err != nil {
		t.Fatal(err)
	}
	for _, path := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			folder, err := os.MkdirTemp("", "qs")
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { os.RemoveAll(folder) })
			s := startScript(filepath.Base(path), folder, bin)
			s.t = t
			s.run(string(text))
		})
	}
}
