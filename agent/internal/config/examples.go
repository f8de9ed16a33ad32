package config

import (
	"embed"
	"fmt"
	"strings"
)

//go:embed examples/*.toml
var examples embed.FS

// exampleNames are the smaller examples, for one sort of equipment each.
var exampleNames = []string{"furnace", "heatpump", "boiler", "voice"}

// ExampleFor returns the example for one sort of equipment: "furnace", "heatpump",
// "boiler" or "voice". It sets what is wired and how it wants to be treated; Example explains the
// rest. The error lists the names.
func ExampleFor(equipment string) ([]byte, error) {
	for _, name := range exampleNames {
		if name == equipment {
			return examples.ReadFile("examples/" + name + ".toml")
		}
	}
	return nil, fmt.Errorf("there is no example %s: choose one of %s", quote(equipment), strings.Join(exampleNames, ", "))
}
