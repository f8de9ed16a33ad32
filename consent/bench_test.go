package consent

import (
	"testing"
	"time"
)

// BenchmarkRelease is one decision of the gate that lets a message out, with a
// ledger that costs nothing, and one that does not because it is not due.
func BenchmarkRelease(b *testing.B) {
	for _, test := range []struct {
		name string
		step time.Duration
	}{{"sent", SessionPeriod}, {"not due", 0}} {
		b.Run(test.name, func(b *testing.B) {
			r := newRig(b)
			r.run(5 * time.Second)
			r.must(TalkPress{})
			r.run(15 * time.Second)
			if len(r.sent) == 0 {
				b.Fatal("the session does not work")
			}
			b.ReportAllocs()
			for b.Loop() {
				r.gate.pace = map[stream]pace{}
				if test.step == 0 {
					for _, basis := range r.st.windows["hub"].Bases {
						q := &request{st: &r.st, id: "hub", consent: r.st.candidate("hub", &basis)}
						period, perHour := q.rhythm()
						r.gate.pace[q.stream()] = pace{}.spend(r.now.Boot, period, perHour)
					}
				}
				releases, err := r.gate.Release(r.now, &r.st, "hub", r.snap)
				if sent := len(releases) > 0; sent != (test.step > 0) {
					b.Fatalf("%d releases, %v", len(releases), err)
				}
			}
		})
	}
}
