package control

import (
	"sync"
	"testing"
)

func TestMailboxBeforeTheFirst(t *testing.T) {
	if got := newMailbox[int]().read(); got != 0 {
		t.Errorf("an empty mailbox holds %d", got)
	}
}

func TestMailboxHoldsTheNewest(t *testing.T) {
	m := newMailbox[int]()
	for i := 1; i <= 7; i++ {
		*m.slot() = i
		if got := m.read(); got != i-1 {
			t.Fatalf("read %d before %d was published", got, i)
		}
		m.publish()
		if i%3 == 0 {
			continue // several values between two reads
		}
		for range 2 {
			if got := m.read(); got != i {
				t.Fatalf("read %d, want %d", got, i)
			}
		}
		*m.slot() = -1 // the writer's scribbles are nobody's business
		if got := m.read(); got != i {
			t.Fatalf("read %d, want %d", got, i)
		}
		*m.slot() = i
		m.publish()
	}
}

// A reader never sees half a value nor an older one than before, however many
// there are.
func TestMailboxAmongGoroutines(t *testing.T) {
	type pair struct{ a, b [8]int }
	m := newMailbox[pair]()
	const last = 20000
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for before := 0; before < last; {
				v := m.read()
				if v.a != v.b || v.a[0] < before {
					t.Errorf("read %v after %d", v, before)
					return
				}
				before = v.a[0]
			}
		})
	}
	for i := 1; i <= last; i++ {
		s := m.slot()
		for j := range s.a {
			s.a[j], s.b[j] = i, i
		}
		m.publish()
	}
	readers.Wait()
}
