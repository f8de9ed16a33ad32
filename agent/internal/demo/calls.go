package demo

import (
	"context"
	"path/filepath"
	"time"

	"quietstat/agent/internal/local"
)

// callLimit bounds one call to a role, in real time. Nothing the demo asks for
// waits for virtual time.
const callLimit = 10 * time.Second

// caller is the person at the terminal: what is done here, quietstat's own verbs
// do. Nothing else of the demo talks to the roles' sockets.
type caller struct {
	ctx     context.Context
	runtime string
	watch   *local.Client // control's status is asked for all the time
}

func (c *caller) call(socket, verb string, arguments, into any) error {
	ctx, cancel := context.WithTimeout(c.ctx, callLimit)
	defer cancel()
	return local.Call(ctx, filepath.Join(c.runtime, socket), verb, arguments, into)
}

// control's verbs

func (c *caller) house() (local.Status, error) {
	ctx, cancel := context.WithTimeout(c.ctx, callLimit)
	defer cancel()
	var s local.Status
	var err error
	if c.watch == nil {
		if c.watch, err = local.Dial(ctx, filepath.Join(c.runtime, local.ControlSocket)); err != nil {
			return s, err
		}
	}
	if err = c.watch.Call(ctx, "status", nil, &s); err != nil {
		c.close()
	}
	return s, err
}

func (c *caller) set(celsius float64) error {
	return c.call(local.ControlSocket, "set", local.SetArguments{SetpointC: celsius}, nil)
}

func (c *caller) mode(mode string) error {
	return c.call(local.ControlSocket, "mode", local.ModeArguments{Mode: mode}, nil)
}

// keeper's verbs

func (c *caller) sharing() (local.KeeperStatus, error) {
	var s local.KeeperStatus
	err := c.call(local.KeeperSocket, "status", nil, &s)
	return s, err
}

// recipient is the part of an enrolment the demo needs.
type recipient struct {
	ID          string `json:"id"`
	DisplayName string `json:"display_name"`
	Reach       string `json:"reach"`
	Endpoint    string `json:"endpoint"`
	TopicPrefix string `json:"topic_prefix"`
	Profile     string `json:"profile"`
}

func (c *caller) enrol(r recipient) (p local.Pending, err error) {
	err = c.call(local.KeeperSocket, "recipient.add", r, &p)
	return p, err
}

func (c *caller) policy(id string, shares []local.Share) (p local.Pending, err error) {
	err = c.call(local.KeeperSocket, "policy.set", local.PolicyArguments{Recipient: id, Categories: shares}, &p)
	return p, err
}

func (c *caller) grant(id, purpose string, shares []local.Share) (p local.Pending, err error) {
	arguments := local.GrantArguments{Recipient: id, Purpose: purpose, Categories: shares, Days: 7}
	err = c.call(local.KeeperSocket, "consent.grant", arguments, &p)
	return p, err
}

// waited asks what became of an owner's action after the press.
func (c *caller) waited(action uint64) (p local.Pending, err error) {
	err = c.call(local.KeeperSocket, "action.wait", local.WaitArguments{Action: action, TimeoutS: 2}, &p)
	return p, err
}

func (c *caller) revoke(id string) error {
	return c.call(local.KeeperSocket, "consent.revoke", local.ID{ID: id}, nil)
}

func (c *caller) endSession() error { return c.call(local.KeeperSocket, "session.end", nil, nil) }

// close forgets the standing connection.
func (c *caller) close() {
	if c.watch != nil {
		c.watch.Close()
		c.watch = nil
	}
}
