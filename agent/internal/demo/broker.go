package demo

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"

	mqtt "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/listeners"
	"github.com/mochi-mqtt/server/v2/packets"
)

// broker is the recipient's side: an MQTT broker behind a meter.
type broker struct {
	*meter
	server *mqtt.Server
}

// newBroker starts a broker for anybody on this machine. It would accept anything;
// that nothing comes is the agent's doing.
func newBroker(m *meter) (*broker, error) {
	server := mqtt.New(&mqtt.Options{Logger: slog.New(slog.DiscardHandler)})
	if err := server.AddHook(new(openHouse), nil); err != nil {
		return nil, fmt.Errorf("the demo's broker: %w", err)
	}
	if err := server.AddListener(listeners.NewNet("demo", m)); err != nil {
		return nil, fmt.Errorf("the demo's broker: %w", err)
	}
	if err := server.Serve(); err != nil {
		return nil, fmt.Errorf("the demo's broker: %w", err)
	}
	return &broker{meter: m, server: server}, nil
}

// close ends the broker and all its connections.
func (b *broker) close() error { return errors.Join(b.meter.Close(), b.server.Close()) }

// openHouse lets everybody do everything.
type openHouse struct{ mqtt.HookBase }

func (*openHouse) ID() string { return "open-house" }

func (*openHouse) Provides(b byte) bool {
	return bytes.IndexByte([]byte{mqtt.OnConnectAuthenticate, mqtt.OnACLCheck}, b) >= 0
}

func (*openHouse) OnConnectAuthenticate(*mqtt.Client, packets.Packet) bool { return true }

func (*openHouse) OnACLCheck(*mqtt.Client, string, bool) bool { return true }
