package household

import (
	"strings"
	"time"
)

// Days is a set of days of the week: bit 0 is Monday, bit 6 Sunday.
type Days uint8

// Everyday and its parts.
const (
	Weekdays Days = 0x1f
	Weekend  Days = 0x60
	Everyday Days = 0x7f
)

var dayWords = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// daySets are names of whole sets.
var daySets = map[string]Days{"daily": Everyday, "weekdays": Weekdays, "weekend": Weekend}

// monday counts from 0 on Monday.
func monday(d time.Weekday) int { return (int(d) + 6) % 7 }

// Has reports whether the day is in the set.
func (d Days) Has(day time.Weekday) bool { return d>>monday(day)&1 != 0 }

// String is what ParseDays reads: "daily", "mon-fri", "sat,sun", "mon,wed,fri-sun".
func (d Days) String() string {
	if d == Everyday {
		return "daily"
	}
	var parts []string
	for i := 0; i < 7; i++ {
		if d>>i&1 == 0 {
			continue
		}
		end := i
		for end < 6 && d>>(end+1)&1 != 0 {
			end++
		}
		switch end - i {
		case 0:
			parts = append(parts, dayWords[i])
		case 1:
			parts = append(parts, dayWords[i], dayWords[end])
		default:
			parts = append(parts, dayWords[i]+"-"+dayWords[end])
		}
		i = end
	}
	return strings.Join(parts, ",")
}

// ParseDays reads days and ranges of days separated by commas, in any case: "mon",
// "mon-fri", "sat,sun", "fri-mon" (over the weekend), or "daily", "weekdays",
// "weekend". The error is a *Fault.
func ParseDays(s string) (Days, error) {
	var all Days
	for part := range strings.SplitSeq(strings.ToLower(s), ",") {
		if set, ok := daySets[part]; ok {
			all |= set
			continue
		}
		from, to, ranged := strings.Cut(part, "-")
		a, b := day(from), day(from)
		if ranged {
			b = day(to)
		}
		if a < 0 || b < 0 {
			return 0, &Fault{Field: "days", Value: quoted(s), Expected: "days such as mon, mon-fri, sat,sun, daily",
				Remedy: "write days as " + strings.Join(dayWords[:], ", ") + ", without blanks between"}
		}
		for i := a; ; i = (i + 1) % 7 {
			all |= 1 << i
			if i == b {
				break
			}
		}
	}
	return all, nil
}

// day is the number of a day's short or long name, -1 for neither.
func day(word string) int {
	for i, short := range dayWords {
		if word == short || len(word) > 3 && word == longDays[i] {
			return i
		}
	}
	return -1
}

var longDays = [7]string{"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
