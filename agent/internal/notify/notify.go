package notify

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/coreos/go-systemd/v22/daemon"
)

// Notifier speaks to the service manager. The nil Notifier is silent. Its methods
// may be called from any goroutine.
type Notifier struct{ interval time.Duration }

// FromEnvironment returns nil where there is no service manager, and an error where
// its variables make no sense (NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID).
func FromEnvironment() (*Notifier, error) {
	if os.Getenv("NOTIFY_SOCKET") == "" {
		return nil, nil
	}
	interval, err := daemon.SdWatchdogEnabled(false)
	if err != nil {
		return nil, fmt.Errorf("the service manager's watchdog variables: %w", err)
	}
	return &Notifier{interval: interval}, nil
}

// Ready says that the role does its work now.
func (n *Notifier) Ready() error { return n.say(daemon.SdNotifyReady) }

// Stopping says that the role is about to end.
func (n *Notifier) Stopping() error { return n.say(daemon.SdNotifyStopping) }

// Alive feeds the watchdog. To be called after work was done, not by a timer.
func (n *Notifier) Alive() error { return n.say(daemon.SdNotifyWatchdog) }

// Status sets the line that `systemctl status` shows, which anybody on the machine
// can read: it must say nothing about the house. Line breaks become spaces.
func (n *Notifier) Status(line string) error {
	return n.say("STATUS=" + strings.NewReplacer("\n", " ", "\r", " ").Replace(line))
}

// WatchdogInterval is how often Alive should be called: half of what the service
// manager allows, as sd_watchdog_enabled(3) advises. Zero means that nobody waits
// for it.
func (n *Notifier) WatchdogInterval() time.Duration {
	if n == nil {
		return 0
	}
	return n.interval / 2
}

func (n *Notifier) say(state string) error {
	if n == nil {
		return nil
	}
	if _, err := daemon.SdNotify(false, state); err != nil {
		return fmt.Errorf("the service manager cannot be told: %w", err)
	}
	return nil
}
