package consent

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// schema is the part of JSON Schema 2020-12 that json-1.schema.json uses. A keyword
// that is not understood here is an error, so that none goes unchecked.
type schema struct {
	Types      any               `json:"type"`
	Const      any               `json:"const"`
	Enum       []any             `json:"enum"`
	Pattern    string            `json:"pattern"`
	Minimum    *float64          `json:"minimum"`
	Required   []string          `json:"required"`
	Properties map[string]schema `json:"properties"`
	Additional *bool             `json:"additionalProperties"`
	MinMembers int               `json:"minProperties"`
	Items      *schema           `json:"items"`
	MinItems   int               `json:"minItems"`
	Unique     bool              `json:"uniqueItems"`
	Ref        string            `json:"$ref"`
	Defs       map[string]schema `json:"$defs"`
}

// UnmarshalJSON refuses keywords that are not checked.
func (s *schema) UnmarshalJSON(b []byte) error {
	type plain schema
	words := map[string]any{}
	if err := json.Unmarshal(b, &words); err != nil {
		return err
	}
	for word := range words {
		if !slices.Contains(strings.Fields("type const enum pattern minimum required properties additionalProperties minProperties items minItems uniqueItems $ref $defs $schema $id title description"), word) {
			return fmt.Errorf("the keyword %s is not checked", word)
		}
	}
	return json.Unmarshal(b, (*plain)(s))
}

func (s schema) check(root schema, v any) error {
	if s.Ref != "" {
		def, ok := root.Defs[strings.TrimPrefix(s.Ref, "#/$defs/")]
		if !ok {
			return fmt.Errorf("no definition %s", s.Ref)
		}
		return def.check(root, v)
	}
	if s.Types != nil && !slices.ContainsFunc(list(s.Types), func(t any) bool { return isOf(v, t.(string)) }) {
		return fmt.Errorf("%v is no %v", v, s.Types)
	}
	if s.Const != nil && s.Const != v || s.Enum != nil && !slices.Contains(s.Enum, v) {
		return fmt.Errorf("%v is none of %v %v", v, s.Const, s.Enum)
	}
	switch v := v.(type) {
	case string:
		if !regexp.MustCompile(s.Pattern).MatchString(v) {
			return fmt.Errorf("%q does not match %s", v, s.Pattern)
		}
	case float64:
		if s.Minimum != nil && v < *s.Minimum {
			return fmt.Errorf("%v is less than %v", v, *s.Minimum)
		}
	case []any:
		for i, item := range v {
			if s.Unique && slices.Contains(v[:i], item) {
				return fmt.Errorf("%v stands twice", item)
			}
			if err := s.Items.check(root, item); err != nil {
				return err
			}
		}
		if len(v) < s.MinItems {
			return fmt.Errorf("%d items", len(v))
		}
	case map[string]any:
		return s.checkObject(root, v)
	}
	return nil
}

