package uplink

import (
	"quietstat/agent/internal/mqtt"
	"quietstat/agent/internal/wire"
	"quietstat/consent"
)

// unheard is how many commands may wait for the keeper's link. More than that are
// dropped: nothing that was wished is kept for later.
const unheard = 8

// hear has the window hear its recipient where its profile has a topic for that.
// What is said is understood here and goes on as a kind and a number.
func (w *window) hear(o *mqtt.Options, r consent.Recipient) {
	o.Listen = r.Listens()
	if len(o.Listen) == 0 {
		return
	}
	w.commands = make(chan wire.Command, unheard)
	o.Heard = func(topic string, retained bool, payload []byte) {
		select {
		case w.commands <- wire.CommandOf(w.epoch, r.Understand(topic, payload), retained):
		default:
		}
	}
}

// pass hands commands to the keeper until done is closed.
func (w *window) pass(done <-chan struct{}) {
	for {
		select {
		case c := <-w.commands:
			if w.tell(wire.KindCommand, c) != nil {
				return // the link is found to be broken by listening
			}
		case <-done:
			return
		}
	}
}
