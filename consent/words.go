package consent

var (
	modeNames      = []string{"off", "heat", "cool", "auto", "dry"}
	actionNames    = []string{"off", "idle", "heating", "cooling", "paused", "fault", "drying"}
	healthNames    = []string{"unknown", "ok", "stale", "fault"}
	indicatorNames = []string{"closed", "session", "grant", "fault"}
)

// String returns "off", "heat", "cool", "auto" or "dry".
func (m Mode) String() string { return enumName(modeNames, m) }

// String returns "off", "idle", "heating", "cooling", "paused", "fault" or
// "drying".
func (a Action) String() string { return enumName(actionNames, a) }

// String returns "unknown", "ok", "stale" or "fault".
func (h Health) String() string { return enumName(healthNames, h) }

// String returns "closed", "session", "grant" or "fault".
func (s IndicatorState) String() string { return enumName(indicatorNames, s) }
