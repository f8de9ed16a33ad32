package wire

import (
	"fmt"

	"quietstat/consent"
)

// Command is what a recipient said through its window, as the uplink understood it: a
// kind out of a closed list and a number. There is no place in it for what was said.
// Kind CommandNone is something that was not understood.
type Command struct {
	Epoch    uint64              `json:"epoch"`
	Kind     consent.CommandKind `json:"kind"`
	Number   float64             `json:"number,omitempty"`
	Ref      string              `json:"ref,omitempty"`      // see consent.Question
	Retained bool                `json:"retained,omitempty"` // the broker had kept it
}

// CommandOf makes a frame of a question.
func CommandOf(epoch uint64, q consent.Question, retained bool) Command {
	return Command{Epoch: epoch, Kind: q.Kind, Number: q.Number, Ref: q.Ref, Retained: retained}
}

// Question is what was asked or wished, for the keeper.
func (c Command) Question() consent.Question {
	return consent.Question{Kind: c.Kind, Number: c.Number, Ref: c.Ref}
}

// DecodeCommand reads the body of a KindCommand frame. What cannot be a question is an
// error, unless it says itself that it was not understood.
func DecodeCommand(body []byte) (Command, error) {
	var c Command
	if err := Decode(body, &c); err != nil {
		return Command{}, err
	}
	none := c.Kind == consent.CommandNone && c.Number == 0 && c.Ref == ""
	if c.Epoch == 0 || !none && !c.Question().Valid() {
		return Command{}, fmt.Errorf("%w: a command needs an epoch, a kind there is, a number and a short reference", ErrFrame)
	}
	return c, nil
}
