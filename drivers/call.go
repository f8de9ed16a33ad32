package drivers

// CallForHeat is whether another thermostat calls for heat, by its dry contact between
// Options.CallPin and ground. known is false where none is fitted, and until the
// contact has rested for the debounce time. A cut cable reads as no call.
func (b *Board) CallForHeat() (calling, known bool) {
	if b.call == nil {
		return false, false
	}
	c := b.call.contact()
	return c.Known && !c.Open, c.Known
}
