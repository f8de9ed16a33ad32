// Command bench lets controllers drive the four houses of hvac/house and prints
// how close each kept the temperature:
//
//	go run ./hvac/bench [-quick] [-seeds 1,2,3] [-houses A,E,R,U] [-rows shipped,learned]
//
// # Scenarios
//
//	step         held at 15 °C (U: 19) for 6 h in 0 °C, then 21 °C for 30 h (U: 60)
//	setback      21 °C from 06 to 22, else 17 (U: 19), outdoors 2±4 °C; the last two of
//	             three days (U: four) count, occupied hours only
//	disturbance  21 °C; outdoors 3±5 °C and a front of -5 K after a day, sun of 450 W/m²
//	             behind clouds, people, cooking, a door open 10 minutes each day; 48 h
//	             count after 12 h of settling; nobody is told of the door
//
// Every controller sees the temperature at the sensor with 0.02 K of wandering and
// 0.005 K of white noise, rounded to 0.01 K; quietstat every 10 s, the peers every
// 60 s, which is what Home Assistant and ESPHome do as shipped. What is judged is the
// true temperature there.
//
// # Columns
//
// IAE is the integral of the absolute error. J divides it by what a relay with
// exact knowledge of plant and weather, but without knowing the setpoint ahead,
// reaches with runs of 180 s at least in 10 min windows (a linear programme, replayed);
// "all" is the geometric mean over the twelve. Overshoot is the highest excess over
// the setpoint in the hours that count. Runs below 180 s counts runs and pauses of
// the relay over the whole scenario.
//
// # Peers
//
// The peers are their published rules in our words, with shipped settings: Home
// Assistant's generic_thermostat (homeassistant/components/generic_thermostat) and
// ESPHome's thermostat climate (esphome/components/thermostat). The plants are
// linear, of one zone, without a boiler of their own: the numbers rank controllers
// here and are no promise for a real house.
package main
