package consent

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/consent/alexa"

	"pgregory.net/rapid"
)

const alexaDevice = "7f3a00112233aabb"

func alexaRecipient(id string) Recipient {
	rec := testRecipient(id)
	rec.Profile, rec.DeviceID = ProfileAlexa, alexaDevice
	return rec
}

// newAlexa is a house with a skill that may be answered in sessions, where talk was pressed.
func newAlexa(t rapid.TB, scope Scope) *rig {
	r := emptyRig(t)
	r.must(RecipientAdd{Owner{By: AuthorityRoot}, alexaRecipient("skill")})
	r.must(PolicySet{Owner{By: AuthorityRoot}, r.policy("skill", scope)})
	r.must(TalkPress{})
	r.after(time.Second)
	return r
}

// directiveFor is a directive of a kind for an endpoint.
func directiveFor(kind alexa.Kind, endpoint string) alexa.Directive {
	d := alexa.Directive{Kind: kind, MessageID: "m", CorrelationToken: "token-1", EndpointID: endpoint}
	switch kind {
	case alexa.KindDiscover, alexa.KindAcceptGrant:
		d.CorrelationToken, d.EndpointID = "", ""
	case alexa.KindSetTarget:
		d.Number = 22.5
	case alexa.KindAdjustTarget:
		d.Number = -1
	case alexa.KindSetMode:
		d.Mode = alexa.ModeCool
	case alexa.KindRefused:
		d.Fault = alexa.FaultTwoSetpoints
	}
	return d
}

// asks has the skill ask, and takes the answer.
func (r *rig) asks(d alexa.Directive, result CommandResult) (Release, error) {
	r.t.Helper()
	q := alexaQuestion(d)
	q.Result = result
	if err := r.gate.Ask(r.now, &r.st, "skill", q); err != nil {
		return Release{}, err
	}
	out, err := r.release("skill")
	if len(out) != 1 {
		return Release{}, err
	}
	return out[0], nil
}

func TestAlexaQuestionsAreDirectives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := directiveFor(alexa.Kind(rapid.IntRange(1, int(alexa.KindRefused)).Draw(t, "kind")), rapid.SampledFrom([]string{"e", strings.Repeat("&", 256)}).Draw(t, "endpoint"))
		d.MessageID = "" // is answered with one of our own
		if d.Kind == alexa.KindSetMode {
			d.Mode = alexa.Mode(rapid.IntRange(1, 4).Draw(t, "mode"))
		}
		if d.CorrelationToken != "" {
			d.CorrelationToken = rapid.StringMatching(`[!#-\[\]-~]{1,512}`).Draw(t, "token")
		}
		q := alexaQuestion(d)
		if len(q.Ref) > MaxRef || !printable(q.Ref) || q.Kind == CommandNone {
			t.Fatalf("%+v", q)
		}
		again, err := alexaDirective(q)
		if err != nil || again != d {
			t.Fatalf("%+v, %v, want %+v", again, err, d)
		}
	})
	for _, ref := range []string{"", "0", "0 e", "x e t", "-1 e t", "256 e t"} {
		if d, err := alexaDirective(Question{Kind: CommandReport, Ref: ref}); err == nil {
			t.Errorf("%q: %+v", ref, d)
		}
	}
}

