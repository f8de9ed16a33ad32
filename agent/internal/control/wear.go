package control

import (
	"time"

	"quietstat/agent/internal/config"
	"quietstat/agent/internal/local"
	"quietstat/hvac"
)

// linesOf are the relays that are wired, in the order of hvac.Line.
func linesOf(c *config.Config) []hvac.Line {
	r := &c.Relays
	var lines []hvac.Line
	for l, wired := range [hvac.MaxLines]bool{
		hvac.LineHeat: r.Heat.Wired(), hvac.LineHeat2: r.Heat2.Wired(), hvac.LineAux: r.Aux.Wired(),
		hvac.LineCool: r.Cool.Wired(), hvac.LineCompressor: r.Compressor.Wired(), hvac.LineDry: r.Dehumidifier.Wired(),
		hvac.LineReversing: r.Reversing.Wired(), hvac.LineFan: r.Fan.Wired(),
	} {
		if wired {
			lines = append(lines, hvac.Line(l))
		}
	}
	return lines
}

// wear is what every wired relay is doing and has done.
func wear(lines []hvac.Line, p *hvac.Plant) []local.Wear {
	out := make([]local.Wear, len(lines))
	for i, l := range lines {
		span := &p.Lines[l]
		out[i] = local.Wear{Relay: l.String(), On: span.On, Starts: span.Wear.Starts, OnS: uint64(span.Wear.On / time.Second)}
	}
	return out
}
