package wire

import (
	"fmt"

	"quietstat/consent"
)

// Delivery is a decided message on its way through a pipe. It can be made only of
// a consent.Release (EncodeRelease) or read from a frame that was (DecodeDelivery):
// nothing else can put a topic or a payload into an uplink's hands.
type Delivery struct {
	id      string
	epoch   uint64
	topic   string
	payload []byte
}

// delivery is the frame's JSON form.
type delivery struct {
	ID      string `json:"id"`
	Epoch   uint64 `json:"epoch"`
	Topic   string `json:"topic"`
	Payload []byte `json:"payload"`
	Erase   bool   `json:"erase,omitempty"` // exactly when there is no payload
}

// ID is the message's own random id, new in every window.
func (d Delivery) ID() string { return d.id }

// Epoch is the window the message was decided in.
func (d Delivery) Epoch() uint64 { return d.epoch }

// Topic is the full MQTT topic.
func (d Delivery) Topic() string { return d.topic }

// Payload is the message's bytes, padding included; empty for an erasure alone.
func (d Delivery) Payload() []byte { return d.payload }

// EncodeRelease writes the frame of a decided message.
func EncodeRelease(r consent.Release) ([]byte, error) {
	return Encode(KindDelivery, delivery{ID: r.ID(), Epoch: r.Epoch(), Topic: r.Topic(), Payload: r.Payload(), Erase: r.Erases()})
}

// DecodeDelivery reads the body of a KindDelivery frame.
func DecodeDelivery(body []byte) (Delivery, error) {
	var d delivery
	if err := Decode(body, &d); err != nil {
		return Delivery{}, err
	}
	if d.ID == "" || d.Topic == "" || d.Epoch == 0 || (len(d.Payload) == 0) != d.Erase {
		return Delivery{}, fmt.Errorf("%w: a delivery needs an id, an epoch, a topic and a payload, or to be an erasure and have none", ErrFrame)
	}
	return Delivery{id: d.ID, epoch: d.Epoch, topic: d.Topic, payload: d.Payload}, nil
}
