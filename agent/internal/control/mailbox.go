package control

import (
	"sync"
	"sync/atomic"
)

// fresh marks the middle slot as newer than what the reader has.
const fresh = 1 << 2

// mailbox hands the newest value of one writer to any number of readers. It is
// the classic triple buffer: the writer fills a slot of its own and swaps it with
// the middle one, a reader swaps the middle one with its own. Neither waits for
// the other, nothing is allocated, and a reader never sees half a value.
type mailbox[T any] struct {
	slots  [3]T
	middle atomic.Uint32 // index of the slot in between, and fresh

	back uint32 // owned by the writer

	reading sync.Mutex // guards front and its slot among readers
	front   uint32
}

func newMailbox[T any]() *mailbox[T] {
	m := &mailbox[T]{back: 0, front: 2}
	m.middle.Store(1)
	return m
}

// slot is where the writer prepares the next value. It holds some older value
// and belongs to the writer until publish.
func (m *mailbox[T]) slot() *T { return &m.slots[m.back] }

// publish makes the slot the newest value.
func (m *mailbox[T]) publish() {
	m.back = m.middle.Swap(m.back|fresh) &^ fresh
}

// read copies the newest value, the zero value before the first publish.
func (m *mailbox[T]) read() T {
	m.reading.Lock()
	defer m.reading.Unlock()
	if m.middle.Load()&fresh != 0 {
		m.front = m.middle.Swap(m.front) &^ fresh
	}
	return m.slots[m.front]
}
