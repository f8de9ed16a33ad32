package sim

import "time"

// beside is a second BME280 on the same bus. The faults of the board are the first
// sensor's; the second one can only be there or not.
type beside struct {
	chip    *bme280
	address uint16
	air     climate
}

// secondSeed keeps the noise of the two sensors apart.
const secondSeed = 0x5ec0

// FitSecond puts a second sensor at another address of the bus, in a room of 20 °C,
// 50 %RH and 101 325 Pa. Its noise comes from seed. Address 0 takes it away again.
func (b *Board) FitSecond(address uint16, seed uint64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.second = beside{}
	if address != 0 {
		b.second = beside{newBME280(seed^secondSeed, DatasheetCalibration), address, climate{celsius: 20, percent: 50, pascal: 101325}}
	}
}

// SetSecondClimate sets what the second sensor is surrounded by, as SetClimate does.
func (b *Board) SetSecondClimate(celsius, percent, pascal float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.second.air = climate{celsius, percent, pascal}
}

// transfer is Tx for the second chip. The caller holds the board's lock.
func (s *beside) transfer(w, r []byte, now time.Duration) error {
	if len(r) == 0 {
		s.chip.write(w, now)
		return nil
	}
	var reg byte
	if len(w) > 0 {
		reg = w[0]
	}
	s.chip.read(reg, r, now, s.air)
	return nil
}
