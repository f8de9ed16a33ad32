package keeper

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"

	"quietstat/agent/internal/local"
	"quietstat/consent"
)

// setCredentials puts the files by which a recipient is logged in to into the folder
// its uplink reads them from, or takes all of them away. The keeper writes them because it is
// the user the uplink runs as; it keeps nothing of them.
func (c *core) setCredentials(ctx context.Context, caller local.Caller, raw json.RawMessage) (any, error) {
	var a local.CredentialsArguments
	if local.Arguments(raw, &a) != nil {
		return nil, local.Usage("credentials are {id, files}", "") // the cause would quote them
	}
	return c.owned(ctx, caller, "setting credentials", func() (any, error) {
		r, ok := c.state.Recipient(a.ID)
		if !ok {
			return nil, nobody(a.ID)
		}
		if err := credentialNames(r, a.Files); err != nil {
			return nil, err
		}
		if len(a.Files) == 0 {
			return struct{}{}, c.dropCredentials(r.ID)
		}
		if err := c.o.Disk.Add(c.credentialsFolder(r.ID), a.Files); err != nil {
			return nil, local.Unavailable("the credentials could not be written: "+errno(err).Error(), "check that the state folder can be written")
		}
		return struct{}{}, nil
	})
}

// credentialNames refuses files that the uplink would not read.
func credentialNames(r consent.Recipient, files map[string][]byte) error {
	known := map[string]bool{"username": true, "password": true, "ca.pem": true}
	if r.ClientCert != "" {
		known[r.ClientCert+".crt"], known[r.ClientCert+".key"] = true, true
	}
	for name, content := range files {
		switch {
		case !known[name] || filepath.Base(name) != name:
			return local.Usage("no recipient like this has a credential of that name", "a client certificate is named when the recipient is enrolled: quietstat recipient add --client-cert NAME")
		case len(content) == 0 || len(content) > 16<<10:
			return local.Usage(name+" is empty, or larger than 16 KiB", "")
		}
	}
	if sum := sha256.Sum256(files["ca.pem"]); r.CA != "" && files["ca.pem"] != nil && r.CA != "sha256/"+base64.StdEncoding.EncodeToString(sum[:]) {
		return local.Refuse("ca.pem is not the file "+r.ID+" was enrolled with", "enrol it anew with the file it has now: quietstat recipient add --ca FILE")
	}
	return nil
}

func (c *core) dropCredentials(recipient string) error {
	if err := c.o.Disk.RemoveFolder(c.credentialsFolder(recipient)); err != nil {
		return local.Unavailable("the credentials could not be taken away: "+errno(err).Error(), "remove the folder by hand")
	}
	return nil
}

func (c *core) hasCredentials(recipient string) bool {
	_, err := os.Stat(c.credentialsFolder(recipient))
	return err == nil
}

func (c *core) credentialsFolder(recipient string) string {
	return filepath.Join(c.o.Folder, "keeper", "recipients", recipient+".json.credentials")
}
