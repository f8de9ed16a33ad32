package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

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
	exitInterrupted = 130 // Ctrl-C before the answer was there, as shells have it
)

// exitCodes are those of a role's own answers.
var exitCodes = map[local.Code]int{
	local.CodeUsage: exitUsage, local.CodeRefused: exitRefused, local.CodeNotAllowed: exitNotAllowed,
	local.CodeUnavailable: exitUnavailable, local.CodeFailed: exitFailed,
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// surroundings is what a command may use of the world around it.
type surroundings struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer

	runtimeFolder string // --runtime
	configPath    string // --config
	named         bool   // one of both stood before the command
}

// global defines the flags every command has.
func (s *surroundings) global(f *flag.FlagSet) {
	f.StringVar(&s.configPath, "config", s.configPath, "the configuration `FILE`")
	f.StringVar(&s.runtimeFolder, "runtime", s.runtimeFolder, "`DIR` of the sockets; otherwise the configuration's")
}

// defaultConfig is where the package puts the configuration.
const defaultConfig = "/etc/quietstat/quietstat.toml"

// run is main without the process around it.
func run(ctx context.Context, arguments []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s := &surroundings{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr,
		runtimeFolder: os.Getenv("QUIETSTAT_RUNTIME"), configPath: os.Getenv("QUIETSTAT_CONFIG")}
	if s.configPath == "" {
		s.configPath = defaultConfig
	}
	return report(tree().dispatch(s, "", arguments), stderr)
}

// tree is the whole command line; each leaf lives in the file of its group.
func tree() *command {
	root := group("quietstat", "A thermostat that tells nobody, unless you are talking to your voice assistant right now\nor have said, on the device, that it may.")
	root.sub = append(root.sub, under("Try it", demoCommand(), cosimCommand())...)
	root.sub = append(root.sub, under("Live with it", statusCommand(), explainCommand(), historyCommand(), metricsCommand(), recordCommand(), replayCommand(), shadowCommand(), setCommand(), modeCommand(), doorCommand(),
		scheduleCommand(), presetCommand(), holdCommand(), boostCommand(), vacationCommand(), lockCommand(), tuneCommand(), houseCommand())...)
	root.sub = append(root.sub, under("Who may know", sessionCommand(), quietCommand(), recipientCommand(), policyCommand(), consentCommand(), ledgerCommand())...)
	root.sub = append(root.sub, under("Set it up", configCommand(), doctorCommand(), calibrateCommand(), versionCommand())...)
	root.sub = append(root.sub, under("Run it", agentCommand(), controlCommand(), keeperCommand(), voiceCommand(), uplinkCommand(), mdnsCommand(), safeOutputsCommand())...)
	return root
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
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, errHelp):
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
		if code, known := exitCodes[problem.Code]; known {
			return code
		}
		return exitFailed
	}
	fmt.Fprintln(stderr, "quietstat:", err)
	return exitFailed
}
