// Package hvac decides what the house should do.
package hvac
