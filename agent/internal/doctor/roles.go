package doctor

import (
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// process is one running role of this thermostat.
type process struct {
	pid  int
	role string
}

// roles are the running roles that were started with this configuration. They name it,
// or its folder of sockets, among their arguments; another thermostat on the same
// computer names another.
func roles(p *Patient) []process {
	folders, _ := fs.Glob(p.Root, "proc/[0-9]*")
	var found []process
	for _, folder := range folders {
		pid, err := strconv.Atoi(path.Base(folder))
		if err != nil {
			continue
		}
		args := strings.Split(strings.TrimRight(p.text(folder+"/cmdline"), "\x00"), "\x00")
		if len(args) < 3 || !slices.Contains([]string{"control", "keeper", "mdns", "voice", "uplink"}, args[1]) {
			continue
		}
		ours := slices.Contains(args, p.ConfigPath) || p.Config != nil && slices.Contains(args, p.Config.State.Runtime)
		if args[1] == "uplink" { // knows no configuration, only its recipient's file
			ours = p.Config != nil && slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, p.Config.State.Folder+"/") })
		}
		if ours {
			found = append(found, process{pid, args[1]})
		}
	}
	slices.SortFunc(found, func(a, b process) int { return a.pid - b.pid })
	return found
}

func (r process) file(name string) string { return "proc/" + strconv.Itoa(r.pid) + "/" + name }
