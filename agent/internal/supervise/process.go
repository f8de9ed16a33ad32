package supervise

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// Process is one running child.
type Process struct {
	Name  string
	Pid   int
	Began time.Time

	cmd    *exec.Cmd
	ready  <-chan struct{}
	silent <-chan struct{} // closed when the watchdog has not been fed in time
	done   chan struct{}
	err    error // of Wait; written before done is closed
}

// firstFile is the number of the first handed-down file: after the standard three.
const firstFile = 3

// serial makes the notify sockets of one runtime folder distinct.
var serial atomic.Uint64

// spawn starts a child. Every file of files is closed in any case.
func (n *nursery) spawn(executable, runtime string, c *Child, files []File, isolated bool) (*Process, error) {
	defer closeAll(files)
	cmd := exec.Command(executable, c.Args...)
	cmd.Stdout, cmd.Stderr = c.Stdout, c.Stderr
	cmd.WaitDelay = time.Second
	cmd.Env = clean(os.Environ())

	var listening []string
	for _, s := range c.Sockets {
		f, err := s.file()
		if err != nil {
			return nil, fmt.Errorf("hand %s to %s: %w", s.Name, c.Name, err)
		}
		defer f.Close()
		listening = append(listening, s.Name+":"+strconv.Itoa(firstFile+len(cmd.ExtraFiles)))
		cmd.ExtraFiles = append(cmd.ExtraFiles, f)
	}
	if listening != nil {
		cmd.Env = append(cmd.Env, ListenVariable+"="+strings.Join(listening, ","))
	}
	for _, f := range files {
		cmd.Env = append(cmd.Env, f.Variable+"="+strconv.Itoa(firstFile+len(cmd.ExtraFiles)))
		cmd.ExtraFiles = append(cmd.ExtraFiles, f.File)
	}
	path := filepath.Join(runtime, fmt.Sprintf("notify-%d", serial.Add(1)))
	heard, err := listenNotify(path, c.Watchdog)
	if err != nil {
		return nil, err
	}
	cmd.Env = append(cmd.Env, "NOTIFY_SOCKET="+path)
	if c.Watchdog > 0 {
		// Without WATCHDOG_PID, which nobody knows before the child is there: then it
		// is meant for whoever reads it (sd_watchdog_enabled(3)).
		cmd.Env = append(cmd.Env, "WATCHDOG_USEC="+strconv.FormatInt(c.Watchdog.Microseconds(), 10))
	}
	// A session of its own: Ctrl-C is for the parent to pass on, and the kernel's
	// autogroups share the processor between sessions, so a busy terminal does not
	// hold control up (sched(7)).
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM}
	if isolated {
		cmd.SysProcAttr.Cloneflags = unix.CLONE_NEWNET
	}
	if err := n.do(cmd.Start); err != nil {
		return nil, errors.Join(fmt.Errorf("start %s: %w", c.Name, err), heard.Close())
	}
	p := &Process{Name: c.Name, Pid: cmd.Process.Pid, Began: time.Now(), cmd: cmd, ready: heard.ready, silent: heard.silent, done: make(chan struct{})}
	go func() {
		p.err = cmd.Wait()
		heard.Close()
		close(p.done)
	}()
	return p, nil
}

// Ready is closed when the child has sent READY=1.
func (p *Process) Ready() <-chan struct{} { return p.ready }

// Done is closed when the child has ended.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the child ended, nil for exit status 0; only after Done.
func (p *Process) Err() error { return p.err }

// Signal sends a signal; a child that has ended is no error.
func (p *Process) Signal(s os.Signal) error {
	err := p.cmd.Process.Signal(s)
	if errors.Is(err, os.ErrProcessDone) {
		return nil
	}
	return err
}

// clean reports whether the child has ended with exit status 0.
func (p *Process) clean() bool {
	select {
	case <-p.done:
		return p.err == nil
	default:
		return false
	}
}

// Stop asks the child to end, makes it end after the limit, and waits. It reports
// whether the child ended by itself.
func (p *Process) Stop(limit time.Duration) (inTime bool) {
	_ = p.Signal(syscall.SIGTERM) // a failure shows as the limit running out
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
	}
	p.Kill()
	return false
}

// killLimit is how long the kernel may take to end a killed child.
const killLimit = 5 * time.Second

// Kill ends the child at once and waits. It reports whether the child is gone:
// one that hangs in the kernel, in a driver, stays until that lets go of it, and is
// not waited for any longer than 5 s.
func (p *Process) Kill() (gone bool) {
	_ = p.Signal(syscall.SIGKILL) // fails only for a child that has ended
	timer := time.NewTimer(killLimit)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
		return false
	}
}

func closeAll(files []File) {
	for _, f := range files {
		f.File.Close()
	}
}
