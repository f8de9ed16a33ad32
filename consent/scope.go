package consent

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// Granularity is how finely a category may be told. It is part of the consent
// and applied by the gate, never by a caller.
type Granularity struct {
	// Round is the step numbers are rounded to, in the field's unit. 0 takes the
	// category's default; finer than the category's minimum is refused.
	Round float64 `json:"round,omitempty"`
	// Period is the least time between two messages. 0 takes the default of the
	// basis: 10 s in a session, 5 min under a grant.
	Period time.Duration `json:"period,omitempty"`
	// MaxPerHour bounds the messages in an hour, 1 to 3600. 0 takes what Period allows.
	MaxPerHour int `json:"max_per_hour,omitempty"`
	// Mode is how old a sample may be told: live or latest. None takes the basis's
	// default; see Liveness.
	Mode Liveness `json:"mode,omitempty"`
	// Fields narrows or widens within the category; empty takes its core fields
	// (setpoint: setpoint and mode; hvac.state: action). Doors have no core and
	// must be named one by one.
	Fields []string `json:"fields,omitempty"`
}

// Item is one category of a Scope with its granularity.
type Item struct {
	Category Category `json:"category"`
	Granularity
}

// Scope is what a policy, a grant or a once covers. The zero Scope covers
// nothing. Within one basis all categories travel in one message, at the longest
// Period and the lowest MaxPerHour of its items.
type Scope []Item

// Periods a scope may ask for.
const (
	SessionPeriod    = 10 * time.Second // default within a session
	MinSessionPeriod = time.Second
	MaxSessionPeriod = 2 * time.Minute
	GrantPeriod      = 5 * time.Minute // default of an opt-in
	MinGrantPeriod   = 10 * time.Second
	MaxGrantPeriod   = 24 * time.Hour
)

const maxPerHour = 3600

// DefaultSessionScope is what the voice policy offers unless the owner chooses
// otherwise: temperature to 0.5 °C, humidity to 5 %, setpoint and mode, and the
// action. No pressure, no doors.
func DefaultSessionScope() Scope {
	return Scope{{Category: CategoryTemperature}, {Category: CategoryHumidity}, {Category: CategorySetpoint}, {Category: CategoryHVAC}}
}

// Normalise fills in the defaults, sorts, and checks the scope against what the
// basis and the purpose may carry. The error is a *Refusal for a category that
// may not be covered, and says what to change otherwise.
func (s Scope) Normalise(kind BasisKind, purpose Purpose) (Scope, error) {
	if len(s) == 0 {
		return nil, fmt.Errorf("consent: the scope is empty: name at least one category")
	}
	out := make(Scope, 0, len(s))
	for _, it := range s {
		if !it.Category.AllowedFor(kind) || !purpose.Allows(it.Category) {
			return nil, &Refusal{Check: CheckBasis, Reason: ReasonForbidden, Category: it.Category}
		}
		if slices.ContainsFunc(out, func(o Item) bool { return o.Category == it.Category }) {
			return nil, fmt.Errorf("consent: category %s stands twice in the scope: name it once", it.Category)
		}
		n, err := it.normalise(kind)
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	slices.SortFunc(out, func(a, b Item) int { return int(a.Category) - int(b.Category) })
	return out, nil
}

func (it Item) normalise(kind BasisKind) (Item, error) {
	g := categoryGrain[it.Category]
	if it.Round == 0 {
		it.Round = g.round
	}
	if math.IsNaN(it.Round) || math.IsInf(it.Round, 0) || it.Round < g.min || it.Round > 1e6 {
		return it, fmt.Errorf("consent: %s cannot be rounded to %v: use %v or coarser", it.Category, it.Round, g.min)
	}
	def, low, high := GrantPeriod, MinGrantPeriod, MaxGrantPeriod
	if kind != BasisGrant {
		def, low, high = SessionPeriod, MinSessionPeriod, MaxSessionPeriod
	}
	if it.Period == 0 {
		it.Period = def
	}
	if it.Period < low || it.Period > high {
		return it, fmt.Errorf("consent: period %v of %s is outside %v to %v", it.Period, it.Category, low, high)
	}
	if it.MaxPerHour == 0 {
		it.MaxPerHour = int(max(1, time.Hour/it.Period))
	}
	if it.MaxPerHour < 1 || it.MaxPerHour > maxPerHour {
		return it, fmt.Errorf("consent: %d messages per hour for %s is outside 1 to %d", it.MaxPerHour, it.Category, maxPerHour)
	}
	if err := it.normaliseMode(kind); err != nil {
		return it, err
	}
	names, err := it.fieldNames()
	it.Fields = names
	return it, err
}

func (it *Item) normaliseMode(kind BasisKind) error {
	switch {
	case it.Mode == LivenessNone && kind == BasisGrant:
		it.Mode = LivenessLatest
	case it.Mode == LivenessNone:
		it.Mode = LivenessLive
	case int(it.Mode) >= len(livenessNames), it.Mode == LivenessLatest && kind != BasisGrant:
		return fmt.Errorf("consent: %s of %s is for opt-ins alone: in a session and once the sample is live", it.Mode, it.Category)
	}
	return nil
}

// fieldNames resolves Fields to names in message order.
func (it Item) fieldNames() ([]string, error) {
	for _, name := range it.Fields {
		if f, ok := FieldByName(name); !ok || f.Category != it.Category {
			return nil, fmt.Errorf("consent: %q is no field of %s: see the list of fields", name, it.Category)
		}
	}
	var names []string
	for _, f := range fields {
		if f.Category == it.Category && (slices.Contains(it.Fields, f.Name) || len(it.Fields) == 0 && f.Core) {
			names = append(names, f.Name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("consent: %s has no fields by default: name them, for example door_1", it.Category)
	}
	return names, nil
}

// Categories lists the categories of the scope, sorted.
func (s Scope) Categories() []Category {
	var cs []Category
	for _, it := range s {
		cs = append(cs, it.Category)
	}
	return sortedCategories(cs)
}

// FieldNames lists the fields the scope covers. It resolves defaults only after
// Normalise.
func (s Scope) FieldNames() []string {
	var names []string
	for _, it := range s {
		names = append(names, it.Fields...)
	}
	return names
}

// Period is the least time between two messages under this scope.
func (s Scope) Period() time.Duration {
	var p time.Duration
	for _, it := range s {
		p = max(p, it.Period)
	}
	return p
}

// MaxPerHour is the most messages in an hour under this scope.
func (s Scope) MaxPerHour() int {
	n := 0
	for _, it := range s {
		if n == 0 || it.MaxPerHour < n {
			n = it.MaxPerHour
		}
	}
	return n
}
