package alexa

import (
	"bytes"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// house is everything that could be told of one.
func house(t *rapid.T, name string) Told {
	number := rapid.SampledFrom([]string{"-40.0", "0", "5.5", "19.9", "20.5", "35.0", "100"})
	h := Told{At: sampled, Temperature: number.Draw(t, name+" temperature"), Setpoint: number.Draw(t, name+" setpoint"),
		Mode: Mode(rapid.IntRange(1, 4).Draw(t, name+" mode")), Health: Health(rapid.IntRange(1, 2).Draw(t, name+" health"))}
	for i := range h.Doors {
		h.Doors[i] = Contact(rapid.IntRange(0, 2).Draw(t, name+" door"))
	}
	return h
}

// covered leaves of a house what a consent covers, as the gate does.
func covered(h Told, c Cover) Told {
	out := Told{At: h.At}
	if c.Temperature {
		out.Temperature = h.Temperature
	}
	if c.Setpoint {
		out.Setpoint, out.Mode = h.Setpoint, h.Mode
	}
	if c.Health {
		out.Health = h.Health
	}
	for i, d := range c.Doors {
		if d {
			out.Doors[i] = h.Doors[i]
		}
	}
	return out
}

func covers(t *rapid.T) Cover {
	b := rapid.Bool()
	c := Cover{Temperature: b.Draw(t, "temperature"), Setpoint: b.Draw(t, "setpoint"), Health: b.Draw(t, "health")}
	for i := range c.Doors {
		c.Doors[i] = b.Draw(t, "door")
	}
	return c
}

func asks(t *rapid.T) Directive {
	d := Directive{Kind: Kind(rapid.IntRange(1, kinds-1).Draw(t, "kind")), MessageID: "m"}
	if d.Kind == KindDiscover || d.Kind == KindAcceptGrant {
		return d
	}
	d.CorrelationToken = rapid.StringMatching(`[!#-\[\]-~]{1,512}`).Draw(t, "token")
	d.EndpointID = rapid.SampledFrom([]string{ourID, ourID + "-d1", ourID + "-d8", ourID + "-d9", strings.Repeat("&", maxEndpointID)}).Draw(t, "endpoint")
	switch d.Kind {
	case KindSetTarget, KindAdjustTarget:
		d.Number = rapid.Float64Range(-1000, 1000).Draw(t, "number")
	case KindSetMode:
		d.Mode = Mode(rapid.IntRange(1, 4).Draw(t, "wanted mode"))
	case KindRefused:
		d.Fault = Fault(rapid.IntRange(1, faults-1).Draw(t, "refused"))
	}
	return d
}

// Two houses that are alike in what is covered, and in nothing else, give the same
// bytes; and the answer to a question has one size, whatever is covered.
func TestTwoHousesAnswerAlike(t *testing.T) {
	telling, silent := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		c := covers(t)
		one, two := house(t, "one"), house(t, "two")
		if c.Temperature {
			two.Temperature = one.Temperature
		}
		if c.Setpoint {
			two.Setpoint, two.Mode = one.Setpoint, one.Mode
		}
		if c.Health {
			two.Health = one.Health
		}
		for i, d := range c.Doors {
			if d {
				two.Doors[i] = one.Doors[i]
			}
		}
		a := Reply{To: asks(t), MessageID: "52fdfc072182654f", Endpoint: ourID, At: asked, Cover: c, Told: covered(one, c),
			Fault: rapid.SampledFrom([]Fault{FaultNone, FaultNone, FaultUnwilling, FaultUnreachable}).Draw(t, "fault")}
		b, bare := a, a
		b.Told, bare.Told = covered(two, c), Told{}
		first, second := encode(t, a), encode(t, b)
		if !bytes.Equal(first, second) {
			t.Fatalf("%s\n%s", first, second)
		}
		if n := len(encode(t, bare)); n != len(first) {
			t.Fatalf("%d bytes when told, %d when not", len(first), n)
		}
		if _, names, _ := a.Encode(); len(names) > 0 {
			telling++
		} else {
			silent++
		}
	})
	const enough = 100 // an emulated machine draws ten, and may draw ten of a kind
	if telling+silent >= enough && (telling == 0 || silent == 0) {
		t.Errorf("%d answers that tell something, %d that do not", telling, silent)
	}
}

