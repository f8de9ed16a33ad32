package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"quietstat/agent/internal/local"
)

// printVoice says what is heard in the room, and what was not believed.
func (s *surroundings) printVoice(k *local.KeeperStatus) {
	if o := k.Session; o != nil {
		what := "somebody pressed talk"
		if o.Evidence == "wake" {
			what = "somebody said the wake word to " + o.Source
		}
		s.printf("session    open, as %s %s ago; closes in %s\n", what, seconds(o.BeganS), seconds(o.LeftS))
	}
	v := k.Voice
	if v == nil {
		return
	}
	switch {
	case !v.Connected:
		s.printf("voice      the voice role is not running, so no wake word is heard; a press of talk works\n")
	case len(v.Stacks) == 0:
		s.printf("voice      no voice stack has said anything yet\n")
	default:
		var heard []string
		for _, stack := range v.Stacks {
			heard = append(heard, fmt.Sprintf("%s %s ago", stack.Name, seconds(stack.LastS)))
		}
		s.printf("voice      last heard: %s\n", strings.Join(heard, ", "))
	}
	if v.HeldS > 0 {
		s.printf("voice      TOO MANY wake words: none is believed for %s; a press of talk works\n", seconds(v.HeldS))
	}
	if len(v.Refusals) == 0 {
		return
	}
	var counts []string
	for _, word := range slices.Sorted(maps.Keys(v.Refusals)) {
		counts = append(counts, fmt.Sprintf("%d %s", v.Refusals[word], word))
	}
	s.printf("voice      not believed: %s; the last: %s\n", strings.Join(counts, ", "), v.LastRefusal)
}
