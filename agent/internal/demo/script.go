package demo

import (
	"time"

	"quietstat/agent/internal/local"
)

// row is one line of the script: a time of day, what is done, and what a newcomer
// is told about it.
type row struct {
	at   time.Duration // time of day
	kind string        // of the event, for --json
	do   func(*show) error
	text string
	once bool // on the first day only
}

const (
	dayTemperature   = 21
	nightTemperature = 17
	recipientID      = "kitchen"
)

// script is the day. Every day of a longer demo is the same.
var script = []row{
	{hm(5, 0) + 5*time.Second, "night", (*show).night, "night: 17 °C is kept. Nobody is enrolled, so nothing can leave and nothing is connected.", true},
	{hm(5, 1), "enrol", (*show).enrol, "an assistant's broker is enrolled as \"kitchen\". That is no consent: still nothing leaves.", true},
	{hm(5, 2), "policy", (*show).allow, "the owner sets what a voice session may tell it: temperature to 0.5 °C, setpoint, action. Still nothing leaves.", true},
	{hm(6, 0), "set", (*show).morning, "good morning: 21 °C is wanted.", false},
	{hm(6, 45), "talk", (*show).talk, "\"how warm is it?\" Somebody presses the talk button: a voice session.", false},
	{hm(6, 45) + 25*time.Second, "session-end", (*show).hangUp, "the session is ended.", false},
	{hm(12, 0), "door", (*show).openDoor, "the front door is left open.", false},
	{hm(12, 25), "door", (*show).shutDoor, "the front door is shut again.", false},
	{hm(14, 0), "grant", (*show).optIn, "the owner opts in: temperature and setpoint to \"kitchen\", every 5 minutes, and proves it with a press.", false},
	{hm(16, 0), "revoke", (*show).optOut, "the opt-in is revoked.", false},
	{hm(17, 30), "talk", (*show).talk, "another question, another voice session.", false},
	{hm(17, 30) + 25*time.Second, "session-end", (*show).hangUp, "the session is ended.", false},
	{hm(18, 0), "sensor", (*show).pullSensor, "the sensor's cable is pulled out.", false},
	{hm(18, 20), "sensor", (*show).plugSensor, "the cable is back in.", false},
	{hm(22, 0), "set", (*show).evening, "good night: 17 °C is enough.", false},
}

// What the people of the script agree to, and the fields they expect at most. The
// names are written out here and not taken from the gate's tables.
var (
	sessionShares = []local.Share{
		{Category: "climate.temperature", Round: 0.5},
		{Category: "setpoint"},
		{Category: "hvac.state"},
	}
	sessionFields = []string{"temperature", "setpoint", "mode", "action"}

	grantPurpose = "home.automation"
	grantShares  = []local.Share{
		{Category: "climate.temperature", Round: 0.5, PeriodS: 300},
		{Category: "setpoint", PeriodS: 300},
	}
	grantFields = []string{"temperature", "setpoint", "mode"}
)

// hm is a time of day.
func hm(hours, minutes time.Duration) time.Duration {
	return hours*time.Hour + minutes*time.Minute
}
