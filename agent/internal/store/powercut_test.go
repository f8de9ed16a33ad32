package store

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"
)

// errDead is what every operation answers after the crash.
var errDead = errors.New("the program is dead")

// wreck is a disk on which the program dies at one chosen operation, and which
// knows what of the folder would survive a cut of the power at that moment:
// contents as of their last fsync, names as of their folder's last fsync.
type wreck struct {
	t     *testing.T
	disk  Disk
	root  string
	die   int // the operation to die at, counted from 0; negative = never
	half  func(Op) Verdict
	ops   []Op
	dead  bool
	once  bool   // the operation fails, and the program lives on
	after func() // what the operation under way makes durable

	graves   string // links that keep inode numbers from being used again
	contents map[uint64][]byte
	names    map[string]map[string]uint64 // folder -> name -> inode; 0 is a folder
}

// The three ways in which the fatal operation can end.
var deaths = map[string]func(Op) Verdict{
	"lost":      func(Op) Verdict { return Verdict{Err: errDead} },
	"persisted": func(Op) Verdict { return Verdict{Err: errDead, Applied: All} },
	"torn": func(op Op) Verdict {
		return Verdict{Err: errDead, Applied: op.Size / 2}
	},
}

// newWreck takes what is in root now as durable.
func newWreck(t *testing.T, root string, die int, half func(Op) Verdict) *wreck {
	w := &wreck{
		t: t, root: root, die: die, half: half, graves: scratch(t),
		contents: make(map[uint64][]byte), names: make(map[string]map[string]uint64),
	}
	w.snapshot(root)
	w.disk.Inject(w.judge)
	return w
}

func (w *wreck) snapshot(dir string) {
	w.keepNames(dir)
	for name, inode := range w.names[dir] {
		path := filepath.Join(dir, name)
		if inode == 0 {
			w.snapshot(path)
		} else {
			w.keepContent(path)
		}
	}
}

func (w *wreck) judge(op Op) Verdict {
	w.settle()
	if w.dead {
		return Verdict{Err: errDead}
	}
	if op.Kind < OpOpen {
		return Verdict{}
	}
	w.ops = append(w.ops, op)
	v := Verdict{}
	if len(w.ops)-1 == w.die {
		w.dead = !w.once
		v = w.half(op)
	}
	if v.Err == nil || v.Applied == All {
		switch op.Kind {
		case OpSync:
			w.after = func() { w.keepContent(op.Path) }
		case OpSyncDir:
			w.after = func() { w.keepNames(op.Path) }
		}
	}
	return v
}

// settle notes what the operation that has just ended made durable.
func (w *wreck) settle() {
	if w.after != nil {
		w.after()
		w.after = nil
	}
}

func (w *wreck) keepContent(path string) {
	data, err := os.ReadFile(path)
	if err != nil {
		w.t.Fatal(err)
	}
	w.contents[w.inode(path)] = data
}

func (w *wreck) keepNames(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		w.t.Fatal(err)
	}
	now := make(map[string]uint64)
	for _, e := range entries {
		now[e.Name()] = 0
		if !e.IsDir() {
			now[e.Name()] = w.inode(filepath.Join(dir, e.Name()))
		}
	}
	w.names[dir] = now
}

func (w *wreck) inode(path string) uint64 {
	info, err := os.Stat(path)
	if err != nil {
		w.t.Fatal(err)
	}
	inode := info.Sys().(*syscall.Stat_t).Ino
	if err := os.Link(path, filepath.Join(w.graves, strconv.FormatUint(inode, 10))); err != nil && !os.IsExist(err) {
		w.t.Fatal(err)
	}
	return inode
}

// afterPowerCut makes the folder as it is when the power comes back.
func (w *wreck) afterPowerCut() string {
	w.settle()
	dst := scratch(w.t)
	w.restore(w.root, dst)
	return dst
}

func (w *wreck) restore(from, to string) {
	for name, inode := range maps.All(w.names[from]) {
		path := filepath.Join(to, name)
		var err error
		if inode == 0 {
			err = os.Mkdir(path, 0o700)
			w.restore(filepath.Join(from, name), path)
		} else {
			err = os.WriteFile(path, w.contents[inode], 0o600)
		}
		if err != nil {
			w.t.Fatal(err)
		}
	}
}

// scratch is a folder in memory where there is one: what a crash leaves is worked
// out here, not by the disk.
func scratch(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "quietstat-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// copyDir copies a folder.
func copyDir(t *testing.T, from string) string {
	t.Helper()
	to := scratch(t)
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

// everyCrash runs a program once for every operation it performs and every way
// to die at it, and shows check the folder as a killed process and as a power cut
// leave it. The program gets the folder and its disk; it stops at an error.
func everyCrash(t *testing.T, template string, program func(d *Disk, dir string), check func(t *testing.T, dir string)) {
	for name, half := range deaths {
		for die := 0; ; die++ {
			dir := copyDir(t, template)
			w := newWreck(t, dir, die, half)
			program(&w.disk, dir)
			w.settle()
			if !w.dead {
				if die < 5 {
					t.Fatalf("the program performs only %d operations", die)
				}
				break
			}
			op := w.ops[die]
			if name == "torn" && op.Kind != OpWrite {
				continue // the same as lost
			}
			t.Run(name+"/"+strconv.Itoa(die)+"/killed", func(t *testing.T) {
				t.Logf("died at %v of %s", op.Kind, filepath.Base(op.Path))
				check(t, copyDir(t, dir))
			})
			cut := w.afterPowerCut()
			t.Run(name+"/"+strconv.Itoa(die)+"/powercut", func(t *testing.T) {
				t.Logf("died at %v of %s", op.Kind, filepath.Base(op.Path))
				check(t, cut)
			})
		}
	}
}
