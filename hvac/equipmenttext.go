package hvac

import "fmt"

// equipmentText is Reason.String for what the equipment has to say.
func (r Reason) equipmentText() string {
	switch r.Kind {
	case SecondStage:
		return "the second stage helps"
	case AuxHeat:
		return "auxiliary heat is on"
	case AuxLocked:
		return fmt.Sprintf("auxiliary heat is locked out above %.0f °C outside", r.Value)
	case CompressorLocked:
		return fmt.Sprintf("the compressor is locked out below %.0f °C outside; auxiliary heat stands in for it", r.Value)
	case ValveRests:
		return "the compressor waits " + span(r.Left) + ": its reversing valve has moved"
	case FanFirst:
		return "the run waits " + span(r.Left) + ": the fan goes ahead"
	case CannotDry:
		return "drying is asked for, but neither cooling nor a dehumidifier is wired"
	case HumidityUnknown:
		return "drying is asked for, but the humidity is not known"
	case Drying:
		return fmt.Sprintf("drying the air to %.0f %%", r.Value)
	}
	return "the dehumidifier is on"
}
