package local

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"slices"
	"strconv"

	"golang.org/x/sys/unix"
)

// Group is the group whose members are owners.
const Group = "quietstat"

// Caller is who is at the other end of the socket, as the kernel tells it. The
// zero Caller is nobody: not an owner.
type Caller struct {
	UID, GID, PID int
	known         bool
}

// callerOf reads the peer credentials of a connection.
func callerOf(conn *net.UnixConn) (Caller, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return Caller{}, fmt.Errorf("peer credentials: %w", err)
	}
	var cred *unix.Ucred
	var inner error
	if err := raw.Control(func(fd uintptr) {
		cred, inner = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	}); err != nil || inner != nil {
		return Caller{}, fmt.Errorf("peer credentials: %w", errors.Join(err, inner))
	}
	return Caller{UID: int(cred.Uid), GID: int(cred.Gid), PID: int(cred.Pid), known: true}, nil
}

// Owner reports whether the caller may open things: root, the user this role runs
// as, or a member of the group quietstat.
func (c Caller) Owner() bool {
	if !c.known {
		return false
	}
	if c.UID == 0 || c.UID == os.Getuid() {
		return true
	}
	group, err := user.LookupGroup(Group)
	if err != nil {
		return false
	}
	if group.Gid == strconv.Itoa(c.GID) {
		return true
	}
	account, err := user.LookupId(strconv.Itoa(c.UID))
	if err != nil {
		return false
	}
	groups, err := account.GroupIds()
	return err == nil && slices.Contains(groups, group.Gid)
}

// MustOwn is nil for the owner and says who may ask otherwise.
func (c Caller) MustOwn(what string) error {
	if c.Owner() {
		return nil
	}
	return &Problem{
		Code:    CodeNotAllowed,
		Message: fmt.Sprintf("%s is for the owner of this thermostat", what),
		Hint:    "run it with sudo, or as a member of the group " + Group + "; closing (quietstat quiet, session end) needs nobody",
	}
}
