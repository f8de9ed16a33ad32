package demo

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"
)

// door is a listening socket that can tell whether somebody is between the
// kernel's queue and the meter's list: net.Listener cannot.
type door struct {
	file    *os.File
	raw     syscall.RawConn
	address *net.TCPAddr
	busy    atomic.Bool // as in ear: from before an accept that may succeed until one finds nobody
}

// openDoor listens at an address; port 0 is any.
func openDoor(address *net.TCPAddr) (*door, error) {
	listener, err := net.ListenTCP("tcp4", address)
	if err != nil {
		return nil, err
	}
	// The duplicate keeps listening, and unlike the listener it gives access to the
	// accept itself.
	file, err := listener.File()
	if err := errors.Join(err, listener.Close()); err != nil {
		return nil, err
	}
	raw, err := file.SyscallConn()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	d := &door{file: file, raw: raw, address: listener.Addr().(*net.TCPAddr)}
	d.busy.Store(true)
	return d, nil
}

// accept waits for a connection; closing the door ends it with an error.
func (d *door) accept() (*net.TCPConn, error) {
	var fd int
	var inner error
	err := d.raw.Read(func(listening uintptr) bool {
		d.busy.Store(true)
		fd, _, inner = unix.Accept4(int(listening), unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK)
		if inner == unix.EAGAIN {
			d.busy.Store(false)
			return false
		}
		return true
	})
	if err == nil {
		err = os.NewSyscallError("accept", inner)
	}
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "broker")
	defer file.Close() // FileConn holds its own duplicate
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}

func (d *door) close() error { return d.file.Close() }
