package mqtt

import "errors"

var errInbound = errors.New("the recipient sent something other than CONNACK and PINGRESP")

// inbound watches what the recipient sends. A client that subscribes to nothing is
// owed one CONNACK without a session and then only PINGRESPs; everything else,
// a packet of 256 MB that paho would make room for included, ends the window.
type inbound struct {
	welcomed bool
	n        int // bytes of the current packet seen
}

var (
	connack  = []byte{0x20, 2, 0} // no session is present: ours are clean (MQTT 3.1.1, 3.2.2.2)
	pingresp = []byte{0xd0, 0}
)

// feed takes the next bytes of the stream, in pieces of any size.
func (in *inbound) feed(b []byte) error {
	for _, c := range b {
		switch {
		case !in.welcomed && in.n == len(connack):
			in.welcomed, in.n = true, 0 // c is the return code, which paho explains
			continue
		case !in.welcomed && c != connack[in.n],
			in.welcomed && c != pingresp[in.n]:
			return errInbound
		}
		in.n++
		if in.welcomed && in.n == len(pingresp) {
			in.n = 0
		}
	}
	return nil
}
