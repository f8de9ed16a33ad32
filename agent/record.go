package main

import (
	"os"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
)

func recordCommand() *command {
	return leaf("record", "FILE", "Write what the controller was told in the last day or two to FILE, for quietstat replay; - is standard output. Owner only.", plain(record))
}

func record(s *surroundings, args []string) error {
	var r local.Recording
	if err := s.control("record", nil, &r); err != nil {
		return err
	}
	if args[0] == "-" {
		_, err := s.stdout.Write(r.File)
		return err
	}
	if err := writeRecording(args[0], r.File); err != nil {
		return err
	}
	s.printf("%d bytes in %s: temperatures, doors and wishes of this house, in the clear\n", len(r.File), args[0])
	return nil
}

// writeRecording puts a recording in the place of a file, and of nothing else: root
// would put it in the place of /dev/null.
func writeRecording(path string, file []byte) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return local.Usage(path+" is no file", "name a new one, or one to write over")
	}
	return new(store.Disk).WriteAtomic(path, file)
}
