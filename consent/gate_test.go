package consent

import (
	"testing"
	"time"
)

func TestSessionSpeaksAndEnds(t *testing.T) {
	r := newRig(t)
	if n := r.run(time.Minute); n != 0 {
		t.Fatalf("%d messages before anybody pressed", n)
	}
	r.must(TalkPress{})
	if n := r.run(30 * time.Second); n != 3 {
		t.Fatalf("%d messages in a 30 s session at one each 10 s, want 3", n)
	}
	if n := r.run(time.Minute); n != 0 {
		t.Fatalf("%d messages after the end", n)
	}
	t.Logf("%s", r.sent[0].Payload())
}

func TestGrantSpeaks(t *testing.T) {
	r := newRig(t)
	r.give("hub", GrantRequest{})
	if n := r.run(time.Hour); n != 12 {
		t.Fatalf("%d messages in an hour, want 12", n)
	}
	r.must(Quiet{})
	if n := r.run(59 * time.Minute); n != 0 {
		t.Fatal(n)
	}
}
