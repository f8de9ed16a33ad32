//go:build pins

package main

import (
	_ "github.com/alecthomas/kong"
	_ "github.com/coreos/go-systemd/v22/daemon"
	_ "github.com/eclipse/paho.mqtt.golang"
	_ "github.com/google/go-cmp/cmp"
	_ "github.com/grandcat/zeroconf"
	_ "github.com/mochi-mqtt/server/v2"
	_ "github.com/pelletier/go-toml/v2"
	_ "github.com/rogpeppe/go-internal/testscript"
	_ "golang.org/x/mod/sumdb/note"
	_ "golang.org/x/mod/sumdb/tlog"
	_ "golang.org/x/sync/errgroup"
	_ "golang.org/x/sys/unix"
	_ "periph.io/x/conn/v3/i2c"
	_ "periph.io/x/devices/v3/bmxx80"
	_ "periph.io/x/host/v3/gpioioctl"
	_ "pgregory.net/rapid"
)
