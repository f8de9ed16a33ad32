package config

import (
	"strings"
	"time"
)

type rawHousehold struct {
	Timezone *string `toml:"timezone"`
}

// Household is where the people live.
type Household struct {
	Timezone string // IANA name of the schedule's time zone; empty: the system's
}

// Location is the schedule's time zone. There is no error for a Config that Parse
// returned.
func (h Household) Location() (*time.Location, error) {
	if h.Timezone == "" {
		return time.Local, nil
	}
	return zoneOf(h.Timezone)
}

func (c *checker) household(raw rawHousehold) Household {
	h := Household{Timezone: or(raw.Timezone, "")}
	_, err := h.Location()
	if err != nil || h.Timezone == "Local" || strings.ContainsFunc(h.Timezone, unprintable) {
		c.complain("household.timezone", "household.timezone is "+quote(h.Timezone)+", which is no time zone",
			`a name such as "Europe/Berlin", or empty for the system's, which is the default`, "`timedatectl list-timezones` shows the names")
		return Household{}
	}
	return h
}
