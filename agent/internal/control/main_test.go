package control

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"testing"

	"quietstat/agent/internal/clock"
	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/agent/internal/supervise"
	"quietstat/drivers"
	"quietstat/drivers/sim"
)

// The processes that tests kill are this same binary, started as the agent starts
// the roles.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[2] == "--config" {
		roles := map[string]func() error{"control": playControl, "safe-outputs": playSafeOutputs, "keeper": playKeeper}
		if err := roles[os.Args[1]](); err != nil {
			fmt.Fprintln(os.Stderr, os.Args[1]+":", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// The race detector would let every child sleep a second before it ends.
	os.Setenv("GORACE", os.Getenv("GORACE")+" atexit_sleep_ms=0")
	os.Exit(m.Run())
}

// handed is the configuration and the parent's board.
func handed() (*config.Config, drivers.Hardware, error) {
	c, err := config.Load(os.Args[3])
	if err != nil {
		return nil, nil, err
	}
	fd, err := strconv.Atoi(os.Getenv(supervise.BoardVariable))
	if err != nil {
		return nil, nil, err
	}
	conn, err := net.FileConn(os.NewFile(uintptr(fd), "board"))
	if err != nil {
		return nil, nil, err
	}
	return c, sim.Dial(conn), nil
}

func playControl() error {
	c, board, err := handed()
	if err != nil {
		return err
	}
	link, err := clock.FromEnvironment()
	if err != nil {
		return err
	}
	desk, err := supervise.Listener(local.ControlSocket, "")
	if err != nil {
		return err
	}
	panel, err := supervise.Listener(local.PanelSocket, "")
	if err != nil {
		return err
	}
	return Run(context.Background(), Options{
		Config: c, Hardware: board, Simulated: true, Link: link, Disk: new(store.Disk), StateFolder: c.State.Folder,
		ControlListener: desk, PanelListener: panel.(*net.UnixListener), Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
}

func playSafeOutputs() error {
	c, board, err := handed()
	if err != nil {
		return err
	}
	return SafeOutputs(c, board)
}

// playKeeper never connects.
func playKeeper() error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	<-ctx.Done()
	return nil
}
