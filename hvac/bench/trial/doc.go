// Package trial lets a controller drive one of the houses of hvac/house through a
// scenario and measures what became of it. The bench, the generator of the bound and
// the search for gains share it, so that all of them speak of the same thing.
//
//	for _, sc := range trial.Scenarios(house.KindA) {
//		r := trial.Run(sc, controller, seed, nil)
//	}
//
// # Scenarios
//
//	step         held at 15 °C (U: 19) for 6 h in 0 °C, then 21 °C for 30 h (U: 60).
//	             Nobody knew before: the transition is never shown ahead
//	setback      21 °C from 06 to 22, else 17 (U: 19), outdoors 2±4 °C; the last two of
//	             three days (U: four) count, occupied hours only
//	disturbance  21 °C; outdoors 3±5 °C and a front of -5 K after a day, sun of 450 W/m²
//	             behind clouds, people, cooking, a door open 10 minutes each day; 48 h
//	             count after 12 h of settling; nobody is told of the door
//	load 25, 50, 75 %
//	             21 °C in the constant cold that takes so much of the heater: 20 h to
//	             settle (U: 72), then 10 h (U: 24)
//
// # What is seen and what is judged
//
// Every controller sees the temperature at the sensor with 0.02 K of wandering and
// 0.005 K of white noise, rounded to 0.01 K, as often as it asks for. What is judged
// is the true temperature there, every second, and the relay.
package trial
