// Package alexa speaks the words of Amazon's Smart Home Skill API, payload version 3,
// for a thermostat that may be asked only while somebody in the house wants it to be.
// It reads directives and writes answers. It decides nothing: what an answer may tell
// is decided by package consent before it comes here, and what a wish does is decided
// by the controller. It is arithmetic on bytes, without a clock, a network or a memory.
//
// # What is said
//
//	asked                    not covered                     covered
//	Discover                 a thermostat that can be told   the same, retrievable where covered;
//	                         and not asked                   sensor, health and doors where covered
//	AcceptGrant              AcceptGrant.Response; the code is not even read
//	ReportState              ENDPOINT_UNREACHABLE            StateReport of what is covered
//	SetTargetTemperature     Response with the setpoint      and temperature, mode and health
//	                         that was just asked for         where covered
//	AdjustTargetTemperature  Response without properties     and the setpoint where covered
//	SetThermostatMode        Response with the mode that was just asked for
//	ResumeSchedule           Response without properties: a schedule would tell the setpoint
//	refused by control       UNWILLING_TO_SET_VALUE, whatever the reason
//	out of range             TEMPERATURE_VALUE_OUT_OF_RANGE with MinSetpoint and MaxSetpoint,
//	                         which are the model's and nobody's own
//	anything else            a constant error, see Fault
//
// The middle column is the echo rule: what is not covered is answered with what the
// asker just sent, with limits that hold for every house, or with one constant error.
// Errors carry no context. An endpoint that is not this device's and one that is not
// covered are answered alike, so that asking finds out nothing.
//
// Every answer has the size of its slot, 4096 bytes for Discover.Response and 2048 for
// all others, filled with spaces behind the JSON. Two houses that differ in what is not
// covered give the same bytes.
//
// A property has the five members Amazon requires and no others. timeOfSample is the
// sample's own time to the second, never that of the answer, except for an echo, which
// is about nothing but the question. Without trusted wall time no property can be
// written, so none is told.
//
// # What cannot be said
//
// There is no ChangeReport, no AddOrUpdateReport, no DeferredResponse and no way to
// make one: Reply answers a Directive and is the only thing that can be encoded. A
// report that nobody asked for would need an opt-in of its own kind (one that lets the
// device speak first, to this recipient), and package consent has none: the modes of a
// grant are live and latest, which say how old a sample may be. Should there be one,
// its type belongs into the signature of the function that makes the report.
//
// AcceptGrant carries the code that would be exchanged for the right to push events.
// Directive has no field for it, nor for bearer tokens and cookies. So an account can
// be linked, and no credential exists that could report anything.
//
// # For the author of a skill
//
// Between Amazon and this house stands a bridge of yours: the function behind a smart
// home skill, or a program on a machine of your own. The house connects to its broker
// while a consent is open and at no other time. The bridge
//
//   - checks the bearer token of a directive, as it is the one who knows accounts, and
//     then takes scope, cookie and grant out. They are passed over here, but need not
//     travel;
//   - may put a short correlation token of its own in place of Amazon's, and has to
//     when that is longer than MaxCorrelationToken;
//   - publishes the directive, at most MaxMessage bytes of JSON, on PREFIX/alexa/directive
//     with QoS 0 and not retained. One that is retained is refused: it would be a wish
//     of nobody's;
//   - waits on PREFIX/alexa/event for the event with the same correlationToken. An answer
//     to Discover or AcceptGrant has none, so ask those one at a time;
//   - answers by itself when nothing comes within three seconds: with
//     ENDPOINT_UNREACHABLE, which Amazon tolerates best and which is what the house
//     says of what is not covered, or with CLOUD_CONTROL_DISABLED, which tells the
//     customer more plainly to go to the device. That is the usual case, and not an error: the house is closed and there
//     is nobody to ask. A Discover.Response may be kept and repeated, as it holds no
//     state; a StateReport may not;
//   - hands the event on as it is. Spaces behind JSON mean nothing;
//   - asks at most once a second: a second wish within that is refused, and more than
//     five messages in a row end the connection. In an hour there are at most 240
//     answers under one consent, and 60 wishes.
//
// A wish needs a session whose policy covers the setpoint, or an opt-in for
// remote.control; without either it is answered with UNWILLING_TO_SET_VALUE, like one
// that control refuses. It is carried out as if somebody had used the command line, and
// stands in the ledger. A setpoint beyond the household's own limits is refused; a change
// that would lead beyond them stops at the limit and says nothing of it, or asking again
// and again would find the setpoint out.
//
// # No badge
//
// A device that speaks only while it is asked in earnest cannot be certified as Works
// with Alexa, as its rules are written. Amazon's developer blog says that proactively
// reporting the state of endpoints is mandatory to keep the certification
// (developer.amazon.com/en-US/blogs/alexa/alexa-skills-kit/2021/06/best-practices-to-send-state-and-change-reports,
// 15 June 2021), and the skill requirements want every property retrievable and
// proactivelyReported, every answer to tell all of them, and a ChangeReport whenever
// anything changes (developer.amazon.com, docs/smarthome/wwa-skill-requirements.html). A
// skill of your own needs no badge: it runs in its developer's account for the
// household that made it.
//
// Nor can the house know that a question comes from a person. With Alexa's app open a
// device is asked every two or three seconds, and an Echo in the kitchen is not visible
// here: a directive says that Amazon asks, and nothing else. So it opens nothing. What
// this does instead: wishes are carried out and echoed, which takes no knowledge of the
// house; reading works while somebody in the room has pressed talk or woken a local
// assistant, and otherwise under an opt-in that its owner gave, with an end.
//
// # Sources
//
// Shapes, words and patterns are from the message schema and the samples in
// alexa-samples/alexa-smarthome, and from developer.amazon.com: Alexa.Discovery,
// Alexa.StateReport, Alexa.ThermostatController, Alexa.TemperatureSensor,
// Alexa.ContactSensor, Alexa.EndpointHealth, Alexa.ErrorResponse,
// Alexa.ThermostatController.ErrorResponse.
package alexa
