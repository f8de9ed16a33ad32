package supervise

import (
	"fmt"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// listening is a notify with a tongue for its child.
func listening(t *testing.T, dir, name string, watchdog time.Duration) (*notify, func(string)) {
	t.Helper()
	path := filepath.Join(dir, name)
	n, err := listenNotify(path, watchdog)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	conn, err := net.Dial("unixgram", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return n, func(words string) {
		t.Helper()
		if _, err := fmt.Fprint(conn, words); err != nil {
			t.Error(err)
		}
	}
}

// TestSilenceCounts compares children with one limit: those that have begun are
// found silent, and until then nobody else is.
func TestSilenceCounts(t *testing.T) {
	dir := folder(t)
	const limit = time.Millisecond
	mute, tell := listening(t, dir, "mute", limit)
	tell("STATUS=starting\nX_READY=1\nWATCHDOG=trigger")
	free, tell := listening(t, dir, "free", 0)
	tell("READY=1")
	tell("WATCHDOG=1")
	for i, first := range []string{"READY=1", "WATCHDOG=1", "READY=1\nWATCHDOG=1", "STATUS=up\nREADY=1"} {
		n, tell := listening(t, dir, fmt.Sprint("silent", i), limit)
		tell(first)
		eventually(t, first+" and then silence", func() bool { return closed(n.silent) })
		// It is heard all the same: its life is not over before its end.
		tell("READY=1")
		eventually(t, "it is ready", func() bool { return closed(n.ready) })
	}
	for name, n := range map[string]*notify{"mute": mute, "free": free} {
		if closed(n.silent) {
			t.Errorf("%s was found silent", name)
		}
	}
}

// TestWordsThatAreNoFood sends everything but the keep-alive message.
func TestWordsThatAreNoFood(t *testing.T) {
	n, tell := listening(t, folder(t), "notify", 20*time.Millisecond)
	tell("WATCHDOG=1")
	eventually(t, "silence among so many words", func() bool {
		tell("READY=0\nSTATUS=WATCHDOG=1\nWATCHDOG=")
		return closed(n.silent)
	})
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