// What each directive is answered with in a session, and what the ledger says of it.
func TestAlexaAnswersInASession(t *testing.T) {
	for _, tt := range []struct {
		name       string
		kind       alexa.Kind
		endpoint   string
		result     CommandResult
		event      string
		properties string
		told       []Category
		fields     int
	}{
		{"discover", alexa.KindDiscover, "", ResultNone, "Discover.Response", "", []Category{CategoryTemperature, CategorySetpoint}, 0},
		{"accept grant", alexa.KindAcceptGrant, "", ResultNone, "AcceptGrant.Response", "", nil, 0},
		{"report", alexa.KindReportState, alexaDevice, ResultNone, "StateReport", "targetSetpoint=21 thermostatMode=HEAT temperature=20.5", []Category{CategoryTemperature, CategorySetpoint}, 3},
		{"report of a door", alexa.KindReportState, alexaDevice + "-d1", ResultNone, "ENDPOINT_UNREACHABLE", "", nil, 0},
		{"report of a stranger", alexa.KindReportState, "endpoint-001", ResultNone, "ENDPOINT_UNREACHABLE", "", nil, 0},
		{"set", alexa.KindSetTarget, alexaDevice, ResultApplied, "Response", "targetSetpoint=22.5 thermostatMode=HEAT temperature=20.5", []Category{CategoryTemperature, CategorySetpoint}, 2},
		{"set, refused", alexa.KindSetTarget, alexaDevice, ResultRefused, "UNWILLING_TO_SET_VALUE", "", nil, 0},
		{"set, not allowed", alexa.KindSetTarget, alexaDevice, ResultNone, "ENDPOINT_UNREACHABLE", "", nil, 0},
		{"set of a door", alexa.KindSetTarget, alexaDevice + "-d1", ResultApplied, "INVALID_DIRECTIVE", "", nil, 0},
		{"adjust", alexa.KindAdjustTarget, alexaDevice, ResultApplied, "Response", "targetSetpoint=21", []Category{CategorySetpoint}, 1},
		{"mode", alexa.KindSetMode, alexaDevice, ResultApplied, "Response", "thermostatMode=COOL", nil, 0},
		{"resume", alexa.KindResume, alexaDevice, ResultApplied, "Response", "", nil, 0},
		{"two setpoints", alexa.KindRefused, alexaDevice, ResultNone, "DUAL_SETPOINTS_UNSUPPORTED", "", nil, 0},
	} {
		r := newAlexa(t, nil)
		rel, err := r.asks(directiveFor(tt.kind, tt.endpoint), tt.result)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		event, properties := readAnswer(t, rel.Payload())
		if event != tt.event || properties != tt.properties {
			t.Errorf("%s: %s %s", tt.name, event, properties)
		}
		if rel.Topic() != "quietstat/7f3a/alexa/event" || rel.Fields() != tt.fields || !slices.Equal(rel.Categories(), tt.told) {
			t.Errorf("%s: %d fields of %v on %s", tt.name, rel.Fields(), rel.Categories(), rel.Topic())
		}
		if e := r.ledger.entries[rel.Seq()]; e.Kind != EntryReleaseIntent || e.Bytes != len(rel.Payload()) || e.Fields != tt.fields {
			t.Errorf("%s: recorded as %+v", tt.name, e)
		}
	}
}

// readAnswer is the name of an event, or the type of its error, and what it tells.
func readAnswer(t rapid.TB, payload []byte) (event, properties string) {
	t.Helper()
	var m struct {
		Context struct {
			Properties []struct {
				Name  string          `json:"name"`
				Value json.RawMessage `json:"value"`
			} `json:"properties"`
		} `json:"context"`
		Event struct {
			Header struct {
				Name string `json:"name"`
			} `json:"header"`
			Payload struct {
				Type string `json:"type"`
			} `json:"payload"`
		} `json:"event"`
	}
	if err := json.Unmarshal(payload, &m); err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, p := range m.Context.Properties {
		var inner struct {
			Value json.RawMessage `json:"value"`
		}
		if json.Unmarshal(p.Value, &inner) != nil {
			inner.Value = p.Value
		}
		told = append(told, p.Name+"="+strings.TrimSuffix(strings.Trim(string(inner.Value), `"`), ".0"))
	}
	if event = m.Event.Payload.Type; event == "" {
		event = m.Event.Header.Name
	}
	return event, strings.Join(told, " ")
}

