package qr

import (
	"errors"
	"strings"

	"rsc.io/qr/coding"
)

// quiet is the light border around a code, in modules.
const quiet = 4

// The terminal is told to show light modules white and dark ones black, for the
// length of a line.
const (
	lightOnDark = "\x1b[97;40m"
	asBefore    = "\x1b[0m"
)

// Draw draws a text of at most 2,953 bytes. It is as wide as it must be: a signed
// checkpoint takes 65 columns and 33 lines.
func Draw(text string) (string, error) {
	c, err := encode(text)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	for y := -quiet; y < c.Size+quiet; y += 2 {
		b.WriteString(lightOnDark)
		for x := -quiet; x < c.Size+quiet; x++ {
			b.WriteString(cells[dark(c, x, y)][dark(c, x, y+1)])
		}
		b.WriteString(asBefore + "\n")
	}
	return b.String(), nil
}

// cells are the characters for two modules, upper and lower, by whether they are dark.
var cells = map[bool]map[bool]string{
	false: {false: "█", true: "▀"},
	true:  {false: "▄", true: " "},
}

// dark is false outside of the code.
func dark(c *coding.Code, x, y int) bool {
	return x >= 0 && y >= 0 && x < c.Size && y < c.Size && c.Black(x, y)
}

// encode takes the smallest code that holds the text, at the lowest redundancy: a
// screen is neither torn nor stained.
func encode(text string) (*coding.Code, error) {
	data := coding.String(text)
	for v := coding.Version(coding.MinVersion); v <= coding.MaxVersion; v++ {
		if data.Bits(v) > v.DataBytes(coding.L)*8 {
			continue
		}
		plan, err := coding.NewPlan(v, coding.L, 0)
		if err != nil {
			return nil, err
		}
		return plan.Encode(data)
	}
	return nil, errors.New("the text is too long for a QR code")
}
