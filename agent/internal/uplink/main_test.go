package uplink

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"quietstat/agent/internal/uplink/link"
)

// The test binary is its own uplink and its own keeper: a role is a process, and
// what happens when one dies can be seen in no other way.
const (
	roleVariable = "QUIETSTAT_TEST_ROLE"
	pathVariable = "QUIETSTAT_TEST_PATH"
	lifeVariable = "QUIETSTAT_TEST_LEASE" // of an uplink; patience when it is not set
)

// patience is a lease that a loaded machine does not let run out.
const patience = time.Minute

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "":
		os.Exit(m.Run())
	case "uplink":
		conn, err := Inherit()
		if err == nil {
			life, bad := time.ParseDuration(os.Getenv(lifeVariable))
			if bad != nil {
				life = patience
			}
			err = run(context.Background(), conn, os.Getenv(pathVariable), life)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
		}
		os.Exit(ExitCode(err))
	case "keeper":
		keep(os.Getenv(pathVariable))
	}
}

// child starts the test binary in a role.
func child(t *testing.T, role, path string, files ...*os.File) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), roleVariable+"="+role, pathVariable+"="+path)
	c.ExtraFiles = files
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = c.Process.Kill()
		_ = c.Wait()
	})
	return c
}

// keep is a keeper that opens a window and never closes it. It is told the
// fingerprint through the environment and says "open" when the window stands.
func keep(path string) {
	l, err := link.Connect(context.Background(), path)
	if err == nil {
		err = l.Open(epoch, l.Hello().Fingerprint)
	}
	var f link.Frame
	if err == nil {
		f, err = l.Next()
	}
	if err != nil || f.Opened.Error != "" {
		fmt.Fprintln(os.Stderr, "keeper:", err, f.Opened.Error)
		os.Exit(1)
	}
	fmt.Println("open")
	select {}
}
