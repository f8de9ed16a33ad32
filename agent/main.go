package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
)

// Exit codes, the same for every command.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitRefused     = 3
	exitNotAllowed  = 4
	exitUnavailable = 5
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// commands is the command tree; each leaf lives in the file of its group.
type commands struct {
	Runtime string `help:"Folder of the sockets; otherwise the config's, otherwise /run/quietstat." env:"QUIETSTAT_RUNTIME" placeholder:"DIR"`
	Config  string `help:"The configuration file." env:"QUIETSTAT_CONFIG" default:"/etc/quietstat/quietstat.toml" placeholder:"FILE"`

	Demo  demoCommand  `cmd:"" group:"Try it" help:"A simulated house, a broker and all roles, here and now: no hardware, no root, nothing to set up."`
	Agent agentCommand `cmd:"" group:"Run it" help:"Start all roles as children, where there is no systemd."`

	Control     controlCommand     `cmd:"" group:"Run it" help:"The role that reads the sensors and drives the relays."`
	Keeper      keeperCommand      `cmd:"" group:"Run it" help:"The role that decides what may leave, and writes down what did."`
	Uplink      uplinkCommand      `cmd:"" group:"Run it" help:"The role that carries decided messages to one recipient; started by a socket, ends with the window."`
	MDNS        mdnsCommand        `cmd:"" name:"mdns" group:"Run it" help:"The role that says on the local network that a thermostat is here, and nothing else."`
	SafeOutputs safeOutputsCommand `cmd:"" group:"Run it" help:"Drive every relay to its safe level, without the agent."`

	Status  statusCommand  `cmd:"" group:"Live with it" help:"The house, the heating and the sharing, now."`
	Explain explainCommand `cmd:"" group:"Live with it" help:"Why the relays are as they are."`
	Set     setCommand     `cmd:"" group:"Live with it" help:"Set the temperature to keep."`
	Mode    modeCommand    `cmd:"" group:"Live with it" help:"off, heat, cool or auto."`
	Session sessionCommand `cmd:"" group:"Who may know" help:"A voice session: open it with the talk button, or end it."`
	Quiet   quietCommand   `cmd:"" group:"Who may know" help:"Close everything, now. Anybody may."`

	Recipient recipientCommand `cmd:"" group:"Who may know" help:"Who could be told anything at all."`
	Policy    policyCommand    `cmd:"" group:"Who may know" help:"What a recipient is told during a voice session."`
	Consent   consentCommand   `cmd:"" group:"Who may know" help:"Explicit, expiring, revocable opt-ins."`
	Ledger    ledgerCommand    `cmd:"" group:"Who may know" help:"What left this house."`

	ConfigCommand configCommand  `cmd:"" name:"config" group:"Set it up" help:"Check, print or reload the configuration."`
	Version       versionCommand `cmd:"" group:"Set it up" help:"Print the version."`
}

// session is what a command may use of its surroundings.
type surroundings struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	commands       *commands
}

// run is main without the process around it.
func run(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var tree commands
	parser, err := kong.New(&tree,
		kong.Name("quietstat"),
		kong.Description("A thermostat that tells nobody, unless you are talking to your voice assistant right now or have said, on the device, that it may."),
		kong.Writers(stdout, stderr),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true, WrapUpperBound: 100}),
		kong.Exit(func(code int) { panic(exited(code)) }),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(stderr, "quietstat:", err)
		return exitFailed
	}
	code, parsed := parse(parser, arguments, stderr)
	if parsed == nil {
		return code
	}
	around := &surroundings{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, commands: &tree}
	return report(parsed.Run(around), stderr)
}

// exited carries kong's wish to exit (after --help) out of the parser.
type exited int

func parse(parser *kong.Kong, arguments []string, stderr io.Writer) (code int, parsed *kong.Context) {
	defer func() {
		if wish, ok := recover().(exited); ok {
			code, parsed = int(wish), nil
		}
	}()
	if len(arguments) == 0 {
		arguments = []string{"--help"}
	}
	parsed, err := parser.Parse(arguments)
	if err != nil {
		fmt.Fprintf(stderr, "quietstat: %v\n", err)
		fmt.Fprintf(stderr, "quietstat: see quietstat %s--help\n", leading(arguments))
		return exitUsage, nil
	}
	return exitOK, parsed
}

// leading is the command words of a failed line, for the hint.
func leading(arguments []string) string {
	var words strings.Builder
	for _, a := range arguments {
		if strings.HasPrefix(a, "-") || words.Len() > 20 {
			break
		}
		if strings.ContainsAny(a, "0123456789./") {
			break
		}
		words.WriteString(a + " ")
	}
	return words.String()
}

// exitError is an error with an exit code of its own and nothing left to print.
type exitError int

func (e exitError) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// report prints an error with its hint and chooses the exit code.
func report(err error, stderr io.Writer) int {
	var exit exitError
	var problem *local.Problem
	var problems config.Problems
	switch {
	case err == nil, errors.Is(err, context.Canceled):
		return exitOK
	case errors.As(err, &exit):
		return int(exit)
	case errors.As(err, &problems):
		for _, p := range problems {
			fmt.Fprintln(stderr, "quietstat:", p.Error())
		}
		return exitUsage
	case errors.As(err, &problem):
		fmt.Fprintln(stderr, "quietstat:", problem.Message)
		if problem.Hint != "" {
			fmt.Fprintln(stderr, "  hint:", problem.Hint)
		}
		return map[local.Code]int{
			local.CodeUsage: exitUsage, local.CodeRefused: exitRefused, local.CodeNotAllowed: exitNotAllowed,
			local.CodeUnavailable: exitUnavailable, local.CodeFailed: exitFailed,
		}[problem.Code]
	}
	fmt.Fprintln(stderr, "quietstat:", err)
	return exitFailed
}
