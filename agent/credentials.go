package main

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"io"
	"os"

	"quietstat/agent/internal/local"
)

// credentials are files; what is in them never stands in a flag, a configuration or a
// log.
type credentials struct {
	username, password, ca, cert, key, name string
	json                                    bool
}

func giveCredentials(f *flag.FlagSet) action {
	c := new(credentials)
	f.StringVar(&c.username, "username-file", "", "`FILE` with the user name, one line")
	f.StringVar(&c.password, "password-file", "", "`FILE` with the password, one line")
	f.StringVar(&c.ca, "ca-file", "", "`FILE` of the authorities it was enrolled with, in PEM")
	f.StringVar(&c.name, "cert-name", "", "`NAME` of the client certificate, as enrolled")
	f.StringVar(&c.cert, "cert-file", "", "`FILE` of that certificate, in PEM")
	f.StringVar(&c.key, "key-file", "", "`FILE` of its key, in PEM")
	f.BoolVar(&c.json, "json", false, "print one JSON object")
	return c.give
}

func (c *credentials) give(s *surroundings, args []string) error {
	if (c.cert == "") != (c.key == "") || (c.cert == "") != (c.name == "") {
		return local.Usage("a client certificate needs its name, its file and its key's file", "give --cert-name, --cert-file and --key-file")
	}
	files := map[string][]byte{}
	for name, path := range map[string]string{
		"username": c.username, "password": c.password, "ca.pem": c.ca, c.name + ".crt": c.cert, c.name + ".key": c.key,
	} {
		if path == "" {
			continue
		}
		content, err := readSmall(path)
		if err != nil {
			return err
		}
		files[name] = content
	}
	if err := s.keeper("recipient.credentials", local.CredentialsArguments{ID: args[0], Files: files}, nil); err != nil {
		return err
	}
	if c.json {
		return s.printJSON(map[string]any{"id": args[0], "files": len(files)})
	}
	if len(files) == 0 {
		s.printf("%s has no credentials any more\n", args[0])
		return nil
	}
	s.printf("%s: %d files written, for its uplink to read from its next window on\n", args[0], len(files))
	return nil
}

// readCA reads authorities and what they are enrolled by.
func readCA(path string) (content []byte, sum string, err error) {
	if content, err = readSmall(path); err != nil {
		return nil, "", err
	}
	digest := sha256.Sum256(content)
	return content, "sha256/" + base64.StdEncoding.EncodeToString(digest[:]), nil
}

// readSmall reads a file of at most 16 KiB.
func readSmall(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, 16<<10+1))
	if err != nil {
		return nil, err
	}
	if len(content) == 0 || len(content) > 16<<10 {
		return nil, local.Usage(path+" is empty, or larger than 16 KiB", "")
	}
	return content, nil
}