// Nobody is told what nobody asked, nor twice, nor when the window is closed.
func TestAlexaSpeaksOnlyWhenAsked(t *testing.T) {
	r := newAlexa(t, nil)
	if n := r.run(20 * time.Second); n != 0 {
		t.Errorf("%d messages that nobody asked for", n)
	}
	if _, err := r.asks(directiveFor(alexa.KindReportState, alexaDevice), ResultNone); err != nil {
		t.Error(err)
	}
	if n := r.run(5 * time.Second); n != 0 {
		t.Errorf("%d answers to a question that has one", n)
	}
	r.must(Quiet{})
	for kind := alexa.KindDiscover; kind <= alexa.KindRefused; kind++ {
		if rel, err := r.asks(directiveFor(kind, alexaDevice), ResultApplied); err == nil || rel.Valid() {
			t.Errorf("closed, %d is answered: %s", kind, rel.Payload())
		}
	}
	if n := r.run(time.Minute); n != 0 {
		t.Errorf("%d messages after the end", n)
	}
}

// A wish is answered out of a snapshot that knows of it, a question out of any that is
// fresh.
func TestAlexaWishIsToldAfterItHolds(t *testing.T) {
	for _, tt := range []struct {
		kind    alexa.Kind
		earlier time.Duration
		ok      bool
	}{
		{alexa.KindAdjustTarget, -time.Millisecond, false},
		{alexa.KindAdjustTarget, 0, true},
		{alexa.KindReportState, -time.Millisecond, true},
	} {
		r := newAlexa(t, nil)
		r.after(10 * time.Second)
		r.now.Boot -= tt.earlier // the question comes after the snapshot
		_, err := r.asks(directiveFor(tt.kind, alexaDevice), ResultApplied)
		if (err == nil) != tt.ok {
			t.Errorf("%d, %v after the snapshot: %v", tt.kind, -tt.earlier, err)
		}
		if !tt.ok {
			wantReason(t, err, ReasonEarlySample)
			r.after(time.Second)
			if out, err := r.release("skill"); len(out) != 1 {
				t.Errorf("not answered out of the next either: %v", err)
			}
		}
	}
}

// Without trusted wall time there is no timeOfSample, so nothing is told.
func TestAlexaWithoutWallTime(t *testing.T) {
	r := newAlexa(t, nil)
	r.now.WallTrusted = false
	r.after(time.Second)
	for kind, want := range map[alexa.Kind]string{alexa.KindReportState: "ENDPOINT_UNREACHABLE", alexa.KindSetTarget: "Response"} {
		r.after(2 * time.Second)
		rel, err := r.asks(directiveFor(kind, alexaDevice), ResultApplied)
		if err != nil {
			t.Fatal(err)
		}
		if event, properties := readAnswer(t, rel.Payload()); event != want || properties != "" || rel.Fields() != 0 {
			t.Errorf("%d: %s %s", kind, event, properties)
		}
	}
}

// Two houses that share no reading, with a skill that may know of none of them, give
// byte for byte the same answers, in a session and under an opt-in.
func TestAlexaTwoHousesAreAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		granted := rapid.Bool().Draw(t, "under an opt-in")
		kind := alexa.Kind(rapid.IntRange(1, int(alexa.KindRefused)).Draw(t, "kind"))
		endpoint := rapid.SampledFrom([]string{alexaDevice, alexaDevice + "-d1", alexaDevice + "-d2", "endpoint-001"}).Draw(t, "endpoint")
		result := CommandResult(rapid.IntRange(0, 2).Draw(t, "result"))
		var payloads [][]byte
		for _, change := range []func(*Snapshot){func(*Snapshot) {}, func(s *Snapshot) {
			s.Temperature, s.Humidity, s.Pressure, s.Setpoint, s.Mode, s.Action = 11.2, 88, 97000, 9, ModeCool, ActionCooling
			s.Sensor, s.Demand, s.Heat, s.Cool, s.Doors[0].Open, s.Doors[1].Open = HealthStale, -1, false, true, false, true
		}} {
			// Humidity is covered, which Alexa has no word for here: thus nothing is.
			r := newAlexa(t, Scope{{Category: CategoryHumidity}})
			change(&r.snap)
			if granted {
				r.give("skill", GrantRequest{RecipientID: "skill", Purpose: PurposeRemote, Scope: Scope{{Category: CategoryHumidity}}})
				r.must(SessionEnd{})
			}
			r.after(time.Second)
			rel, err := r.asks(directiveFor(kind, endpoint), result)
			if err != nil {
				t.Fatal(err)
			}
			if rel.Fields() != 0 {
				t.Fatalf("tells %d values", rel.Fields())
			}
			payloads = append(payloads, rel.Payload())
		}
		if !bytes.Equal(payloads[0], payloads[1]) {
			t.Fatalf("%s\n%s", payloads[0], payloads[1])
		}
	})
}

