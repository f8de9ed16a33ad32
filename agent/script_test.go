package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes this binary the program itself where it is called as one: by a
// script, under the name quietstat, or by the house of a script, which starts the
// roles as what it is itself.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && !strings.HasPrefix(os.Args[1], "-test.") {
		main()
	}
	testscript.Main(m, map[string]func(){"quietstat": main})
}

// patience is how long a script waits for anything at all. Nothing in a script
// depends on how fast the machine is.
const patience = 90 * time.Second

// TestScripts runs the scripts of testdata: transcripts of the real program, as
// processes, with what they say and how they end. The language is that of package
// testscript, which is here because every Go programmer can read it already, with
// these words besides:
//
//	exits N PROGRAM ARGS...    run it; it must end with this code
//	until RE PROGRAM ARGS...   run it again and again until it succeeds and stdout matches
//	json [PATH RE]             stdout is JSON and nothing else; what is at the path matches
//	signal TERM|KILL|HUP ROLE  to the one process of a role, whoever has started it
//	gone [ROLE]                wait until no process of the script is left, or none of a role
//	broker                     start a recipient at $BROKER; it keeps a diary in the file received
//	securebroker               the same behind TLS at $SECURE, with a login; see cmdSecureBroker
//	ports FILE NAME...         give the file free ports for @NAME@, and the script $NAME
//	satellite ADDRESS EVENT... say events as a Wyoming satellite; ! hangs up
//	says ADDRESS SENTENCE      ask a Wyoming handle service; stdout is its answer
//	house FILE [SECONDS]       start the roles of a configuration on a clock of their own
//
// In the files of a script $WORK is its folder.
func TestScripts(t *testing.T) {
	root, err := os.MkdirTemp("", "q") // short, because the names of sockets are bounded
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(root); err != nil {
			t.Error(err)
		}
	})
	testscript.Run(t, testscript.Params{
		Dir: "testdata", WorkdirRoot: root, Setup: furnish,
		RequireExplicitExec: true, RequireUniqueNames: true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"broker": cmdBroker, "exits": cmdExits, "gone": cmdGone, "house": cmdHouse,
			"json": cmdJSON, "ports": cmdPorts, "satellite": cmdSatellite, "says": cmdSays, "securebroker": cmdSecureBroker, "signal": cmdSignal, "until": cmdUntil,
		},
	})
}

// test is where a script keeps its testing.TB, for what goes wrong when it is over.
type test struct{}

// furnish puts the folder of a script into its files, which have no other way to
// name it, and has a demonstration make its own folder one level up, where the names
// of its sockets are shorter.
func furnish(env *testscript.Env) error {
	env.Values[test{}] = env.T()
	env.Values[satellites{}] = map[string]*satellite{}
	env.Setenv("TMPDIR", filepath.Dir(env.WorkDir))
	if env.Getenv("GORACE") == "" {
		env.Setenv("GORACE", "atexit_sleep_ms=10") // the race detector's own second at each exit makes minutes
	}
	files, err := filepath.Glob(filepath.Join(env.WorkDir, "*.toml"))
	if err != nil {
		return err
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(name, []byte(strings.ReplaceAll(string(text), "$WORK", env.WorkDir)), 0); err != nil {
			return err
		}
	}
	return nil
}
