package control

import (
	"bufio"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// giveBack lets go of the pages of the program file that only the start needed:
// the initialisation of every package of the one binary, most of which this role
// never uses. The kernel maps program pages sixteen at a time, so without this a
// third more memory is charged to control than it works with. What is needed again
// comes back from the page cache at the next touch. It is done before memory is
// locked, since locked pages cannot be given back (madvise(2), MADV_DONTNEED).
func giveBack() error {
	program, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return err
	}
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		return err
	}
	defer maps.Close()
	lines := bufio.NewScanner(maps)
	for lines.Scan() {
		var from, to uintptr
		var permissions string
		line := lines.Text()
		if !strings.HasSuffix(line, " "+program) {
			continue
		}
		if _, err := fmt.Sscanf(line, "%x-%x %s", &from, &to, &permissions); err != nil {
			return fmt.Errorf("/proc/self/maps: %w", err)
		}
		if permissions[1] != '-' { // written pages hold what no file does
			continue
		}
		if _, _, errno := unix.Syscall(unix.SYS_MADVISE, from, to-from, unix.MADV_DONTNEED); errno != 0 {
			return fmt.Errorf("give program pages back: %w", errno)
		}
	}
	return lines.Err()
}
