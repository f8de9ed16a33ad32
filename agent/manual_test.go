package main

import (
	"bytes"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quietstat/agent/internal/config"
)

// updateManual rewrites what the packages bring of the manual.
var updateManual = flag.Bool("update", false, "rewrite scripts/man and scripts/completion")

// TestManual holds the manual pages and the shell completion of the packages to the
// command tree and the example configuration they are made from.
func TestManual(t *testing.T) {
	for _, page := range []struct {
		path string
		make func() []byte
	}{
		{"man/quietstat.1", commandPage},
		{"man/quietstat.toml.5", configurationPage},
		{"completion/quietstat.bash", completion},
	} {
		path := filepath.Join("..", "scripts", page.path)
		want := page.make()
		if *updateManual {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Error(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is not what the program is (go test ./agent -run TestManual -update):\n%s", path, diff)
		}
	}
}

// TestManualTellsEverything fails where a command, a flag or a key is not in the page.
func TestManualTellsEverything(t *testing.T) {
	page := strings.ReplaceAll(string(commandPage()), `\-`, "-")
	everyCommand(tree(), "", func(path string, c *command, flags *flag.FlagSet) {
		if !strings.Contains(page, path) {
			t.Errorf("quietstat(1) does not tell of %q", path)
		}
		flags.VisitAll(func(f *flag.Flag) {
			if !strings.Contains(page, "--"+f.Name) {
				t.Errorf("quietstat(1) does not tell of --%s of %q", f.Name, path)
			}
		})
	})
	page = string(configurationPage())
	for line := range strings.Lines(string(config.Example())) {
		if key, _, ok := strings.Cut(line, " = "); ok && !strings.HasPrefix(line, "#") && !strings.Contains(page, "\n.B "+roff(key)+" ") {
			t.Errorf("quietstat.toml(5) does not tell of %q", key)
		}
	}
}

// TestCompletion asks bash itself what it would offer.
func TestCompletion(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Fatal("bash is needed: the completion is for it")
	}
	for _, c := range []struct {
		typed   string
		offered string // one of the words; "" is none at all
		not     string
	}{
		{"quietstat rec", "recipient", "status"},
		{"quietstat recipient ", "credentials", "status"},
		{"quietstat recipient --json a", "add", "agent"},
		{"quietstat recipient add home mqtt://x --pre", "--prefix", "--pin"},
		{"quietstat demo --", "--seed", "--prefix"},
		{"quietstat nonsense xyzzy", "", "add"},
	} {
		words := strings.Split(c.typed, " ")
		script := `. ../scripts/completion/quietstat.bash; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _quietstat; printf '%s\n' "${COMPREPLY[@]}"`
		out, err := exec.Command(bash, append([]string{"-c", script, "bash"}, words...)...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", c.typed, err, out)
		}
		offered := strings.Fields(string(out))
		if c.offered == "" && len(offered) > 0 || c.offered != "" && !contains(offered, c.offered) || contains(offered, c.not) {
			t.Errorf("%q offers %q; want %q and not %q", c.typed, offered, c.offered, c.not)
		}
	}
}

func contains(list []string, word string) bool {
	return bytes.Contains([]byte("\n"+strings.Join(list, "\n")+"\n"), []byte("\n"+word+"\n"))
}

// TestPackagedConfiguration holds the file a fresh installation brings to what the
// program accepts.
func TestPackagedConfiguration(t *testing.T) {
	path := filepath.Join("..", "scripts", "package", "quietstat.toml")
	c, err := config.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if c.Board.Kind == config.KindSim || c.Board.Quiet == "" || c.Board.Talk == "" || !c.Board.Indicator.Wired() {
		t.Errorf("the packaged wiring is not the one the README draws: %+v", c.Board)
	}
}
