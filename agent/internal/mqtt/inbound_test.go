package mqtt

import "testing"

func TestInbound(t *testing.T) {
	tests := []struct {
		name string
		in   []byte
		ok   bool
	}{
		{"accepted", []byte{0x20, 2, 0, 0}, true},
		{"refused", []byte{0x20, 2, 0, 5}, true},
		{"pings", []byte{0x20, 2, 0, 0, 0xd0, 0, 0xd0, 0, 0xd0}, true},
		{"session present", []byte{0x20, 2, 1, 0}, false},
		{"publish first", []byte{0x30, 3, 0, 1, 'a'}, false},
		{"publish later", []byte{0x20, 2, 0, 0, 0x30}, false},
		{"welcomed twice", []byte{0x20, 2, 0, 0, 0x20}, false},
		{"long ping", []byte{0x20, 2, 0, 0, 0xd0, 1}, false},
		{"256 MB", []byte{0x20, 0xff, 0xff, 0xff, 0x7f}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for piece := 1; piece <= len(test.in); piece++ {
				var in inbound
				var err error
				for b := test.in; len(b) > 0 && err == nil; b = b[min(piece, len(b)):] {
					err = in.feed(b[:min(piece, len(b))])
				}
				if (err == nil) != test.ok {
					t.Errorf("in pieces of %d: %v", piece, err)
				}
			}
		})
	}
}

// FuzzInbound holds feed to a grammar written another way: whatever is taken is a
// prefix of one CONNACK and any number of PINGRESPs.
func FuzzInbound(f *testing.F) {
	f.Add([]byte{0x20, 2, 0, 0, 0xd0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var in inbound
		if in.feed(b) != nil {
			return
		}
		for i, c := range b {
			want := []byte{0x20, 2, 0, c}
			if i >= 4 {
				want = []byte{0xd0, 0, 0xd0, 0}
			}
			if c != want[i%4] {
				t.Fatalf("% x was taken", b)
			}
		}
	})
}
