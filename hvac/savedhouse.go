package hvac

import "time"

// SavedHouse is what was learned of the house, in the units of Learned. Doubt is the
// lower triangle of the covariance of Share, row by row.
type SavedHouse struct {
	Share    [Modes]float64                   `json:"share_k"`
	Doubt    [Modes * (Modes + 1) / 2]float64 `json:"doubt_k2"`
	Recent   [Modes]float64                   `json:"recent"`
	Informed time.Duration                    `json:"informed_ns"`
	Rest     time.Duration                    `json:"distrusted_ns"`
	Known    bool                             `json:"known"`
}

func (h *Learned) save() SavedHouse {
	v := SavedHouse{
		Recent: h.Recent, Informed: h.Informed,
		Rest: h.Trust.Rest, Known: h.Trust.Given,
	}
	copy(v.Share[:], h.Fact[:Modes])
	n := 0
	for i := range Modes {
		for j := range i + 1 {
			v.Doubt[n] = h.Doubt[i][j]
			n++
		}
	}
	return v
}

// house is what was saved, or nothing if it is damaged: a house that is learned anew
// costs comfort for a day, a wrong one for ever.
func (v *SavedHouse) house() Learned {
	var h Learned
	if v.Informed <= 0 {
		return h
	}
	h.Recent, h.Informed = v.Recent, min(v.Informed, forever)
	copy(h.Fact[:Modes], v.Share[:])
	n := 0
	for i := range Modes {
		for j := range i + 1 {
			h.Doubt[i][j], h.Doubt[j][i] = v.Doubt[n], v.Doubt[n]
			n++
		}
	}
	h.Doubt[level][level], h.Doubt[slope][slope] = 1, 1 // begin sets them
	if !h.sound() {
		return Learned{}
	}
	h.settle()
	h.Trust.Rest = min(max(v.Rest, 0), trustRest)
	// What judge would not have given, whoever wrote it down, is not given.
	h.Trust.Given = v.Known && h.Trust.Rest == 0 && h.Informed >= trustAfter && h.Law.Ahead > 0
	return h
}
