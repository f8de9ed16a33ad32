package demo

import (
	"encoding/hex"
	"time"
)

// Summary is the last line of a demo with --json. Counts of connections and
// messages are the broker's, windows the script's, run times the relay pin's.
type Summary struct {
	Event string `json:"event"` // "summary"

	Hours   float64 `json:"hours"` // virtual
	House   string  `json:"house"`
	Seed    uint64  `json:"seed"`
	Verdict string  `json:"verdict"` // "kept", "broken" or "interrupted"

	RMSErrorC     float64  `json:"rms_error_c"` // occupied hours after the morning's warm-up, without door and sensor-fault hours
	OccupiedHours float64  `json:"occupied_hours_counted"`
	CyclesPerHour float64  `json:"relay_cycles_per_hour"`
	MinOnS        *float64 `json:"min_on_s"` // shortest completed run; null = none
	MinOffS       *float64 `json:"min_off_s"`
	EnergyKWh     float64  `json:"energy_kwh"`
	Ticks         uint64   `json:"ticks"`
	TicksMissed   uint64   `json:"ticks_missed"`
	DoorPauses    int      `json:"door_pauses"`
	SensorFaults  int      `json:"sensor_faults"`

	Connections        int `json:"uplink_connections"`
	ConnectionsOutside int `json:"uplink_connections_outside_windows"`
	Messages           int `json:"messages"`
	MessagesOutside    int `json:"messages_outside_windows"`
	FieldsOutside      int `json:"fields_outside_policy"`
	Retained           int `json:"messages_retained"`
	Wills              int `json:"connections_with_will"`
	Malformed          int `json:"malformed_packets"`

	LedgerEntries  uint64 `json:"ledger_entries"`
	LedgerVerified bool   `json:"ledger_verified"`
	MDNSRegistered bool   `json:"mdns_registered"` // the role's own word
	RolesLost      int    `json:"roles_lost"`      // deaths nobody asked for

	Fault       string   `json:"fault,omitempty"`
	FaultReport string   `json:"fault_report,omitempty"`
	Problems    []string `json:"problems,omitempty"`

	TraceSHA256 string  `json:"trace_sha256"` // of every instant's temperature and relay
	WallSeconds float64 `json:"wall_seconds"`
}

// sum is what is known before the roles have stopped.
func (s *show) sum(took time.Duration) Summary {
	m, w := s.measure, &s.watched
	hours := s.done.Hours()
	out := Summary{
		Event: "summary", Hours: hours, House: s.kind.String(), Seed: s.options.Seed,
		RMSErrorC: m.rms(), OccupiedHours: float64(m.count) * period.Hours(),
		MinOnS: seconds(m.relay.minOn), MinOffS: seconds(m.relay.minOff), EnergyKWh: m.energy,
		Ticks: w.ticks, TicksMissed: w.missed, DoorPauses: w.pauses, SensorFaults: w.faults,
		LedgerEntries: w.entries, RolesLost: s.crew.control.lost() + s.crew.keeper.lost(),
		TraceSHA256: hex.EncodeToString(m.trace.Sum(nil)), WallSeconds: took.Seconds(),
		Problems: s.problems,
	}
	if hours > 0 {
		out.CyclesPerHour = float64(m.relay.starts) / hours
	}
	return out
}

// receive puts the broker's side in.
func (out *Summary) receive(a account) {
	out.Connections, out.ConnectionsOutside = a.Connections, a.ConnectionsOutside
	out.Messages, out.MessagesOutside = a.Messages, a.MessagesOutside
	out.FieldsOutside, out.Retained, out.Wills, out.Malformed = a.FieldsOutside, a.Retained, a.Wills, a.Malformed
}

// promises are what did not hold.
func (out *Summary) promises(a account, kept bool) {
	check := func(ok bool, what string) {
		if !ok {
			out.Problems = append(out.Problems, what)
		}
	}
	check(a.quiet(), "something left that nobody had agreed to")
	check(out.LedgerVerified, "the ledger could not be verified")
	check(kept, "the relay was switched faster than the equipment allows")
	check(out.RolesLost == 0, "a role ended unasked")
}

// seconds is nil for a run that never was.
func seconds(d time.Duration) *float64 {
	if d == 0 {
		return nil
	}
	v := d.Seconds()
	return &v
}
