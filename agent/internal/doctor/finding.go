package doctor

import "fmt"

// Verdict is what a check came to. The zero Verdict is none.
type Verdict string

const (
	OK   Verdict = "ok"
	Warn Verdict = "warn" // it works, or cannot be judged
	Fail Verdict = "fail" // it will not work, or is not safe
)

// Finding is one line of the report.
type Finding struct {
	Check   string  `json:"check"` // short and stable, for machines: "i2c", "pins"
	Verdict Verdict `json:"verdict"`
	Text    string  `json:"text"`
	Remedy  string  `json:"remedy,omitempty"` // what to do; never empty unless ok
}

// Worst is the gravest verdict, OK for none.
func Worst(findings []Finding) Verdict {
	worst := OK
	for _, f := range findings {
		if f.Verdict == Fail {
			return Fail
		}
		if f.Verdict == Warn {
			worst = Warn
		}
	}
	return worst
}

func ok(check, format string, a ...any) Finding {
	return Finding{Check: check, Verdict: OK, Text: fmt.Sprintf(format, a...)}
}

func warn(check, remedy, format string, a ...any) Finding {
	return Finding{Check: check, Verdict: Warn, Text: fmt.Sprintf(format, a...), Remedy: remedy}
}

func fail(check, remedy, format string, a ...any) Finding {
	return Finding{Check: check, Verdict: Fail, Text: fmt.Sprintf(format, a...), Remedy: remedy}
}
