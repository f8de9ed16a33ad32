package calibrate

import (
	"math"
	"strings"
	"testing"
	"time"
)

// trailOf notes a sample every step, as celsius says.
func trailOf(over, step time.Duration, celsius func(time.Duration) float64) *Trail {
	t := new(Trail)
	for at := time.Duration(0); at <= over; at += step {
		t.Note(Sample{At: at, Celsius: celsius(at)})
	}
	return t
}

func still(time.Duration) float64 { return 20 }

func TestSettled(t *testing.T) {
	jump := func(k float64) func(time.Duration) float64 {
		return func(at time.Duration) float64 {
			if at > 10*time.Minute {
				return 20 + k
			}
			return 20
		}
	}
	for _, tt := range []struct {
		name  string
		trail *Trail
		now   time.Duration
		want  string
	}{
		{"nothing yet", new(Trail), 0, "no sample lately"},
		{"just short", trailOf(Span-30*time.Second, 30*time.Second, still), Span, "14m30s only"},
		{"just long enough", trailOf(Span, 30*time.Second, still), Span, ""},
		{"for hours", trailOf(5*time.Hour, 10*time.Second, still), 5 * time.Hour, ""},
		{"the last sample 3 min old", trailOf(Span, 30*time.Second, still), Span + gap, ""},
		{"older", trailOf(Span, 30*time.Second, still), Span + gap + 1, "no sample lately"},
		{"moved by 0.3 K", trailOf(Span, 30*time.Second, jump(0.299)), Span, ""},
		{"moved by more", trailOf(Span, 30*time.Second, jump(0.31)), Span, "moved by 0.3 K"},
		{"that is long ago", trailOf(time.Hour, 30*time.Second, jump(3)), time.Hour, ""},
		{"samples 3 min apart", trailOf(time.Hour, gap, still), time.Hour, ""},
		{"samples too far apart", trailOf(time.Hour, gap+time.Second, still), time.Hour, "only"},
	} {
		err := tt.trail.Settled(tt.now)
		if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestTheTrailTakesOnlyWhatCounts(t *testing.T) {
	trail := trailOf(Span, 30*time.Second, still)
	trail.Note(Sample{At: Span + time.Minute, Celsius: math.NaN()})
	trail.Note(Sample{At: Span + time.Second, Celsius: 30}) // too close to the last
	if err := trail.Settled(Span); err != nil {
		t.Errorf("spoilt by what does not count: %v", err)
	}
	trail.Note(Sample{At: time.Minute, Celsius: 20}) // a clock that went back
	if trail.Covered() != 0 {
		t.Errorf("it still covers %v", trail.Covered())
	}
	at := time.Duration(0)
	if n := testing.AllocsPerRun(2*kept, func() { at += time.Minute; trail.Note(Sample{At: at, Celsius: 20}) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
