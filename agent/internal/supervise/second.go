package supervise

import (
	"quietstat/agent/internal/config"
	"quietstat/hvac/house"
)

// cornerWarmer in kelvin is how much warmer than the first sensor the second one of a
// simulated house hangs: two places in one house are never the same.
const cornerWarmer = 0.4

// showSecond puts before the second sensor, if there is one, the air of its place.
func (w *World) showSecond(c house.Climate) {
	switch w.second {
	case config.UseFallback:
		w.Board.SetSecondClimate(float64(c.Air)+cornerWarmer, float64(c.Humidity), float64(c.Pressure))
	case config.UseOutdoor:
		w.Board.SetSecondClimate(float64(c.Outdoor), 85, float64(c.Pressure))
	}
}
