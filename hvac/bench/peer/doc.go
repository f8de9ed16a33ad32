// Package peer holds other people's thermostats: their published rules in our words,
// to be driven beside quietstat. Nothing here is their code.
//
//	c := peer.Guard(&peer.TPI{Inside: 0.6, Outside: 0.01})
//
// # Who
//
//	Generic      Home Assistant's generic_thermostat (homeassistant/components/
//	             generic_thermostat) with its tolerances of 0.3 K
//	ESPHome      ESPHome's thermostat climate (esphome/components/thermostat), deadband
//	             and overrun 0.5 K, minimum run and off times 5 min
//	TPI          Versatile Thermostat's time proportional integral: share = 0.6·(SP-T) +
//	             0.01·(SP-Tout) of a 5 min cycle, latched at its start; it knows outdoors
//	AutoPID      ESPHome's pid climate with the gains its own autotuner found for each
//	             house, derivative and output averaged over five samples, 10 min slow_pwm
//	Fixed        the best that a fixed PID can do: gains found by search for each house
//	             on the very scenarios (`go run ./hvac/bench/search`), with and without
//	             outdoor feed-forward, modulated by runs of m/(1-u) and pauses of m/u
//
// Peers get a sample every 60 s, which is what Home Assistant and ESPHome do as
// shipped; Fixed is no product and gets one every 10 s.
//
// Guard keeps a peer's relay to runs and pauses of 180 s, as quietstat's own output
// stage does, for the comparison under equal rules.
package peer
