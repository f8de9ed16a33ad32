package doctor

import (
	"path"
	"strconv"
	"strings"
)

// Space below which the card is told to be filling up, and to be full.
const (
	scarce = 200 << 20
	spent  = 20 << 20
)

// card looks at what keeps the state: mounted for writing, with room, not worn out.
func card(p *Patient) []Finding {
	folder := p.Config.State.Folder
	var findings []Finding
	if at, readOnly := mount(p.text("proc/mounts"), folder); readOnly {
		findings = append(findings, fail("card", "a card that turned read-only is usually dying: exchange it; else mount it rw", "%s, where the state is, is mounted read-only", at))
	}
	for there := folder; there != "/"; there = path.Dir(there) {
		if !p.exists(there) {
			continue
		}
		free, all, err := p.Free(there)
		switch {
		case err != nil || all == 0:
			findings = append(findings, warn("card", "see df "+there, "the free space for %s cannot be read", folder))
		case free < spent:
			findings = append(findings, fail("card", "make room: journalctl --vacuum-size=50M, apt clean", "%d MB are free for the state: the gate closes when nothing can be written", free>>20))
		case free < scarce:
			findings = append(findings, warn("card", "make room: journalctl --vacuum-size=50M, apt clean", "%d MB are free for the state", free>>20))
		}
		break
	}
	findings = append(findings, wear(p)...)
	if len(findings) == 0 {
		return []Finding{ok("card", "%s can be written and has room", folder)}
	}
	return findings
}

// mount is the mount point that a path is below, and whether it is read-only.
func mount(text, folder string) (at string, readOnly bool) {
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		if len(f) < 4 {
			continue
		}
		where := f[1]
		if !(where == "/" || folder == where || strings.HasPrefix(folder, where+"/")) || len(where) < len(at) {
			continue
		}
		at, readOnly = where, false
		for option := range strings.SplitSeq(f[3], ",") {
			readOnly = readOnly || option == "ro"
		}
	}
	return at, readOnly
}

// wear reads what an eMMC tells of its life: steps of 10 %, 0x0b beyond all of it, and
// 0x02, 0x03 when 80 and 90 % of its spare blocks are used.
func wear(p *Patient) []Finding {
	const device = "sys/block/mmcblk0/device/"
	worst := uint64(0)
	for word := range strings.FieldsSeq(p.text(device + "life_time")) {
		n, _ := strconv.ParseUint(word, 0, 8)
		worst = max(worst, n)
	}
	spare, _ := strconv.ParseUint(strings.TrimSpace(p.text(device+"pre_eol_info")), 0, 8)
	switch {
	case worst >= 0x0b || spare >= 3:
		return []Finding{fail("card", "copy it to a new one now", "the card says that its life is used up")}
	case worst >= 0x09 || spare == 2:
		return []Finding{warn("card", "copy it to a new one soon", "the card says that more than 80 %% of its life is used")}
	}
	return nil
}
