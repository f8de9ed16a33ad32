package mqtt

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"time"

	paho "github.com/eclipse/paho.mqtt.golang"

	"quietstat/agent/internal/wire"
)

// Client is one connection to one recipient for one window. Its methods may be
// called from any goroutine.
type Client struct {
	fence *fence
	paho  paho.Client
	one   sync.Mutex // one delivery at a time
}

// Dial connects and waits for the recipient's CONNACK. The context bounds the
// dialling only: when it ends, the connection is cut and nothing is left of it.
// Nothing is ever tried twice.
func Dial(ctx context.Context, o Options) (*Client, error) {
	endpoint, err := o.validate()
	if err != nil {
		return nil, err
	}
	var config *tls.Config
	if endpoint.TLS() {
		if config, err = o.TLS.config(endpoint.Host); err != nil {
			return nil, err
		}
	}

	ctx, cancel := context.WithTimeout(ctx, o.ConnectTimeout)
	defer cancel()
	c := &Client{fence: newFence(o.Epoch, o.ClientID, o.Alive)}
	c.fence.listen = o.Listen
	stop := context.AfterFunc(ctx, c.fence.close)
	p := o.paho()
	var opening error
	p.SetCustomOpenConnectionFn(func(*url.URL, paho.ClientOptions) (net.Conn, error) {
		var conn net.Conn
		conn, opening = c.open(ctx, endpoint.Address(), config, o)
		return conn, opening
	})
	c.paho = paho.NewClient(p)

	token := c.paho.Connect()
	<-token.Done() // bounded: whatever paho waits for is cut when ctx ends
	err = token.Error()
	if opening != nil {
		err = opening
	}
	if err == nil && len(o.Listen) > 0 {
		err = c.subscribe(ctx, o.Listen)
	}
	if !stop() && err == nil {
		err = context.Cause(ctx)
	}
	if err != nil {
		c.fence.close()
		return nil, fmt.Errorf("the recipient cannot be reached: %w", err)
	}
	return c, nil
}

// subscribe asks for the topics that are listened to, and waits for the answer.
func (c *Client) subscribe(ctx context.Context, topics []string) error {
	wanted := map[string]byte{}
	for _, t := range topics {
		wanted[t] = 0
	}
	select {
	case <-c.paho.SubscribeMultiple(wanted, nil).Done(): // whatever it may not read stays silent
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-c.fence.gone:
	}
	if c.fence.shut() {
		return ErrLost
	}
	return nil
}

// open makes the line and hands paho its fenced end.
func (c *Client) open(ctx context.Context, address string, config *tls.Config, o Options) (net.Conn, error) {
	l, err := openLine(ctx, address, o.WriteTimeout)
	if err != nil {
		return nil, err
	}
	if err := c.fence.attach(l); err != nil {
		return nil, err
	}
	if config != nil {
		if err := l.secure(ctx, config); err != nil {
			c.fence.drop()
			return nil, err
		}
	}
	return &conn{fence: c.fence, line: l, in: inbound{listen: o.Listen, heard: o.Heard, now: time.Now}}, nil
}

// paho is every option that keeps it from delivering on its own.
func (o *Options) paho() *paho.ClientOptions {
	p := paho.NewClientOptions()
	p.AddBroker(o.Endpoint)
	p.SetClientID(o.ClientID)
	p.SetUsername(o.Username)
	p.SetPassword(o.Password)
	p.SetProtocolVersion(4)
	p.SetCleanSession(true)
	p.SetStore(nothing{})
	p.SetAutoReconnect(false)
	p.SetConnectRetry(false)
	p.SetResumeSubs(false)
	p.SetOrderMatters(false)
	p.UnsetWill()
	p.SetConnectTimeout(o.ConnectTimeout)
	p.SetWriteTimeout(o.WriteTimeout)
	p.SetKeepAlive(o.KeepAlive)
	p.SetPingTimeout(pingTimeout)
	return p
}

// Publish hands one delivery to the recipient and says what became of it:
//
//	Sent     the write to the connection returned whole
//	Failed   not one byte of it was written, and the connection is gone
//	Refused  not one byte of it was written: the window is over, or it is not one
//	         the fence would let through
//	Unknown  a part of it was written, and the connection is gone
//
// The error is nil only with Sent. A message that was not sent whole ends the
// client, except for one that was refused before it was tried. Deliveries wait
// for one another; each takes at most a few write timeouts.
func (c *Client) Publish(d wire.Delivery) (wire.Result, error) {
	c.one.Lock()
	defer c.one.Unlock()
	s, err := c.fence.arm(d)
	if errors.Is(err, ErrRefused) {
		return wire.ResultRefused, err
	}
	if err != nil {
		return wire.ResultFailed, err
	}
	given := make(chan struct{})
	go func() { // may hang in paho for a write timeout after the end
		defer close(given)
		<-hand(c.paho, d.Topic(), d.Payload()).Done()
	}()
	select {
	case <-s.done:
	case <-given: // paho's word for it is worth nothing; ask the fence
	case <-c.fence.gone:
	}
	result, err := c.fence.disarm(s)
	if result != wire.ResultSent {
		c.fence.drop()
	}
	return result, err
}

// hand gives paho a message: quality of service 0, retained only if it is empty.
// Nothing else in the program publishes.
func hand(p paho.Client, topic string, payload []byte) paho.Token {
	return p.Publish(topic, 0, retains(payload), payload)
}

// Lost is closed when nothing can leave any more: after Close, or when the
// connection or the lease ended on its own.
func (c *Client) Lost() <-chan struct{} { return c.fence.gone }

// Close ends the window. When it returns, no byte can start, no write is under
// way, and what the kernel had not sent is discarded. It may be called at any
// time, from any goroutine, more than once.
func (c *Client) Close() { c.fence.close() }
