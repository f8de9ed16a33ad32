package main

import (
	"io"
	"runtime"
	"runtime/debug"

	"quietstat/agent/internal/config"
)

// version is stamped by the Makefile; a plain go build says what it knows itself.
var version string

func versionCommand() *command {
	return leaf("version", "", "Print the version.", plain(printVersion))
}

func printVersion(s *surroundings, _ []string) error {
	s.printf("quietstat %s, %s, %s/%s\n", stamp(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
	return nil
}

func stamp() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "of an unknown version"
}

// checkConfig parses a file, or standard input where it is called "-".
func (s *surroundings) checkConfig(name string) error {
	if name != "-" {
		_, err := config.Load(name)
		return err
	}
	data, err := io.ReadAll(io.LimitReader(s.stdin, config.MaxSize+1))
	if err != nil {
		return err
	}
	_, err = config.Parse("standard input", data)
	return err
}
