package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

// parseShare reads one category with its optional granularity:
//
//	climate.temperature            the category's default
//	climate.temperature=0.5        rounded to half a degree
//	climate.temperature=0.5/300s   and sent every five minutes
//	hvac.state/60s                 the default rounding, every minute
//	door.state:door_1+door_2       named fields instead of the category's core
func parseShare(word string) (local.Share, error) {
	word, fields, named := strings.Cut(strings.TrimSpace(word), ":")
	grain, period, timed := strings.Cut(word, "/")
	category, round, rounded := strings.Cut(grain, "=")
	share := local.Share{Category: category}
	refuse := func(what string) (local.Share, error) {
		return local.Share{}, local.Usage(fmt.Sprintf("%q: %s", word, what), "write CATEGORY[=ROUND][/PERIOD][:FIELD+FIELD], for example climate.temperature=0.5/300s or door.state:door_1")
	}
	if named {
		share.Fields = strings.Split(fields, "+")
		if slices.Contains(share.Fields, "") {
			return refuse("a field has no name")
		}
	}
	if category == "" {
		return refuse("no category")
	}
	if rounded {
		v, err := strconv.ParseFloat(round, 64)
		if err != nil || !(v > 0 && v < 1e6) {
			return refuse("the rounding is not a number above 0")
		}
		share.Round = v
	}
	if timed {
		d, err := time.ParseDuration(period)
		if err != nil || d <= 0 {
			return refuse("the period is not a duration above 0, such as 60s or 5m")
		}
		share.PeriodS = d.Seconds()
	}
	return share, nil
}
