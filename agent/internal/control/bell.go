package control

// bell wakes one goroutine. Ringing it never waits, and ringing it twice before
// it is heard is ringing it once.
type bell chan struct{}

func newBell() bell { return make(bell, 1) }

func (b bell) ring() {
	select {
	case b <- struct{}{}:
	default:
	}
}
