package main

import (
	"flag"
	"fmt"

	"quietstat/agent/internal/local"
)

func presetCommand() *command {
	return leaf("preset", "[NAME] [TEMP]", "Choose a preset, or give it another temperature; nothing to list them.", func(f *flag.FlagSet) action {
		cool := f.Bool("cool", false, "TEMP is what mode cool keeps")
		show := (*surroundings).printWarmth
		return asking(f, func(_ *surroundings, args []string) (string, any, error) {
			verb, arguments, err := askPreset(args, *cool)
			if len(args) != 1 {
				show = (*surroundings).printPresets
			}
			return verb, arguments, err
		}, func(s *surroundings, w *local.Warmth) { show(s, w) })
	})
}

func askPreset(args []string, cool bool) (string, any, error) {
	if len(args) == 0 && !cool {
		return "warmth", nil, nil
	}
	if len(args) < 2 && cool {
		return "", nil, local.Usage("--cool says which temperature is meant, and there is none", "for example quietstat preset away 28 --cool")
	}
	a := local.PresetArguments{Name: args[0], Cool: cool}
	if len(args) == 2 {
		v, err := decimal(args[1])
		if err != nil {
			return "", nil, local.Usage(fmt.Sprintf("%q is not a temperature", args[1]), "for example quietstat preset away 15")
		}
		a.TemperatureC = &v
	}
	return "preset", a, nil
}

func (s *surroundings) printPresets(w *local.Warmth) {
	for _, p := range w.Presets {
		s.printf("%-6s %.1f °C; in mode cool %.1f °C\n", p.Name, p.Heat, p.Cool)
	}
	s.printWarmth(w)
}
