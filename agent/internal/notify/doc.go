// Package notify tells the service manager how a role is: sd_notify(3) over
// NOTIFY_SOCKET, through github.com/coreos/go-systemd/v22/daemon, which is a
// datagram on a unix socket and nothing else.
//
// A nil Notifier, which is what there is without a service manager, says nothing
// and never fails, so that no role asks whether there is one.
package notify