// A door is an endpoint of its own, and only where its name was agreed to.
func TestAlexaDoors(t *testing.T) {
	r := newAlexa(t, Scope{{Category: CategoryDoor, Granularity: Granularity{Fields: []string{"door_2"}}}, {Category: CategoryHealth}})
	for _, tt := range []struct{ endpoint, event, properties string }{
		{"-d1", "ENDPOINT_UNREACHABLE", ""},
		{"-d2", "StateReport", "detectionState=NOT_DETECTED"},
		{"-d3", "ENDPOINT_UNREACHABLE", ""},
		{"", "StateReport", "connectivity=OK"},
	} {
		r.after(2 * time.Second)
		rel, err := r.asks(directiveFor(alexa.KindReportState, alexaDevice+tt.endpoint), ResultNone)
		if err != nil {
			t.Fatal(err)
		}
		if event, properties := readAnswer(t, rel.Payload()); event != tt.event || properties != tt.properties {
			t.Errorf("%s: %s %s", tt.endpoint, event, properties)
		}
	}
	r.snap.Doors[1].Open = true
	r.snap.Sensor = HealthFault
	for endpoint, want := range map[string]string{"-d2": "detectionState=DETECTED", "": "connectivity=UNREACHABLE"} {
		r.after(2 * time.Second)
		rel, err := r.asks(directiveFor(alexa.KindReportState, alexaDevice+endpoint), ResultNone)
		if err != nil {
			t.Fatal(err)
		}
		if _, properties := readAnswer(t, rel.Payload()); properties != want {
			t.Errorf("%s: %s", endpoint, properties)
		}
	}
}

func TestAlexaRecipient(t *testing.T) {
	rec := alexaRecipient("skill")
	if err := rec.Validate(); err != nil {
		t.Error(err)
	}
	if got := rec.Listens(); len(got) != 1 || got[0] != "quietstat/7f3a/alexa/directive" {
		t.Errorf("listens on %q", got)
	}
	for _, id := range []string{"", "7f3a", "7F3A00112233AABB", "7f3a00112233aabb0"} {
		if rec.DeviceID = id; rec.Validate() == nil {
			t.Errorf("device id %q", id)
		}
	}
	// A preview shows what would be answered if somebody asked now.
	r := newAlexa(t, nil)
	p := r.gate.Preview(r.now, &r.st, "skill", r.snap)
	if len(p.Messages) != 1 {
		t.Fatalf("%d messages", len(p.Messages))
	}
	if event, properties := readAnswer(t, p.Messages[0].Payload); event != "StateReport" || properties != "targetSetpoint=21 thermostatMode=HEAT temperature=20.5" {
		t.Errorf("previewed as %s %s", event, properties)
	}
}

// What a bridge may say, as the uplink understands it.
func TestAlexaUnderstands(t *testing.T) {
	rec := alexaRecipient("skill")
	topic := rec.Listens()[0]
	text := `{"directive":{"header":{"namespace":"Alexa.ThermostatController","name":"SetThermostatMode","payloadVersion":"3","messageId":"m","correlationToken":"t+/="},` +
		`"endpoint":{"endpointId":"` + alexaDevice + `","scope":{"type":"BearerToken","token":"secret"}},"payload":{"thermostatMode":{"value":"AUTO"}}}}`
	if q := rec.Understand(topic, []byte(text)); q != (Question{Kind: CommandMode, Number: float64(ModeAuto), Ref: "0 " + alexaDevice + " t+/="}) || !q.Valid() {
		t.Errorf("understood as %+v", q)
	}
	for _, endpoint := range []string{"e", alexaDevice + "-d1", alexaDevice + "0"} {
		if q := rec.Understand(topic, []byte(strings.Replace(text, alexaDevice, endpoint, 1))); q.Kind.Moves() || !q.Valid() {
			t.Errorf("a wish for %s is understood as %+v", endpoint, q)
		}
	}
	for _, text := range []string{"", "on", "{}", text[1:], text + "x", strings.Replace(text, "SetThermostatMode", "SetThermostatMode\x00", 1)} {
		if q := rec.Understand(topic, []byte(text)); q.Valid() && q.Kind.Moves() || q == (Question{}) == q.Valid() {
			t.Errorf("%q is understood as %+v", text, q)
		}
	}
}

