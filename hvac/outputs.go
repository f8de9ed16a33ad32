package hvac

// Outputs is the result of one Step. The zero value is the safe side: nothing on.
type Outputs struct {
	Call   Call    // what the equipment is doing; dwell is already kept
	Lines  Lines   // for the relays that do it; Lines.Work.Side() is Call
	Fan    bool    // for the fan relay
	Demand float64 // -1 (full cooling) to 1 (full heating), before time-proportioning
	Action Action  // what the house sees, in one word
	Terms  Terms   // zero unless the controller is in charge
}

// Terms are the parts the demand was made of, each in units of demand. Their sum,
// clamped to what the equipment can give, is Demand.
type Terms struct {
	Proportional float64 // Kp·(reference - temperature)
	Integral     float64 // the standing need of the house that FeedForward leaves, with it 0 to 1 or -1 to 0
	Derivative   float64 // -Kp·Td·(slope of the temperature)
	FeedForward  float64 // what the weather takes, 0 to 1; 0: not known, or the learned law is in charge
}

func (t *Terms) sum() float64 {
	return t.Proportional + t.Integral + t.Derivative + t.FeedForward
}
