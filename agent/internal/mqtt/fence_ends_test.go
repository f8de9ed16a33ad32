package mqtt

import (
	"errors"
	"strings"
	"testing"

	"quietstat/agent/internal/wire"
)

// What a delivery meets at a fence that is shut says who shut it: whoever reads the
// ledger must be able to tell a closing from a connection that was lost. Nothing is
// armed in either case.
func TestShutFenceSaysWhy(t *testing.T) {
	for name, test := range map[string]struct {
		end     func(*fence)
		refused bool
	}{
		"closed":          {func(f *fence) { f.close() }, true},
		"lost":            {func(f *fence) { f.drop() }, false},
		"lost, then shut": {func(f *fence) { f.drop(); f.close() }, true},
	} {
		t.Run(name, func(t *testing.T) {
			f, _, _ := fenced(t)
			shot, err := f.arm(delivery(t, epoch, "home/t", "21.0"))
			if err != nil {
				t.Fatal(err)
			}
			test.end(f)
			want := wire.ResultFailed
			if test.refused {
				want = wire.ResultRefused
			}
			if result, err := f.disarm(shot); result != want || refused(err) != test.refused || errors.Is(err, ErrLost) == test.refused {
				t.Errorf("the delivery that was armed: result %d, %v", result, err)
			}
			late, err := f.arm(delivery(t, epoch, "home/t", "21.5"))
			if late != nil || f.armed != nil || refused(err) != test.refused || errors.Is(err, ErrLost) == test.refused {
				t.Errorf("a delivery that came later: armed %v, %v", f.armed != nil, err)
			}
		})
	}
}

// What cannot be one PUBLISH arms nothing.
func TestWhatIsNoPublishIsNotArmed(t *testing.T) {
	for name, topic := range map[string]string{
		"wildcard": "home/#", "zero byte": "home/\x00", "the server's": "$SYS/home", "too long": strings.Repeat("t", 65536),
	} {
		f, _, s := fenced(t)
		if shot, err := f.arm(delivery(t, epoch, topic, "21.0")); shot != nil || f.armed != nil || !refused(err) {
			t.Errorf("%s: armed %v, %v", name, f.armed != nil, err)
		}
		if f.shut() || s.got.Len() != 0 {
			t.Errorf("%s: shut %v, %d bytes", name, f.shut(), s.got.Len())
		}
	}
}

// A CONNECT that is ours as far as it can be read, and goes on or stops short, is not
// one whole packet, and does not pass.
func TestConnectMustBeWhole(t *testing.T) {
	longer := append(connectPacket(nil), 'x')
	longer[1]++
	unnamed := connectPacket(nil)
	unnamed[2+len("\x00\x04MQTT\x04")] |= flagUsername // and no user name follows
	for name, in := range map[string][]byte{"something follows": longer, "a field is missing": unnamed} {
		s := &sink{}
		raw := &counted{Conn: s}
		f := newFence(epoch, "window-1", always)
		if _, err := f.write(in, &line{raw: raw, top: raw}); !refused(err) || !f.shut() || s.got.Len() != 0 {
			t.Errorf("%s: %d bytes passed, %v", name, s.got.Len(), err)
		}
	}
}