// Wishes are obeyed in a session whose policy covers the setpoint, and under an opt-in
// for remote.control; never because they come.
func TestAlexaWishesNeedAReason(t *testing.T) {
	wish := alexaQuestion(directiveFor(alexa.KindSetTarget, alexaDevice))
	for _, tt := range []struct {
		name   string
		policy Category
		given  Purpose
		ok     bool
	}{
		{"a session that may know the setpoint", CategorySetpoint, PurposeNone, true},
		{"a session that may not", CategoryTemperature, PurposeNone, false},
		{"an opt-in to be told", CategoryTemperature, PurposeAutomation, false},
		{"an opt-in for wishes", CategoryTemperature, PurposeRemote, true},
	} {
		r := newAlexa(t, Scope{{Category: tt.policy}})
		if tt.given != PurposeNone {
			r.give("skill", GrantRequest{RecipientID: "skill", Purpose: tt.given, Scope: Scope{{Category: CategorySetpoint}}})
		}
		w, _ := r.st.Window("skill")
		if _, err := r.gate.Obey(r.now, &r.st, "skill", w.Epoch, wish, false); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.name, err)
		}
		_, err := r.gate.Obey(r.now, &r.st, "skill", w.Epoch, wish, true)
		wantReason(t, err, ReasonRetained)
		r.must(QuietHold{})
		if _, err := r.gate.Obey(r.now, &r.st, "skill", w.Epoch, wish, false); err == nil {
			t.Errorf("%s: obeyed when all is closed", tt.name)
		}
	}
}

// Where a session and opt-ins are open at once, a question is answered under the one
// that has something to tell, the widest first.
func TestAlexaIsAnsweredUnderTheBasisThatCovers(t *testing.T) {
	r := newAlexa(t, Scope{{Category: CategoryTemperature}, {Category: CategorySetpoint}, {Category: CategoryHVAC}})
	wishes := r.give("skill", GrantRequest{RecipientID: "skill", Purpose: PurposeRemote, Scope: Scope{{Category: CategorySetpoint}}})
	doors := r.give("skill", GrantRequest{RecipientID: "skill", Purpose: PurposeAutomation, Scope: Scope{{Category: CategoryDoor, Granularity: Granularity{Fields: []string{"door_1"}}}}})
	r.must(TalkPress{})
	session, _ := r.st.Session()
	for _, tt := range []struct{ endpoint, event, properties, basis string }{
		{"", "StateReport", "targetSetpoint=21 thermostatMode=HEAT temperature=20.5", session.ID},
		{"-d1", "StateReport", "detectionState=DETECTED", doors.ID},
		{"-d2", "ENDPOINT_UNREACHABLE", "", doors.ID},
	} {
		r.after(2 * time.Second)
		rel, err := r.asks(directiveFor(alexa.KindReportState, alexaDevice+tt.endpoint), ResultNone)
		if err != nil {
			t.Fatalf("%s: %v", tt.endpoint, err)
		}
		if event, properties := readAnswer(t, rel.Payload()); event != tt.event || properties != tt.properties || rel.BasisID() != tt.basis {
			t.Errorf("%s: %s %s under %s, want %s", tt.endpoint, event, properties, rel.BasisID(), tt.basis)
		}
	}
	r.must(SessionEnd{})
	r.after(2 * time.Second)
	rel, err := r.asks(directiveFor(alexa.KindReportState, alexaDevice), ResultNone)
	if err != nil || rel.BasisID() != wishes.ID {
		t.Errorf("after the session: %v, under %s", err, rel.BasisID())
	}
}
