package consent

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Change is one thing in which a renewal differs from what it takes the place of.
type Change struct {
	What  string // "recipient", "life", or a category
	From  string // "" when it was not there
	To    string // "" when it is not there any more
	Wider bool   // more would leave than did, or for longer
}

// Difference lists what a renewal would change, so that whoever confirms it sees
// it. A renewal that changes nothing gives an empty list.
func Difference(old, new Grant) []Change {
	var out []Change
	if old.Fingerprint != new.Fingerprint {
		out = append(out, Change{"recipient", "as it was when the opt-in was given", "as it is enrolled now", true})
	}
	if old.Validity() != new.Validity() {
		out = append(out, Change{"life", days(old.Validity()), days(new.Validity()), new.Validity() > old.Validity()})
	}
	cats := sortedCategories(append(old.Scope.Categories(), new.Scope.Categories()...))
	for _, c := range cats {
		was, before := old.Scope.item(c)
		is, after := new.Scope.item(c)
		change := Change{What: c.String(), Wider: !before}
		if before {
			change.From = was.words()
		}
		if after {
			change.To = is.words()
		}
		if change.From == change.To {
			continue
		}
		if before && after {
			change.Wider = was.narrowerThan(is)
		}
		out = append(out, change)
	}
	return out
}

func (s Scope) item(c Category) (Item, bool) {
	i := slices.IndexFunc(s, func(it Item) bool { return it.Category == c })
	if i < 0 {
		return Item{}, false
	}
	return s[i], true
}

// narrowerThan reports whether is lets anything through that it does not.
func (it Item) narrowerThan(is Item) bool {
	more := slices.ContainsFunc(is.Fields, func(f string) bool { return !slices.Contains(it.Fields, f) })
	return more || is.Round < it.Round || is.Period < it.Period || is.MaxPerHour > it.MaxPerHour ||
		it.Mode == LivenessLive && is.Mode != LivenessLive
}

// words is an item for people, its units with it.
func (it Item) words() string {
	words := strings.Join(it.Fields, ", ")
	if it.Round != 0 { // doors have nothing to round
		words += fmt.Sprintf(", rounded to %g", it.Round)
	}
	words += fmt.Sprintf(", at most every %s and %d times an hour", it.Period, it.MaxPerHour)
	if it.Mode == LivenessLive {
		words += ", live"
	}
	return words
}

func days(d time.Duration) string { return fmt.Sprintf("%g days", d.Hours()/24) }
