package local

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"path/filepath"
	"syscall"
)

// The names of the sockets in the runtime folder.
const (
	ControlSocket = "control.sock"
	KeeperSocket  = "keeper.sock"
	PanelSocket   = "panel.sock"
)

// Client calls one role.
type Client struct {
	conn    net.Conn
	replies *bufio.Scanner
	role    string
}

// Dial reaches the role behind a socket.
func Dial(ctx context.Context, path string) (*Client, error) {
	role := map[string]string{ControlSocket: "control", KeeperSocket: "keeper"}[filepath.Base(path)]
	conn, err := new(net.Dialer).DialContext(ctx, "unix", path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ECONNREFUSED):
		return nil, Unavailable(fmt.Sprintf("nobody answers at %s: the %s role is not running", path, role),
			"start it (systemctl start quietstat.target, or quietstat agent), or name another folder with --runtime")
	case errors.Is(err, fs.ErrPermission):
		return nil, &Problem{CodeNotAllowed, "no permission to talk to " + path, "run it with sudo, or as a member of the group " + Group}
	case err != nil:
		return nil, fmt.Errorf("reach the %s role: %w", role, err)
	}
	replies := bufio.NewScanner(conn)
	replies.Buffer(make([]byte, 0, 4096), MaxReply)
	return &Client{conn: conn, replies: replies, role: role}, nil
}

// Call sends one request and decodes its result into `into`, which may be nil. A
// *Problem is the role's own answer.
func (c *Client) Call(ctx context.Context, verb string, arguments, into any) error {
	request := Request{Verb: verb}
	if arguments != nil {
		raw, err := json.Marshal(arguments)
		if err != nil {
			return fmt.Errorf("%s: %w", verb, err)
		}
		request.Arguments = raw
	}
	line, err := json.Marshal(request)
	if err != nil {
		return fmt.Errorf("%s: %w", verb, err)
	}
	defer context.AfterFunc(ctx, func() { c.conn.Close() })()
	if _, err := c.conn.Write(append(line, '\n')); err != nil {
		return c.lost(err)
	}
	if !c.replies.Scan() {
		return c.lost(c.replies.Err())
	}
	var reply Reply
	if err := json.Unmarshal(c.replies.Bytes(), &reply); err != nil {
		return fmt.Errorf("the %s role answered something else than JSON: %w", c.role, err)
	}
	if reply.Error != nil {
		return reply.Error
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(reply.Result, into)
}

func (c *Client) lost(err error) error {
	message := fmt.Sprintf("the %s role closed the connection before it answered", c.role)
	if err != nil {
		message += ": " + err.Error()
	}
	return Unavailable(message, "it may be restarting; ask again")
}

// Close ends the connection.
func (c *Client) Close() error { return c.conn.Close() }

// Call is Dial, one call, and Close.
func Call(ctx context.Context, path, verb string, arguments, into any) error {
	client, err := Dial(ctx, path)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Call(ctx, verb, arguments, into)
}
