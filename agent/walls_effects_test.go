package main_test

import (
	"fmt"
	"go/ast"
	"slices"
	"testing"
)

// An effect is a group of functions that only some packages may call from non-test
// files. An exception names a package, the functions it may call, and why.
type effect struct {
	calls      map[string][]string // import path -> functions and types
	only       []string
	exceptions []exception
	reason     string
}

type exception struct {
	pkg    string
	calls  []string
	reason string
}

var effects = []effect{
	{
		calls: map[string][]string{
			"os": {"WriteFile", "Create", "CreateTemp", "OpenFile", "Rename", "Truncate", "Link", "Symlink", "OpenRoot",
				"Mkdir", "MkdirAll", "MkdirTemp", "Remove", "RemoveAll", "Chmod", "Chown", "Lchown", "Chtimes", "CopyFS"},
			"syscall":               {"Open", "Creat", "Rename", "Unlink", "Mkdir", "Link", "Symlink", "Truncate"},
			"golang.org/x/sys/unix": {"Open", "Openat", "Openat2", "Creat", "Rename", "Renameat", "Unlink", "Mkdir", "Link", "Symlink", "Truncate"},
			"io/ioutil":             {"WriteFile", "TempFile", "TempDir"},
		},
		only: own("agent/internal/store"),
		exceptions: []exception{
			{"agent/internal/supervise", []string{"MkdirAll", "Remove", "Chmod"}, "sockets and the folders they live in; no data"},
			{"agent/internal/demo", []string{"MkdirAll", "MkdirTemp", "RemoveAll", "WriteFile"}, "the temporary folder of a demonstration, and its configuration"},
			{"drivers", []string{"Open"}, "/dev/null, in the place of a standard input that periph has closed"},
			{"drivers/sim/cuse", []string{"OpenFile"}, "the kernel's /dev/cuse, on a virtual Pi"},
			{"hvac/bench", []string{"MkdirAll", "WriteFile"}, "plots, where the person at the keyboard asked for them"},
			{"hvac/bench/bound", []string{"CreateTemp", "Remove"}, "what an external solver reads; never runs on a device"},
		},
		reason: "what is on the card is written by one package, atomically, checksummed and counted",
	},
	{
		calls: map[string][]string{
			"os":      {"StartProcess"},
			"os/exec": {"Command", "CommandContext", "Cmd"},
			"syscall": {"ForkExec", "StartProcess"},
		},
		only: own("agent/internal/supervise"),
		exceptions: []exception{
			{"agent/internal/demo", []string{"Command", "CommandContext", "Cmd"}, "shows the ledger with the program's own command; a demonstration holds no connection"},
			{"hvac/bench/bound", []string{"Command", "CommandContext", "Cmd"}, "an external solver; never runs on a device"},
		},
		reason: "a process that starts another shares every socket with it until it becomes another program, and closing the socket would not end the connection",
	},
	{
		calls: map[string][]string{
			"net":        {"Dial", "DialTimeout", "Dialer", "DialTCP", "DialUDP", "DialIP", "LookupHost", "LookupIP", "LookupAddr", "Resolver", "DefaultResolver"},
			"crypto/tls": {"Dial", "DialWithDialer", "Dialer"},
			"net/http": {"Get", "Head", "Post", "PostForm", "Client", "DefaultClient", "Transport", "DefaultTransport",
				"ProxyFromEnvironment", "NewRequest", "NewRequestWithContext"},
		},
		only: own("agent/internal/mqtt"),
		exceptions: []exception{
			{"agent/internal/local", []string{"Dialer", "Dial", "DialTimeout"}, "unix sockets of this machine"},
			{"agent/internal/supervise", []string{"DialTimeout"}, "asks whether a socket left behind still answers; unix only"},
			{"agent/internal/keeper", []string{"Dialer", "DialUnix"}, "the unix socket of control"},
			{"agent/internal/uplink/link", []string{"Dialer"}, "the unix socket of an uplink"},
			{"agent/internal/voice", []string{"Dialer", "Client", "Transport"}, "voice stacks, at literal addresses of the loopback, and the unix socket of the keeper"},
		},
		reason: "a connection to the outside is opened by one package, for one recipient, while the gate is open",
	},
	{
		calls: map[string][]string{"net/http": {"ProxyFromEnvironment", "DefaultServeMux", "HandleFunc", "ListenAndServe"},
			"log":    {"Print", "Printf", "Println", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Panicln"},
			"expvar": {"Publish", "NewInt", "NewMap", "NewString"}},
		reason: "a global that a library can reach, or that reaches the environment, is a way out nobody sees",
	},
}

// checkEffects finds calls outside of the packages that may make them.
func checkEffects(all []source) []string {
	var breaches []string
	for _, s := range all {
		if s.test() {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			from, name := s.called(n)
			for _, e := range effects {
				if slices.Contains(e.calls[from], name) && !within(s.pkg(), e.only...) && !e.excepts(s.pkg(), name) {
					breaches = append(breaches, fmt.Sprintf("%s: %s.%s: %s", s.at(n), from, name, e.reason))
				}
			}
			return true
		})
	}
	slices.Sort(breaches)
	return breaches
}

func (e effect) excepts(pkg, name string) bool {
	return slices.ContainsFunc(e.exceptions, func(x exception) bool {
		return pkg == own(x.pkg)[0] && slices.Contains(x.calls, name)
	})
}

func TestWallEffects(t *testing.T) {
	printAll(t, checkEffects(sources(t)))
	expectBreaches(t, checkEffects([]source{
		madeUp(t, "agent/internal/keeper/x.go", "package keeper\nimport \"os\"\nvar _, _ = os.Create(\"x\")\nvar _, _ = os.Open(\"x\")"),
		madeUp(t, "agent/internal/store/x.go", "package store\nimport \"os\"\nvar _, _ = os.Create(\"x\")"),
		madeUp(t, "agent/internal/uplink/x.go", "package uplink\nimport \"net\"\nvar d net.Dialer"),
		madeUp(t, "agent/internal/uplink/y.go", "package uplink\nimport web \"net/http\"\nvar _, _ = web.Get(\"http://x\")"),
		madeUp(t, "agent/internal/supervise/x.go", "package supervise\nimport \"os\"\nvar _ = os.Remove(\"x\")\nvar _ = os.Rename(\"x\", \"y\")"),
		madeUp(t, "agent/internal/mqtt/x.go", "package mqtt\nimport \"net/http\"\nvar p = http.ProxyFromEnvironment"),
		madeUp(t, "agent/internal/mqtt/y.go", "package mqtt\nimport \"os/exec\"\nvar c = exec.Command(\"x\")"),
		madeUp(t, "agent/internal/supervise/y.go", "package supervise\nimport \"os/exec\"\nvar c = exec.Command(\"x\")"),
		madeUp(t, "hvac/x_test.go", "package hvac\nimport \"os\"\nvar _ = os.Remove(\"x\")"),
	}), "agent/internal/keeper/x.go:3: os.Create", "agent/internal/mqtt/x.go:3: net/http.ProxyFromEnvironment", "agent/internal/mqtt/y.go:3: os/exec.Command",
		"agent/internal/supervise/x.go:4: os.Rename", "agent/internal/uplink/x.go:3: net.Dialer", "agent/internal/uplink/y.go:3: net/http.Get")
}