func encode(t *rapid.T, r Reply) []byte {
	b, _, err := r.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// With nothing covered the whole house may differ.
func TestNothingCoveredIsTheSameEverywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Reply{To: asks(t), MessageID: "m", Endpoint: ourID, At: asked}
		a, b := r, r
		a.Told, b.Told = covered(house(t, "one"), Cover{}), covered(house(t, "two"), Cover{})
		if first, second := encode(t, a), encode(t, b); !bytes.Equal(first, second) {
			t.Fatalf("%s\n%s", first, second)
		}
	})
}

// The largest answers there can be fit into their slots.
func TestSlots(t *testing.T) {
	all := Cover{Temperature: true, Setpoint: true, Health: true}
	full := Told{At: sampled, Temperature: "-12.345678901234", Setpoint: "-12.345678901234", Mode: ModeHeat, Health: HealthUnreachable}
	for i := range all.Doors {
		all.Doors[i], full.Doors[i] = true, ContactClosed
	}
	own := strings.Repeat("q", maxOwnID)
	for k := range kinds - 1 {
		r := Reply{To: Directive{Kind: Kind(k + 1), CorrelationToken: strings.Repeat("~", MaxCorrelationToken), EndpointID: own, Number: 21.25, Mode: ModeHeat, Fault: FaultRange},
			MessageID: strings.Repeat("m", 36), Endpoint: own, At: asked, Cover: all, Told: full}
		if r.To.Kind <= KindAcceptGrant {
			r.To.CorrelationToken = ""
		}
		checkEvent(t, answer(t, r))
		r.To.EndpointID = strings.Repeat("&", maxEndpointID)
		checkEvent(t, answer(t, r))
	}
}

// A sample without a time that can be written is not told, and neither is an echo.
func TestNoPropertyWithoutATime(t *testing.T) {
	told := columns[1].told
	for _, at := range []time.Time{{}, time.Date(999, 12, 31, 0, 0, 0, 0, time.UTC), time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)} {
		told.At = at
		d := Directive{Kind: KindReportState, CorrelationToken: "t", EndpointID: ourID}
		if b := answer(t, Reply{To: d, MessageID: "m", Endpoint: ourID, At: asked, Told: told}); !bytes.Contains(b, []byte("ENDPOINT_UNREACHABLE")) {
			t.Errorf("%v: %s", at, b)
		}
		d.Kind, d.Number = KindSetTarget, 21
		b := answer(t, Reply{To: d, MessageID: "m", Endpoint: ourID, At: at})
		if !bytes.Contains(b, []byte(`"context":{"properties":[]}`)) {
			t.Errorf("%v: %s", at, b)
		}
		checkEvent(t, b)
	}
}

// What cannot be written down safely is left out, one by one.
func TestUnwritableValues(t *testing.T) {
	for _, text := range []string{"NaN", "1e3", "", "-", ".5", "5.", "01", "1.2.3", "--1", "+1", "21\"", "12345678901234567", "100.1", "-101"} {
		d := Directive{Kind: KindReportState, CorrelationToken: "t", EndpointID: ourID}
		b := answer(t, Reply{To: d, MessageID: "m", Endpoint: ourID, Told: Told{At: sampled, Temperature: text, Setpoint: text, Mode: 9, Health: 9, Doors: [MaxDoors]Contact{9}}})
		if !bytes.Contains(b, []byte("ENDPOINT_UNREACHABLE")) {
			t.Errorf("%q: %s", text, b)
		}
	}
}

