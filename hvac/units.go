package hvac

import (
	"fmt"
	"math"
)

// Celsius is a temperature in degrees Celsius. Rooms lie between -20 and 60.
type Celsius float64

// Percent is a relative humidity, 0 to 100.
type Percent float64

// Pascal is an air pressure; 30 000 to 110 000 is what a BME280 can measure.
type Pascal float64

// String prints two decimals, the resolution of the sensor (BME280 datasheet
// BST-BME280-DS002 §4.2.3: 0.01 °C).
func (c Celsius) String() string { return fmt.Sprintf("%.2f °C", float64(c)) }

// Finite reports whether the value is a number at all.
func (c Celsius) Finite() bool { return !math.IsNaN(float64(c)) && !math.IsInf(float64(c), 0) }
