package main_test

import (
	"fmt"
	"go/ast"
	"path"
	"slices"
	"testing"
)

// A bottleneck is a call that stands in the whole program exactly once, outside of the
// package it belongs to: a second one would be a second way out.
type bottleneck struct {
	owner  string // the package the function belongs to; what it does inside is its own
	name   string // function or method
	method bool   // called on a value, with this many arguments
	args   int    // of a method, which has no package to be told by
	where  string // the one package that may
	reason string
}

var bottlenecks = []bottleneck{
	{module + "/consent", "Release", true, 4, module + "/agent/internal/keeper",
		"what leaves is decided by one function, called in one place"},
	{module + "/consent", "NewGate", false, 0, module + "/agent/internal/keeper",
		"there is one gate"},
	{module + "/agent/internal/wire", "EncodeRelease", false, 0, module + "/agent/internal/keeper",
		"a decided message is handed out in one place"},
	{module + "/agent/internal/wire", "DecodeDelivery", false, 0, module + "/agent/internal/uplink",
		"a message that was handed out is taken in one place"},
	{"github.com/eclipse/paho.mqtt.golang", "Publish", true, 4, module + "/agent/internal/mqtt",
		"bytes are given to the protocol in one place"},
}

// checkBottlenecks finds calls of a bottleneck that are too many, too few, or in the
// wrong package.
func checkBottlenecks(all []source) []string {
	var breaches []string
	for _, b := range bottlenecks {
		var found []string
		for _, s := range all {
			if s.test() || within(s.pkg(), b.owner) || !within(s.pkg(), module) {
				continue
			}
			ast.Inspect(s.file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || !b.calls(s, call) {
					return true
				}
				found = append(found, s.at(n))
				if s.pkg() != b.where {
					breaches = append(breaches, fmt.Sprintf("%s: calls %s of %s: %s", s.at(n), b.name, path.Base(b.owner), b.reason))
				}
				return true
			})
		}
		if len(found) != 1 {
			breaches = append(breaches, fmt.Sprintf("%s of %s is called %d times, at %q: %s", b.name, path.Base(b.owner), len(found), found, b.reason))
		}
	}
	slices.Sort(breaches)
	return breaches
}

func (b bottleneck) calls(s source, call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != b.name {
		return false
	}
	from, _ := s.called(sel)
	if b.method {
		return from == "" && len(call.Args) == b.args
	}
	return from == b.owner
}

func TestWallGate(t *testing.T) {
	printAll(t, checkBottlenecks(sources(t)))
	good := []source{
		madeUp(t, "agent/internal/keeper/x.go", `package keeper
import "quietstat/consent"
import "quietstat/agent/internal/wire"
var g = consent.NewGate(nil, nil)
func f() { g.Release(1, 2, 3, 4); wire.EncodeRelease(1) }`),
		madeUp(t, "agent/internal/uplink/x.go", "package uplink\nimport \"quietstat/agent/internal/wire\"\nvar _, _ = wire.DecodeDelivery(nil)"),
		madeUp(t, "agent/internal/mqtt/x.go", "package mqtt\nfunc f() { p.Publish(1, 2, 3, 4) }"),
	}
	expectBreaches(t, checkBottlenecks(good))
	expectBreaches(t, checkBottlenecks(append(good,
		madeUp(t, "agent/internal/demo/x.go", "package demo\nfunc f() { gate.Release(1, 2, 3, 4); lock.Release() }"),
		madeUp(t, "agent/internal/mqtt/y.go", "package mqtt\nfunc f() { q.Publish(1, 2, 3, 4) }"),
	)), "Publish of paho.mqtt.golang is called 2 times", "Release of consent is called 2 times", "agent/internal/demo/x.go:2: calls Release")
}