func TestImpossibleReplies(t *testing.T) {
	good := Reply{To: Directive{Kind: KindResume, CorrelationToken: "t", EndpointID: "e"}, MessageID: "m", Endpoint: ourID}
	answer(t, good)
	for name, change := range map[string]func(*Reply){
		"nothing asked":    func(r *Reply) { r.To.Kind = KindNone },
		"unknown kind":     func(r *Reply) { r.To.Kind = Kind(kinds) },
		"no message id":    func(r *Reply) { r.MessageID = "" },
		"a quote in it":    func(r *Reply) { r.MessageID = `"` },
		"no endpoint":      func(r *Reply) { r.Endpoint = "" },
		"a long endpoint":  func(r *Reply) { r.Endpoint = strings.Repeat("a", maxOwnID+1) },
		"a token's quote":  func(r *Reply) { r.To.CorrelationToken = `"` },
		"no token":         func(r *Reply) { r.To.CorrelationToken = "" },
		"a long token":     func(r *Reply) { r.To.CorrelationToken = strings.Repeat("a", MaxCorrelationToken+1) },
		"nobody's":         func(r *Reply) { r.To.EndpointID = "" },
		"an unknown fault": func(r *Reply) { r.Fault = Fault(faults) },
	} {
		r := good
		change(&r)
		if b, told, err := r.Encode(); !errors.Is(err, ErrReply) || b != nil || told != nil {
			t.Errorf("%s: %q, %v", name, b, err)
		}
	}
}

// What an answer tells is named, for whoever records it; an echo is not.
func TestToldNames(t *testing.T) {
	told := Told{At: sampled, Temperature: "20.5", Setpoint: "21", Mode: ModeHeat, Health: HealthOK, Doors: [MaxDoors]Contact{ContactOpen}}
	for _, c := range []struct {
		kind  Kind
		at    string
		fault Fault
		want  string
	}{
		{KindReportState, ourID, FaultNone, "targetSetpoint thermostatMode temperature connectivity"},
		{KindReportState, ourID + "-d1", FaultNone, "detectionState"},
		{KindReportState, ourID + "-d2", FaultNone, ""},
		{KindReportState, "stranger", FaultNone, ""},
		{KindSetTarget, ourID, FaultNone, "thermostatMode temperature connectivity"},
		{KindSetTarget, ourID, FaultUnwilling, ""},
		{KindSetTarget, ourID + "-d1", FaultNone, ""},
		{KindAdjustTarget, ourID, FaultNone, "targetSetpoint"},
		{KindSetMode, ourID, FaultNone, ""},
		{KindResume, ourID, FaultNone, ""},
		{KindRefused, ourID, FaultNone, ""},
		{KindDiscover, "", FaultNone, ""},
		{KindAcceptGrant, "", FaultNone, ""},
	} {
		r := Reply{To: Directive{Kind: c.kind, EndpointID: c.at, CorrelationToken: "t", Number: 21, Mode: ModeHeat}, MessageID: "m", Endpoint: ourID, At: asked, Told: told, Fault: c.fault}
		_, names, err := r.Encode()
		if got := strings.Join(names, " "); err != nil || got != c.want {
			t.Errorf("%d of %s: tells %q, %v, want %q", c.kind, c.at, got, err, c.want)
		}
	}
}

// A report that nobody asked for cannot be made: nothing in the package holds its name,
// and Reply.Encode is the only function that returns a message.
func TestNoChangeReport(t *testing.T) {
	set := token.NewFileSet()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	makers := ""
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".go") || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, e.Name(), nil, 0) // without comments
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				for _, word := range []string{"ChangeReport", "AddOrUpdateReport", "DeferredResponse", `"change"`, "cause"} {
					if strings.Contains(n.Value, word) {
						t.Errorf("%s says %s", e.Name(), n.Value)
					}
				}
			case *ast.FuncDecl:
				if n.Name.IsExported() && n.Type.Results != nil && strings.Contains(results(n), "[]byte") {
					makers += n.Name.Name + " "
				}
			}
			return true
		})
	}
	if makers != "Encode " {
		t.Errorf("messages are made by %s", makers)
	}
}

func results(f *ast.FuncDecl) string {
	var b strings.Builder
	for _, r := range f.Type.Results.List {
		if a, ok := r.Type.(*ast.ArrayType); ok {
			b.WriteString("[]" + a.Elt.(*ast.Ident).Name + " ")
		}
	}
	return b.String()
}
