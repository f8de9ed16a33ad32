package main

import "quietstat/agent/internal/local"

// mainReason is the reason to show a person who sees only one: the first that says more
// than how the controller stands, such as a pause of the relay that full demand waits for.
func mainReason(reasons []local.Why) string {
	for _, bare := range [...]map[string]bool{
		{"saturated": true, "house_known": true, "idle": true, "heating": true, "cooling": true},
		{"house_known": true},
	} {
		for _, why := range reasons {
			if !bare[why.Kind] {
				return why.Text
			}
		}
	}
	return reasons[0].Text
}
