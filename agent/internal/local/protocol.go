package local

import (
	"encoding/json"
	"time"
)

// Bounds of the protocol.
const (
	MaxLine    = 64 << 10
	MaxReply   = 16 << 20 // a ledger statement can be long
	MaxCallers = 32
	IdleLimit  = 90 * time.Second // longer than the 60 s in which an owner may press the button
)

// Request is one line from a caller.
type Request struct {
	Verb      string          `json:"verb"`
	Arguments json.RawMessage `json:"arguments,omitempty"`
}

// Reply is one line back: a result or an error, never both.
type Reply struct {
	Result json.RawMessage `json:"result,omitempty"`
	Error  *Problem        `json:"error,omitempty"`
}

// Code says what kind of problem it is; scripts and exit codes branch on it.
type Code string

const (
	CodeUsage       Code = "usage"       // the request cannot be understood; exit 2
	CodeRefused     Code = "refused"     // understood, and the answer is no; exit 3
	CodeNotAllowed  Code = "not-allowed" // the caller is not the owner; exit 4
	CodeUnavailable Code = "unavailable" // the role or what it needs is not there; exit 5
	CodeFailed      Code = "failed"      // something broke; exit 1
)

// Problem is an error that crosses the socket: what went wrong and what to do.
type Problem struct {
	Code    Code   `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
}

// Error is the message; the hint is printed on a line of its own.
func (p *Problem) Error() string { return p.Message }

// Refuse, Usage, Unavailable and Failed make a Problem of each kind.
func Refuse(message, hint string) *Problem      { return &Problem{CodeRefused, message, hint} }
func Usage(message, hint string) *Problem       { return &Problem{CodeUsage, message, hint} }
func Unavailable(message, hint string) *Problem { return &Problem{CodeUnavailable, message, hint} }
