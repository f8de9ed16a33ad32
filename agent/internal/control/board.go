package control

import (
	"time"

	"quietstat/drivers"
	"quietstat/hvac"
)

// board is what the loop needs of a drivers.Board; its tests bring their own.
type board interface {
	Poll(now time.Duration) error
	Doors() ([hvac.MaxDoors]hvac.Contact, int)
	Buttons() drivers.Buttons
	CallForHeat() (calling, known bool)
	Latest() (hvac.Reading, hvac.SensorFault)
	LatestSecond() (hvac.Reading, hvac.SensorFault) // zero and no fault: not fitted
	Sense(now time.Duration) error
	SetRelays(out hvac.Outputs) error
	SetIndicator(on bool) error
	Tasks(clock func() time.Duration) []drivers.Task
	Close() error
}

// opened is the board of the drivers with its climate sensor's newest sample beside
// the others.
type opened struct{ *drivers.Board }

var _ board = opened{}

func (b opened) Latest() (hvac.Reading, hvac.SensorFault) { return b.Climate().Latest() }
