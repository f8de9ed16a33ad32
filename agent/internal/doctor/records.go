package doctor

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
)

func isPermission(err error) bool { return errors.Is(err, fs.ErrPermission) }

// ledger asks the keeper, or reads the folder at rest.
func ledger(p *Patient) Finding {
	const remedy = "see quietstat ledger verify; the gate stays closed until it is whole"
	if p.Keeper != nil {
		if !p.Keeper.Ledger.OK {
			return fail("ledger", remedy, "the keeper says: %s", p.Keeper.Ledger.Problem)
		}
		return ok("ledger", "whole, with %d entries", p.Keeper.Ledger.Entries)
	}
	folder := path.Join(p.Config.State.Folder, "ledger")
	if _, err := fs.Stat(p.Root, strings.TrimPrefix(folder, "/")); err != nil {
		if isPermission(err) {
			return warn("ledger", "run it with sudo, or start the keeper", "%s may not be looked at", folder)
		}
		return ok("ledger", "none yet")
	}
	for _, r := range roles(p) {
		if r.role == "keeper" {
			return warn("ledger", "see its log: journalctl -u quietstat-keeper", "the keeper runs and does not answer, so the ledger is not at rest")
		}
	}
	entries, err := p.Verify(folder)
	switch {
	case isPermission(err):
		return warn("ledger", "run it with sudo, or start the keeper", "%s may not be looked at", folder)
	case err != nil:
		return fail("ledger", remedy, "%v", err)
	}
	return ok("ledger", "whole, with %d entries", entries)
}

// credentials compares what recipients were enrolled with and what lies beside them.
func credentials(p *Patient) Finding {
	folder := strings.TrimPrefix(path.Join(p.Config.State.Folder, "keeper", "recipients"), "/")
	names, err := fs.ReadDir(p.Root, folder)
	if isPermission(err) {
		return warn("credentials", "run it with sudo", "they may not be looked at")
	}
	var missing []string
	recipients := 0
	for _, entry := range names {
		id, is := strings.CutSuffix(entry.Name(), ".json")
		if !is {
			continue
		}
		recipients++
		var r struct {
			CA         string `json:"ca"`
			ClientCert string `json:"client_cert"`
		}
		if json.Unmarshal([]byte(p.text(folder+"/"+entry.Name())), &r) != nil {
			missing = append(missing, id+" (its file cannot be read)")
			continue
		}
		need := []string{}
		if r.CA != "" {
			need = append(need, "ca.pem")
		}
		if r.ClientCert != "" && path.Base(r.ClientCert) == r.ClientCert {
			need = append(need, r.ClientCert+".crt", r.ClientCert+".key")
		}
		for _, name := range need {
			if !p.exists(folder + "/" + entry.Name() + ".credentials/" + name) {
				missing = append(missing, id+" ("+name+")")
			}
		}
	}
	if len(missing) == 0 && p.Keeper != nil && len(p.Keeper.Failing) > 0 {
		var failing []string
		for _, id := range slices.Sorted(maps.Keys(p.Keeper.Failing)) {
			failing = append(failing, id+" ("+p.Keeper.Failing[id]+")")
		}
		return warn("credentials", "see quietstat status and quietstat recipient list", "windows could not be used lately: %s", strings.Join(failing, "; "))
	}
	if len(missing) > 0 {
		return warn("credentials", "give them: quietstat recipient credentials ID --ca-file FILE, --cert-file FILE (unless the uplink's unit loads them)", "missing for %s: its windows cannot be used", strings.Join(missing, ", "))
	}
	return ok("credentials", "%d recipients, nothing missing beside them", recipients)
}

// program compares this program with the package and with what runs.
func program(p *Patient) Finding {
	installed := packaged(p.text("var/lib/dpkg/status"))
	for _, r := range roles(p) {
		if strings.HasSuffix(p.readLink(r.file("exe")), " (deleted)") {
			return warn("version", "systemctl restart quietstat.target", "%s still runs the program from before the last update", r.role)
		}
	}
	switch {
	case installed == "":
		return ok("version", "quietstat %s, not from a package", p.Version)
	case !sameVersion(installed, p.Version):
		return warn("version", "run /usr/bin/quietstat, or install the package again", "this is quietstat %s, the package is %s", p.Version, installed)
	}
	return ok("version", "quietstat %s, as the package", p.Version)
}

// sameVersion compares a Debian version with the stamp of the build (git describe): both
// end with the same commit, or are the same tag with hyphens spelt otherwise.
func sameVersion(installed, stamp string) bool {
	if i := strings.LastIndex(installed, ".g"); i >= 0 && len(installed) > i+2 {
		return strings.Contains(stamp, installed[i+2:])
	}
	return strings.ReplaceAll(installed, "~", "-") == strings.TrimPrefix(stamp, "v")
}

// packaged is the version of the installed package in dpkg's status file.
func packaged(status string) string {
	for paragraph := range strings.SplitSeq(status, "\n\n") {
		if !strings.HasPrefix(paragraph, "Package: quietstat\n") || !strings.Contains(paragraph, "\nStatus: install ok installed\n") {
			continue
		}
		for line := range strings.Lines(paragraph) {
			if version, found := strings.CutPrefix(line, "Version: "); found {
				return strings.TrimSpace(version)
			}
		}
	}
	return ""
}
