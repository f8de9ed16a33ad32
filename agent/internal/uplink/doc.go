// Package uplink is the role that carries decided messages to one recipient. It
// lives as long as one window: a process of its own, started by a connection to
// its socket, that knows what it was handed and nothing else about the house.
//
// # A window, frame by frame
//
//	uplink -> keeper  Hello     who we are to serve, and the fingerprint of the file
//	                            that says so, with our pid from the kernel
//	keeper -> uplink  Open      the window's epoch; the fingerprint must be Hello's
//	uplink -> keeper  Opened    connected, or why not
//	keeper -> uplink  Delivery  a decided message
//	uplink -> keeper  Outcome   what became of it
//	uplink -> keeper  Command   what the recipient said, where its profile is heard
//	keeper -> uplink  Lease     every 20 ms
//	keeper -> uplink  Shut      end the window
//	uplink -> keeper  Closed    nothing can leave any more, and whether the lease ran out
//
// Before Open there is no network activity, not even the lookup of a name. The
// connection is cut (linger zero, close) and the process ends as soon as any of
// these comes: Shut, the end of the link, a frame that is not understood, 100 ms
// without a lease on the real clock, the end of the recipient's connection, or
// the end of ctx. There is no second attempt at anything: the keeper decides
// whether there is to be another window, and then there is another process.
//
// The lease is measured on CLOCK_BOOTTIME and asked about before every write, so
// that an uplink which was stopped or suspended cannot finish its sentence when
// it wakes. A lease that runs out, also while the recipient is dialled, is told in
// Closed: it is the house's own doing, and the keeper tries again sooner than when a
// recipient cannot be reached. So is nothing else, least of all an end without Closed.
//
// # Files
//
// The recipient file is consent.Recipient as JSON, strictly. Credentials are files
// in the folder that systemd names in CREDENTIALS_DIRECTORY, or, without it, in
// the folder beside the recipient file whose name is the file's with
// ".credentials" behind: username, password, ca.pem, and NAME.crt and NAME.key
// where NAME is the recipient's client certificate. All but the last two may be
// absent, and ca.pem too where the recipient was not enrolled with it.
//
// Nothing is logged. Errors name files and what went wrong with the link or the
// recipient; never an id, a topic or a payload.
//
// github.com/coreos/go-systemd is not needed here: the socket that systemd hands
// over is number 3 whichever way. golang.org/x/sys/unix supplies the credentials
// message of unix(7).
package uplink
