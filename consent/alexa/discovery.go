package alexa

import (
	"strconv"
	"strings"
)

// Cover is what the consent in force covers, thus what discovery says can be asked.
// The zero Cover is none: a thermostat that can be told and not asked.
type Cover struct {
	Temperature bool
	Setpoint    bool // and mode
	Health      bool
	Doors       [MaxDoors]bool
}

// supported is what every house says, whatever is wired: how this one is equipped is
// its own affair, and a wish it cannot fulfil is refused with FaultUnwilling.
const supported = silent + `,"configuration":{"supportedModes":["HEAT","COOL","AUTO","OFF"],"supportsScheduling":true}}`

// endpoints are the endpoints array of a Discover.Response. Names are neutral and the
// same everywhere. Nothing is ever proactivelyReported: there is nothing here that
// could make the report it announces.
func (c Cover) endpoints(id string) string {
	thermostat := []string{plain, capability(thermostatController, c.Setpoint, supported, "targetSetpoint", "thermostatMode")}
	if c.Temperature {
		thermostat = append(thermostat, capability(temperatureSensor, true, silent+"}", "temperature"))
	}
	if c.Health {
		thermostat = append(thermostat, capability(endpointHealth, true, silent+"}", "connectivity"))
	}
	out := []string{endpoint(id, "Thermostat", "THERMOSTAT", thermostat)}
	for i, covered := range c.Doors {
		if covered {
			out = append(out, endpoint(doorID(id, i+1), "Door "+strconv.Itoa(i+1), "CONTACT_SENSOR",
				[]string{plain, capability(contactSensor, true, "}}", "detectionState")}))
		}
	}
	return "[" + strings.Join(out, ",") + "]"
}

// plain is the interface every endpoint has to have.
const plain = `{"type":"AlexaInterface","interface":"Alexa","version":"3"}`

func capability(namespace string, retrievable bool, more string, properties ...string) string {
	return `{"type":"AlexaInterface","interface":"` + namespace + `","version":"3","properties":{"supported":[{"name":"` +
		strings.Join(properties, `"},{"name":"`) + `"}],"retrievable":` + strconv.FormatBool(retrievable) + more
}

// silent ends a capability of the thermostat. A door's leaves the member away, whose
// default is false, or eight of them would not fit into the slot.
const silent = `,"proactivelyReported":false}`

func endpoint(id, name, category string, capabilities []string) string {
	return `{"endpointId":"` + id + `","manufacturerName":"quietstat","description":"` + name + `","friendlyName":"` + name +
		`","displayCategories":["` + category + `"],"capabilities":[` + strings.Join(capabilities, ",") + `]}`
}

func doorID(id string, n int) string { return id + "-d" + strconv.Itoa(n) }

// Target says which of this device's endpoints a directive is for: 0 for the
// thermostat, 1 to MaxDoors for a door. ok is false for any other.
func Target(endpointID, id string) (door int, ok bool) {
	if endpointID == id {
		return 0, true
	}
	for n := 1; n <= MaxDoors; n++ {
		if endpointID == doorID(id, n) {
			return n, true
		}
	}
	return 0, false
}
