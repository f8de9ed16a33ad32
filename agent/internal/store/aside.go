package store

import (
	"errors"
	"fmt"
	"io/fs"
	"strconv"
)

// asideMost is how many copies of a state file are kept aside.
const asideMost = 9

// SetAside gives a state file, and the generation before it, a second name each, so
// that what could not be understood is not lost with the next save: path.aside-1,
// path.aside-1.old, and so on. It returns the first name, or "" when there was
// nothing to set aside.
func (d *Disk) SetAside(path string) (string, error) {
	for n := 1; n <= asideMost; n++ {
		name := path + ".aside-" + strconv.Itoa(n)
		err := d.link(path, name)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		old := d.link(path+OldSuffix, name+OldSuffix)
		switch {
		case notThere(err) && notThere(old):
			return "", nil
		case err != nil && !notThere(err):
			return "", fmt.Errorf("cannot set %s aside: %w", path, err)
		case old != nil && !notThere(old) && !errors.Is(old, fs.ErrExist):
			return "", fmt.Errorf("cannot set %s aside: %w", path, old)
		}
		return name, nil
	}
	return "", fmt.Errorf("%s was set aside %d times already; look at those files, and move them away", path, asideMost)
}
