package config

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// checker judges the raw file. Its methods return the value to use: the one in the
// file, or the default when there is none or it is wrong.
type checker struct {
	*survey
	pins pinUse
}

// complain reports a problem at the value of key, or at the nearest table above
// it if the key is missing.
func (c *checker) complain(key, message, expected, remedy string) {
	c.add(c.placeOf(key), key, message, expected, remedy)
}

// placeOf is where a key stands, else the header of its table, else the first line.
func (c *checker) placeOf(key string) place {
	for k := key; k != ""; k = parent(k) {
		if p, ok := c.places[k]; ok {
			return p
		}
	}
	return place{1, 1}
}

// parent is the path above a path: a.b[1].c, a.b[1], a.b, a, "".
func parent(path string) string {
	for i := len(path) - 1; i > 0; i-- {
		if path[i] == '.' || path[i] == '[' {
			return path[:i]
		}
	}
	return ""
}

// missing complains about a required key, unless it is there and was refused.
func (c *checker) missing(key, expected, remedy string) {
	if _, written := c.places[key]; !written {
		c.complain(key, key+" is missing", expected, remedy)
	}
}

func (c *checker) duration(key string, v *duration, initial, least, most time.Duration) time.Duration {
	if v == nil {
		return initial
	}
	expected := fmt.Sprintf("%s to %s, default %s", short(least), short(most), short(initial))
	d, err := time.ParseDuration(string(*v))
	switch {
	case err != nil:
		c.complain(key, fmt.Sprintf("%s is %s, which is no duration", key, quote(string(*v))), expected,
			`write a number with ms, s, m or h, such as "90s"`)
		return initial
	case d < least || d > most:
		c.complain(key, fmt.Sprintf("%s is %s", key, short(d)), expected, "choose a value in that range")
		return initial
	}
	return d
}

func (c *checker) number(key string, v *float64, initial, least, most float64, unit string) float64 {
	if v == nil {
		return initial
	}
	if !(*v >= least && *v <= most) { // false for NaN too
		c.complain(key, fmt.Sprintf("%s is %s", key, figure(*v, unit)),
			fmt.Sprintf("%s to %s, default %s", figure(least, ""), figure(most, unit), figure(initial, unit)),
			"choose a value in that range")
		return initial
	}
	return *v
}

func (c *checker) port(key string, v *int64, initial, least uint16) uint16 {
	if v == nil {
		return initial
	}
	if *v < int64(least) || *v > math.MaxUint16 {
		c.complain(key, fmt.Sprintf("%s is %d", key, *v), fmt.Sprintf("%d to %d, default %d", least, math.MaxUint16, initial),
			"choose a port in that range")
		return initial
	}
	return uint16(*v)
}

func or[T any](v *T, initial T) T {
	if v == nil {
		return initial
	}
	return *v
}

// short prints a duration without empty parts: 5m, not 5m0s.
func short(d time.Duration) string {
	switch {
	case d != 0 && d%time.Hour == 0:
		return strconv.FormatInt(int64(d/time.Hour), 10) + "h"
	case d != 0 && d%time.Minute == 0:
		return strconv.FormatInt(int64(d/time.Minute), 10) + "m"
	}
	return d.String()
}

// figure prints a number with its unit.
func figure(v float64, unit string) string {
	s := strconv.FormatFloat(v, 'g', 6, 64)
	if unit == "" {
		return s
	}
	return s + " " + unit
}

// quote prints what somebody wrote, on one line and not at any length.
func quote(s string) string {
	const most = 40
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return strconv.Quote(s)
}
