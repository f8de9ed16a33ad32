//go:build bench

package systest

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// startSession runs a command until the test ends, in a session of its own as a
// service manager would. It matters for who gets the processor: the kernel shares
// it between sessions first (sched(7), "The autogroup feature"), so that beside a
// load of the same session one would measure the session's share and not the loop.
func startSession(t *testing.T, name string, arguments ...string) {
	t.Helper()
	command := exec.Command(name, arguments...)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	command.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() { command.Wait(); close(done) }()
	t.Cleanup(func() {
		syscall.Kill(command.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(time.Minute): // a disk that is being synced holds stress-ng up
			t.Errorf("%s did not end on SIGTERM", filepath.Base(name))
			syscall.Kill(-command.Process.Pid, syscall.SIGKILL)
			<-done
		}
		if t.Failed() {
			t.Logf("%s %q said:\n%s", filepath.Base(name), arguments, said.String())
		}
	})
}
