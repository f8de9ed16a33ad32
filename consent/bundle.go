package consent

import (
	"encoding/binary"
	"fmt"
)

// AppendToBundle adds an entry to an entry bundle of tlog-tiles: its length as
// two bytes, big end first, then its bytes.
func AppendToBundle(bundle, entry []byte) ([]byte, error) {
	if len(entry) == 0 || len(entry) > MaxEntry {
		return bundle, fmt.Errorf("consent: ledger entry of %d bytes is outside 1 to %d", len(entry), MaxEntry)
	}
	bundle = binary.BigEndian.AppendUint16(bundle, uint16(len(entry)))
	return append(bundle, entry...), nil
}

// ParseBundle takes an entry bundle apart. A length that overruns, an empty
// entry, or more than TileWidth of them is an error; what is whole before a torn
// end is returned with it.
func ParseBundle(b []byte) (entries [][]byte, err error) {
	for len(b) > 0 {
		if len(entries) == TileWidth {
			return entries, fmt.Errorf("consent: entry bundle holds more than %d entries", TileWidth)
		}
		if len(b) < 2 {
			return entries, fmt.Errorf("consent: entry bundle ends inside a length after %d entries", len(entries))
		}
		n := int(binary.BigEndian.Uint16(b))
		if n == 0 || n > MaxEntry {
			return entries, fmt.Errorf("consent: entry %d of the bundle has %d bytes, outside 1 to %d", len(entries), n, MaxEntry)
		}
		if len(b) < 2+n {
			return entries, fmt.Errorf("consent: entry bundle ends inside entry %d", len(entries))
		}
		entries = append(entries, b[2:2+n])
		b = b[2+n:]
	}
	return entries, nil
}
