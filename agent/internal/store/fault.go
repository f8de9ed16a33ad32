package store

import "syscall"

// OpKind is a kind of file operation.
type OpKind uint8

// The operations a Disk performs. Those from OpOpen to OpSyncDir change the disk.
const (
	OpRead     OpKind = iota // read a whole file or list a folder
	OpFree                   // ask for the free space
	OpOpen                   // open a file for writing, making it if need be
	OpWrite                  // write bytes at a place
	OpSync                   // fsync or fdatasync a file
	OpTruncate               // cut a file off
	OpRename                 // Path is the new name
	OpLink                   // Path is the new name
	OpRemove
	OpMakeDir
	OpSyncDir
)

var opNames = [...]string{"read", "statfs", "open", "write", "sync", "truncate", "rename", "link", "remove", "mkdir", "sync folder"}

// String names the operation as error texts do.
func (k OpKind) String() string {
	if int(k) < len(opNames) {
		return opNames[k]
	}
	return "unknown operation"
}

// Op is one file operation about to be performed.
type Op struct {
	Kind OpKind
	Path string
	Size int // bytes to be written; 0 for every other kind
}

// All as Verdict.Applied lets an operation take effect wholly and fail nevertheless.
const All = -1

// Verdict is what becomes of an operation. The zero Verdict lets it happen.
type Verdict struct {
	Err error // nil: the operation is performed as usual

	// Applied says, with Err, how much of the operation takes effect all the
	// same: 0 nothing (failed and lost), All everything (failed but persisted),
	// and for OpWrite any number of bytes between (a torn write).
	Applied int
}

// Fault judges every operation of a Disk before it is performed. It may block,
// which makes a slow disk, and it is called from whichever goroutine writes.
type Fault func(Op) Verdict

// Full is a disk without space: whatever needs a new block fails with ENOSPC,
// and so does the question for free space; removing and cutting off still work.
func Full() Fault {
	return func(op Op) Verdict {
		switch op.Kind {
		case OpFree, OpOpen, OpWrite, OpLink, OpMakeDir:
			return Verdict{Err: syscall.ENOSPC}
		default:
			return Verdict{}
		}
	}
}
