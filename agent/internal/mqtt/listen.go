package mqtt

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"
)

// Listener is a client for a broker on this device to which a voice stack talks. It
// has nothing to do with a window and is never given a recipient: it subscribes, and
// says only what is spoken in the room. Nobody's consent hangs on it, since its
// address must be of the loopback. The zero Listener listens to nothing.
type Listener struct {
	Address  string // of the loopback, for example "127.0.0.1:1883"
	Username string // from a file (ReadSecret); empty for none
	Password string

	mu   sync.Mutex
	link paho.Client // while a Listen stands
}

// Bounds of a listening connection.
const (
	listenOpen  = 5 * time.Second  // until the subscriptions stand
	listenAlive = 10 * time.Second // between pings
	listenQueue = 64               // messages that wait for whoever hears them
	sayWithin   = 2 * time.Second
)

// ErrListening is wrapped by every error of a Listener.
var ErrListening = errors.New("the broker on this device")

type overheard struct {
	topic    string
	retained bool
	payload  []byte
}

// Listen connects, subscribes to the filters with quality of service 0 in a clean
// session, and hands every message to heard, one at a time in the order they came,
// until the link goes or ctx ends. It never connects twice. A packet larger than
// listenPacket ends the link before room is made for it, and so do messages that
// come faster than they are heard.
func (l *Listener) Listen(ctx context.Context, filters []string, heard func(topic string, retained bool, payload []byte)) error {
	address, err := netip.ParseAddrPort(l.Address)
	if err != nil || !address.Addr().Unmap().IsLoopback() {
		return fmt.Errorf("%w: its address must be of the loopback, such as 127.0.0.1:1883", ErrListening)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	queue := make(chan overheard, listenQueue)
	p := l.options(ctx, cancel)
	p.SetDefaultPublishHandler(func(_ paho.Client, m paho.Message) {
		select {
		case queue <- overheard{m.Topic(), m.Retained(), m.Payload()}:
		default:
			cancel(fmt.Errorf("%w: messages come faster than they can be heard", ErrListening))
		}
	})
	client := paho.NewClient(p)
	if err := l.open(ctx, client, filters); err != nil {
		cancel(err)
		return fmt.Errorf("%w: %w", ErrListening, context.Cause(ctx))
	}
	l.stand(client)
	defer l.stand(nil)
	for {
		select {
		case m := <-queue:
			heard(m.topic, m.retained, m.payload)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// options are paho's for one link: nothing kept, nothing tried again, in order.
func (l *Listener) options(ctx context.Context, cancel context.CancelCauseFunc) *paho.ClientOptions {
	p := paho.NewClientOptions()
	p.AddBroker("tcp://" + l.Address)
	p.SetClientID("listen-" + clientSuffix())
	p.SetUsername(l.Username)
	p.SetPassword(l.Password)
	p.SetProtocolVersion(4)
	p.SetCleanSession(true)
	p.SetStore(nothing{})
	p.SetAutoReconnect(false)
	p.SetConnectRetry(false)
	p.SetResumeSubs(false)
	p.SetOrderMatters(true)
	p.UnsetWill()
	p.SetConnectTimeout(listenOpen)
	p.SetWriteTimeout(sayWithin)
	p.SetKeepAlive(listenAlive)
	p.SetPingTimeout(listenAlive)
	p.SetConnectionLostHandler(func(_ paho.Client, err error) {
		cancel(fmt.Errorf("%w: the link is gone: %w", ErrListening, err))
	})
	p.SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", l.Address)
		if err != nil {
			return nil, err
		}
		context.AfterFunc(ctx, func() { conn.Close() })
		return &boundedConn{Conn: conn}, nil
	})
	return p
}

// open connects and subscribes. A filter that the broker's access list refuses is an
// error: an ear that is half deaf would wait for ends that never come.
func (l *Listener) open(ctx context.Context, client paho.Client, filters []string) error {
	ctx, cancel := context.WithTimeout(ctx, listenOpen)
	defer cancel()
	if err := await(ctx, client.Connect()); err != nil {
		return err
	}
	wanted := map[string]byte{}
	for _, f := range filters {
		wanted[f] = 0
	}
	token := client.SubscribeMultiple(wanted, nil)
	if err := await(ctx, token); err != nil {
		return err
	}
	for filter, code := range token.(*paho.SubscribeToken).Result() {
		if code != 0 {
			return fmt.Errorf("its access list does not let us read %s", filter)
		}
	}
	return nil
}

func await(ctx context.Context, token paho.Token) error {
	select {
	case <-token.Done():
		return token.Error()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *Listener) stand(client paho.Client) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.link = client
}

// Say publishes one message of at least one byte on the link of a Listen that
// stands: quality of service 0, not retained, not kept for later.
func (l *Listener) Say(topic string, payload []byte) error {
	l.mu.Lock()
	link := l.link
	l.mu.Unlock()
	switch {
	case link == nil || !link.IsConnectionOpen():
		return fmt.Errorf("%w: not connected", ErrListening)
	case len(payload) == 0:
		return fmt.Errorf("%w: an empty message would erase what others retained", ErrListening)
	}
	if _, err := publish(topic, payload); err != nil {
		return fmt.Errorf("%w: %w", ErrListening, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), sayWithin)
	defer cancel()
	return await(ctx, hand(link, topic, payload))
}

// clientSuffix makes a client id that no other client has.
func clientSuffix() string {
	var b [8]byte
	rand.Read(b[:]) // never fails (crypto/rand)
	return hex.EncodeToString(b[:])
}
