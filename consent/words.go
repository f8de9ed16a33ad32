package consent

var (
	modeNames      = []string{"off", "heat", "cool", "auto"}
	actionNames    = []string{"off", "idle", "heating", "cooling", "paused", "fault"}
	healthNames    = []string{"unknown", "ok", "stale", "fault"}
	indicatorNames = []string{"closed", "session", "grant", "fault"}
)

// String returns "off", "heat", "cool" or "auto".
func (m Mode) String() string { return enumName(modeNames, m) }

// String returns "off", "idle", "heating", "cooling", "paused" or "fault".
func (a Action) String() string { return enumName(actionNames, a) }

// String returns "unknown", "ok", "stale" or "fault".
func (h Health) String() string { return enumName(healthNames, h) }

// String returns "closed", "session", "grant" or "fault".
func (s IndicatorState) String() string { return enumName(indicatorNames, s) }
