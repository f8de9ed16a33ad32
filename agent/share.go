package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quietstat/agent/internal/local"
)

// shareForm is how people write a share.
const shareForm = "CATEGORY[=ROUND][/PERIOD][@live][#TIMES-AN-HOUR][:FIELD+FIELD]"

// parseShare reads one category with its optional granularity:
//
//	climate.temperature            the category's default
//	climate.temperature=0.5        rounded to half a degree
//	climate.temperature=0.5/300s   and sent every five minutes
//	hvac.state/60s                 the default rounding, every minute
//	climate.temperature/5m@live    of a sample of the last 10 s, or nothing
//	climate.temperature/5m#6       and at most six times an hour
//	door.state:door_1+door_2       named fields instead of the category's core
func parseShare(word string) (local.Share, error) {
	word, fields, named := strings.Cut(strings.TrimSpace(word), ":")
	word, rate, bounded := strings.Cut(word, "#")
	word, mode, lively := strings.Cut(word, "@")
	grain, period, timed := strings.Cut(word, "/")
	category, round, rounded := strings.Cut(grain, "=")
	share := local.Share{Category: category}
	refuse := func(what string) (local.Share, error) {
		return local.Share{}, local.Usage(fmt.Sprintf("%q: %s", word, what), "write "+shareForm+", for example climate.temperature=0.5/300s or door.state:door_1")
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
	if lively {
		if share.Mode = mode; mode != "live" && mode != "latest" {
			return refuse("how old a sample may be is live or latest")
		}
	}
	if bounded {
		n, err := strconv.Atoi(rate)
		if err != nil || n < 1 || n > 3600 {
			return refuse("the messages in an hour are not a number of 1 to 3600")
		}
		share.PerHour = n
	}
	return share, nil
}