func (s schema) checkObject(root schema, v map[string]any) error {
	for _, name := range s.Required {
		if _, ok := v[name]; !ok {
			return fmt.Errorf("%s is missing", name)
		}
	}
	if len(v) < s.MinMembers {
		return fmt.Errorf("%d members", len(v))
	}
	for name, member := range v {
		p, ok := s.Properties[name]
		if !ok && s.Additional != nil && !*s.Additional {
			return fmt.Errorf("%s is unknown", name)
		}
		if err := p.check(root, member); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

func isOf(v any, t string) bool {
	switch v := v.(type) {
	case nil:
		return t == "null"
	case bool:
		return t == "boolean"
	case string:
		return t == "string"
	case float64:
		return t == "number" || t == "integer" && v == math.Trunc(v)
	case []any:
		return t == "array"
	case map[string]any:
		return t == "object"
	}
	return false
}

func published(t rapid.TB) schema {
	t.Helper()
	b, err := os.ReadFile("json-1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var s schema
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s schema) accepts(payload []byte) error {
	var v any
	if err := json.Unmarshal(payload, &v); err != nil {
		return err
	}
	return s.check(s, v)
}

// The published schema names exactly what there is.
func TestSchemaNamesWhatThereIs(t *testing.T) {
	s := published(t)
	names := func(of string) (out []string) {
		for _, v := range s.Properties[of].Enum {
			out = append(out, v.(string))
		}
		return out
	}
	var purposes, categories, said []string
	for _, p := range Purposes() {
		purposes = append(purposes, p.String())
	}
	for _, c := range Categories() {
		if c.AllowedFor(BasisOnce) {
			categories = append(categories, c.String())
		}
	}
	for _, v := range s.Properties["categories"].Items.Enum {
		said = append(said, v.(string))
	}
	if !slices.Equal(names("purpose"), purposes) || !slices.Equal(said, categories) || !slices.Equal(names("basis"), basisNames[1:]) {
		t.Errorf("purposes %v, categories %v, bases %v", names("purpose"), said, names("basis"))
	}
	of := s.Properties["fields"].Properties
	for _, f := range Fields() {
		if _, ok := of[f.Name]; !ok {
			t.Errorf("the field %s is not in the schema", f.Name)
		}
	}
	if len(of) != len(Fields()) {
		t.Errorf("%d fields in the schema, %d in the program", len(of), len(Fields()))
	}
}

// What the gate lets out under each basis, of every category and field, is what the
// schema says; by the profile of Home Assistant too.
func TestSchemaHoldsForWhatLeaves(t *testing.T) {
	s := published(t)
	seen := map[string]bool{}
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom([]string{"hub", "home"}).Draw(t, "recipient")
		r := map[string]func(rapid.TB) *rig{"hub": newRig, "home": homeRig}[id](t)
		snap := &r.snap
		snap.Temperature, snap.Pressure, snap.Demand = rapid.Float64Range(-40, 85).Draw(t, "temperature"), 101325, rapid.Float64Range(-1, 1).Draw(t, "demand")
		snap.Mode, snap.Action = Mode(rapid.IntRange(0, len(modeNames)-1).Draw(t, "mode")), Action(rapid.IntRange(0, len(actionNames)-1).Draw(t, "action"))
		snap.Sensor, snap.Preset = Health(rapid.IntRange(0, len(healthNames)-1).Draw(t, "sensor")), uint8(rapid.IntRange(0, len(presetNames)-1).Draw(t, "preset"))
		snap.DoorCount, snap.TicksLate, snap.Lateness = rapid.IntRange(0, MaxDoors).Draw(t, "doors"), 7, 1500*time.Millisecond
		r.now.WallTrusted = true
		switch kind := rapid.SampledFrom([]BasisKind{BasisSession, BasisGrant, BasisOnce}).Draw(t, "basis"); kind {
		case BasisSession:
			r.now.WallTrusted = rapid.Bool().Draw(t, "trusted")
			r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy(id, every(PurposeVoiceAnswer))})
			r.must(TalkPress{})
		case BasisGrant:
			p := rapid.SampledFrom([]Purpose{PurposeRemote, PurposeAutomation, PurposeEnergy, PurposeResearch}).Draw(t, "purpose")
			r.give(id, GrantRequest{Purpose: p, Scope: every(p)})
		case BasisOnce:
			r.after(time.Second)
			q := GrantRequest{Purpose: PurposeSupport, Scope: Scope{{Category: CategoryHealth}, {Category: CategoryDiagnostics}}}
			o, err := r.once(id, q)
			if err != nil {
				t.Fatal(err)
			}
			r.must(OnceGive{r.press(), o})
		}
		r.run(5 * time.Second)
		told := 0
		for _, m := range r.sent {
			if introduces(m) {
				continue
			}
			told++
			if err := s.accepts(m.Payload()); err != nil {
				t.Fatalf("%v: %s", err, m.Payload())
			}
			var e struct{ Fields map[string]any }
			if err := json.Unmarshal(m.Payload(), &e); err != nil {
				t.Fatal(err)
			}
			for name := range e.Fields {
				seen[name] = true
			}
		}
		if told == 0 {
			t.Fatal("nothing was told")
		}
	})
	for _, f := range Fields() {
		if !seen[f.Name] {
			t.Errorf("%s was never told", f.Name)
		}
	}
}

// A schema that accepts anything would hold too.
func TestSchemaRefuses(t *testing.T) {
	s, r := published(t), ready(t, BasisSession)
	good := string(r.mustRelease().Payload())
	if err := s.accepts([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{
		{`"v":1`, `"v":2`}, {`"basis":"session"`, `"basis":"contract"`}, {`"basis":"session",`, ``}, {`"temperature":20.5`, `"temperature":"20.5"`},
		{`"temperature"`, `"presence"`}, {`"heat"`, `"boost"`}, {`"pad":".`, `"pad":"x`}, {`"pad"`, `"more"`}, {`"sampled_at":"2026`, `"sampled_at":"26`},
		{`"categories":["climate.temperature"`, `"categories":["climate.temperature","climate.temperature"`}, {`"id":"5`, `"id":"X`}, {`"setpoint",`, `"presence.inferred",`},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("%s does not stand in %s", change[0], good)
		}
		if s.accepts([]byte(bad)) == nil {
			t.Errorf("accepted with %s instead of %s", change[1], change[0])
		}
	}
	if file, err := filepath.Glob("*.schema.json"); err != nil || len(file) != 1 {
		t.Errorf("schemas %v, %v", file, err)
	}
}
