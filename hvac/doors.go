package hvac

import "time"

// Door is what Step remembers of one door.
type Door struct {
	Open      bool
	For       time.Duration // as it is now, without interruption
	Holds     bool          // it holds comfort back
	PausedFor time.Duration // and has for this long
	Expired   bool          // it did for too long and is ignored until it closes
}

// step advances one door.
//
//	        open >= OpenDelay              PausedFor >= MaxDoorPause
//	idle ----------------------> holds ---------------------------> expired
//	  ^                            |                                   |
//	  '-- closed >= CloseDelay ----'--------- closed >= CloseDelay ----'
//
// An unknown contact counts as closed: a door nobody wired must not freeze the house.
func (d *Door) step(c Contact, dt time.Duration, p *Params) {
	if open := c.Known && c.Open; open != d.Open {
		d.Open, d.For = open, 0
	} else {
		d.For = grow(d.For, dt)
	}
	if d.Holds {
		d.PausedFor = grow(d.PausedFor, dt)
	}
	switch {
	case !d.Open && d.For >= p.CloseDelay:
		d.Holds, d.Expired, d.PausedFor = false, false, 0
	case d.Holds && d.PausedFor >= p.MaxDoorPause:
		d.Holds, d.Expired = false, true
	case d.Open && !d.Holds && !d.Expired && d.For >= p.OpenDelay:
		d.Holds, d.PausedFor = true, 0
	}
}

// doors advances all doors and reports whether any holds comfort back.
func (s *State) doors(in *Input, dt time.Duration, rs *Reasons) (paused bool) {
	n := min(max(in.DoorCount, 0), MaxDoors)
	for i := range s.Doors {
		d := &s.Doors[i]
		if i >= n {
			*d = Door{}
			continue
		}
		d.step(in.Doors[i], dt, in.Params)
		left := in.DoorIgnored[i]
		if left > 0 {
			d.Holds, d.PausedFor = false, 0
		}
		switch {
		case left > 0 && d.Open:
			rs.add(Reason{Kind: DoorBypassed, Door: int8(i), Since: d.For, Left: left})
		case d.Holds && d.Open:
			rs.add(Reason{Kind: DoorOpen, Door: int8(i), Since: d.For})
		case d.Holds:
			rs.add(Reason{Kind: DoorClosing, Door: int8(i), Since: d.For, Left: max(0, in.Params.CloseDelay-d.For)})
		case d.Expired:
			rs.add(Reason{Kind: DoorPauseExpired, Door: int8(i), Since: d.PausedFor})
		}
		paused = paused || d.Holds
	}
	return paused
}
