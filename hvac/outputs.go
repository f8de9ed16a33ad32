package hvac

// Outputs is the result of one Step. The zero value is the safe side: nothing on.
type Outputs struct {
	Call   Call
	Fan    bool
	Demand float64 // -1 (full cooling) to 1 (full heating), before time-proportioning
	Action Action
	Terms  Terms
}

// Terms are the parts the demand was made of, each in units of demand.
type Terms struct {
	Proportional, Integral, Derivative, FeedForward float64
}
