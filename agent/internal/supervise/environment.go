package supervise

import (
	"slices"
	"strings"
)

// The variables in which a role finds what it was handed; clock.LinkVariable is
// the fourth.
const (
	ListenVariable = "QUIETSTAT_LISTEN"    // name:number,name:number
	BoardVariable  = "QUIETSTAT_BOARD_FD"  // the simulated board
	UplinkVariable = "QUIETSTAT_UPLINK_FD" // the keeper's connection
)

// passed are the only variables of the parent a child inherits. A list of what may
// pass, not of what may not: proxies, for one, would lead an uplink astray.
var passed = []string{
	"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR",
	"GOMAXPROCS", "GOGC", "GOMEMLIMIT", "GODEBUG", "GOTRACEBACK", "GORACE", "GOCOVERDIR",
}

// clean keeps what a child may inherit. A child that crashes prints no stacks and no
// registers unless somebody asked for them: words of memory are words about the house.
func clean(environment []string) []string {
	kept := []string{"GOTRACEBACK=none"} // of two values the last one counts
	for _, pair := range environment {
		name, _, _ := strings.Cut(pair, "=")
		if slices.Contains(passed, name) {
			kept = append(kept, pair)
		}
	}
	return kept
}
