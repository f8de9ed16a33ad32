package voice

import (
	"strconv"
	"strings"
)

// units and tens are the number words of the grammar, as far as a thermostat goes.
var units = map[string]float64{
	"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
}

var teens = map[string]float64{
	"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
	"seventeen": 17, "eighteen": 18, "nineteen": 19,
}

var tens = map[string]float64{"twenty": 20, "thirty": 30}

// takeNumber finds the one number in a sentence, in figures ("21", "20.5", "20,5")
// or in words ("twenty one", "twenty point five", "twenty and a half", "half"), and
// gives the words around it. No number is nil; a second one is not a sentence.
func takeNumber(tokens []string) (number *float64, rest []string, ok bool) {
	for i := 0; i < len(tokens); {
		value, n := numberAt(tokens[i:])
		if n == 0 {
			rest = append(rest, tokens[i])
			i++
			continue
		}
		if number != nil {
			return nil, nil, false
		}
		number = &value
		i += n
	}
	return number, rest, true
}

// numberAt reads a number at the beginning and says how many words it took.
func numberAt(tokens []string) (value float64, n int) {
	if v, ok := figures(tokens[0]); ok {
		return v, 1
	}
	if tokens[0] == "half" {
		return 0.5, 1
	}
	if v, ok := tens[tokens[0]]; ok {
		value, n = v, 1
		if len(tokens) > 1 {
			if u, ok := units[tokens[1]]; ok && u > 0 {
				value, n = value+u, 2
			}
		}
	} else if v, ok := teens[tokens[0]]; ok {
		value, n = v, 1
	} else if v, ok := units[tokens[0]]; ok {
		value, n = v, 1
	} else {
		return 0, 0
	}
	rest := tokens[n:]
	switch {
	case len(rest) >= 2 && rest[0] == "point":
		if u, ok := units[rest[1]]; ok {
			return value + u/10, n + 2
		}
	case len(rest) >= 3 && rest[0] == "and" && rest[1] == "a" && rest[2] == "half":
		return value + 0.5, n + 3
	}
	return value, n
}

// figures reads one to three figures, with at most two more after a point or a comma.
func figures(token string) (float64, bool) {
	token = strings.TrimSuffix(strings.TrimRight(token, ".,"), "c")
	whole, part, pointed := strings.Cut(strings.Replace(token, ",", ".", 1), ".")
	if !digits(whole, 3) || pointed && !digits(part, 2) {
		return 0, false
	}
	value, err := strconv.ParseFloat(strings.Replace(token, ",", ".", 1), 64)
	return value, err == nil
}

func digits(s string, most int) bool {
	return s != "" && len(s) <= most && strings.Trim(s, "0123456789") == ""
}
