package link

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// process is a handle to one process that stays valid after its death.
type process struct{ f *os.File }

// openProcess takes hold of a process and makes sure that it can be killed.
func openProcess(pid int) (*process, error) {
	if pid <= 0 {
		return nil, errors.New("the uplink's process is not visible from here; keeper and uplink must share a pid namespace")
	}
	fd, err := unix.PidfdOpen(pid, unix.PIDFD_NONBLOCK)
	if err != nil {
		return nil, fmt.Errorf("the uplink's process: %w", err)
	}
	p := &process{os.NewFile(uintptr(fd), "pidfd")}
	if err := p.signal(0); err != nil {
		return nil, errors.Join(fmt.Errorf("the uplink's process could not be killed (%w); it must run as the keeper's user", err), p.close())
	}
	return p, nil
}

func (p *process) signal(s unix.Signal) error {
	c, err := p.f.SyscallConn()
	if err != nil {
		return err
	}
	var sent error
	err = c.Control(func(fd uintptr) { sent = unix.PidfdSendSignal(int(fd), s, nil, 0) })
	return errors.Join(err, sent)
}

// kill kills it. That it is dead already is no error.
func (p *process) kill() error {
	if err := p.signal(unix.SIGKILL); !errors.Is(err, unix.ESRCH) {
		return err
	}
	return nil
}

// wait waits for its death, at most until the deadline, and reports whether it is
// dead. A zombie is: its files are closed. Only one goroutine may wait at a time.
func (p *process) wait(deadline time.Time) bool {
	if err := p.f.SetReadDeadline(deadline); err != nil {
		return p.dead()
	}
	c, err := p.f.SyscallConn()
	if err != nil {
		return p.dead()
	}
	_ = c.Read(func(fd uintptr) bool { return ended(int(fd)) }) // the deadline's error, told below
	return p.dead()
}

func (p *process) dead() (dead bool) {
	c, err := p.f.SyscallConn()
	if err != nil {
		return false
	}
	return c.Control(func(fd uintptr) { dead = ended(int(fd)) }) == nil && dead
}

func ended(fd int) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
	n, err := unix.Poll(fds, 0)
	return err == nil && n == 1 && fds[0].Revents&unix.POLLIN != 0
}

func (p *process) close() error { return p.f.Close() }
