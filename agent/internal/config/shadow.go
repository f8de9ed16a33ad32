package config

import "quietstat/drivers"

// untouched is a wiring without its relays: what is not named to the drivers is not
// even claimed, so that nothing of this program can move it. The indicator stays.
func untouched(o drivers.Options) drivers.Options {
	none := drivers.RelayOptions{}
	o.Heat, o.Cool, o.Fan = none, none, none
	o.Heat2, o.Compressor, o.Reversing, o.Aux, o.Dehumidifier = none, none, none, none, none
	o.ReversingB = false
	return o
}
