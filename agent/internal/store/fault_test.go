package store

// failing is a disk on which every change fails with err, such as
// syscall.EIO or syscall.EROFS. Reading works.
func failing(err error) Fault {
	return func(op Op) Verdict {
		if op.Kind >= OpOpen {
			return Verdict{Err: err}
		}
		return Verdict{}
	}
}
