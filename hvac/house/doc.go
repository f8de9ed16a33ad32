// Package house simulates four buildings with published parameters, for the demo,
// the tests and the bench. It is pure and deterministic: kind, seed, start and
// inputs decide everything, on every machine to the last bit, which is why it
// takes exponential and sine from package exact and has its own random numbers.
//
//	h := house.New(house.KindA, seed, 6*time.Hour)
//	h.Step(1, house.Inputs{Heat: true})
//	c := h.Climate()
//	reading := float64(c.Sensor) + noise.Sample(1) // then quantise as the sensor does
//
// # The buildings
//
// Four temperatures (air, envelope, emitter, sensor), one-second Euler steps, the
// relay through a dead time. Capacities in kWh/K, resistances in K/kW, see kind.go.
//
//	A  forced air, light, 9 kW, 45 s, 186 W/K. FlexHouse, the TiTeThTs estimates of
//	   Bacher and Madsen, "Identifying suitable models for the heat dynamics of
//	   buildings", Energy and Buildings 43 (2011); the duct node is ours.
//	E  the same building with its own electric heaters, 7.5 kW.
//	R  radiators, medium weight, leaky, 12 kW, 60 s, 230 W/K. ISO 13790 medium class
//	   (165 kJ/m²K) for 100 m², ISO 52016 air and furniture, 240 W/K of radiators.
//	U  underfloor, heavy, deep renovation, 6 kW, 180 s, 113 W/K. Sperber, Frey and
//	   Bertsch (2020), SFH-F variant 3; slab 65 mm, 10.8 W/m²K (EN 1264).
//
// In A and E the sensor takes heat from the air (256 s); in R and U it only lags
// by as much. An open outer door exchanges air at 360 W/K.
//
// A Model is a house of which only the answer to its heater is known, as a test finds
// it out; NewModelled simulates one.
//
// # What acts on them
//
// Weather, Life and Inputs. What is said of moisture and pressure is plausible, not
// published: humidity follows people, cooking, air change and doors; pressure
// wanders slowly and jumps by a few pascals when a door moves.
package house
