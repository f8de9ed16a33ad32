package voice

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"quietstat/consent"
)

func ovosMessageOf(kind, data string) string {
	return fmt.Sprintf(`{"type": %q, "data": %s, "context": {"source": "audio"}}`, kind, data)
}

const rl = "recognizer_loop:"

func TestRecogniser(t *testing.T) {
	type step struct {
		kind, mode string
		after      time.Duration
	}
	ww, begin, mode := step{kind: rl + "wakeword"}, step{kind: rl + "record_begin"}, step{kind: rl + "state", mode: "wakeword"}
	for _, test := range []struct {
		name  string
		steps []step
		want  string
		asks  int
	}{
		{"a wake word", []step{ww, begin, mode}, "wake listening", 1},
		{"in the other order", []step{ww, mode, begin}, "wake listening", 1},
		{"and a session", []step{ww, begin, mode, {kind: rl + "utterance"}, {kind: rl + "audio_output_start"}, {kind: rl + "audio_output_end"}},
			"wake listening thinking speaking end", 1},
		{"mycroft.mic.listen", []step{{kind: "mycroft.mic.listen"}, begin, {kind: rl + "record_end"}, {kind: rl + "utterance"}}, "listening thinking", 0},
		{"injected audio", []step{{kind: rl + "b64_audio"}, {kind: rl + "utterance"}}, "thinking", 0},
		{"the mode was known before", []step{mode, ww, begin}, "", 1},
		{"listening all the time", []step{ww, begin, {kind: rl + "state", mode: "continuous"}, mode}, "end", 1},
		{"hybrid", []step{ww, {kind: rl + "state", mode: "hybrid"}, begin}, "end listening", 1},
		{"asleep", []step{ww, begin, {kind: rl + "state", mode: "sleeping"}}, "end", 1},
		{"no mode", []step{ww, begin, {kind: rl + "state"}}, "end", 1},
		{"just in time", []step{ww, begin, {kind: rl + "state", mode: "wakeword", after: ovosWake}}, "wake listening", 1},
		{"too late", []step{ww, begin, {kind: rl + "state", mode: "wakeword", after: ovosWake + 1}}, "", 1},
		{"no recording", []step{ww, mode}, "", 1},
		{"stopped before it began", []step{ww, begin, {kind: "mycroft.stop"}, mode}, "end", 1},
		{"a wake word counts once", []step{ww, begin, mode, begin}, "wake listening listening", 1},
		{"a stop word", []step{{kind: rl + "stopword"}, begin, mode}, "listening", 0},
		{"not understood", []step{ww, begin, mode, {kind: rl + "speech.recognition.unknown"}}, "wake listening end", 1},
		{"muted", []step{ww, begin, mode, {kind: "mycroft.mic.mute"}}, "wake listening muted", 1},
		{"what skills say", []step{ww, {kind: "skill.x.y"}, begin, {kind: "gui.page.show"}, mode}, "wake listening", 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			var r recogniser
			var got []string
			now, asks := time.Unix(1, 0), 0
			for _, s := range test.steps {
				now = now.Add(s.after)
				kinds, ask := r.on(ovosMessage{s.kind, s.mode}, now)
				for _, k := range kinds {
					got = append(got, words[k])
				}
				if ask {
					asks++
				}
			}
			if told := strings.Join(got, " "); told != test.want || asks != test.asks {
				t.Errorf("told %q and asked %d times, want %q and %d", told, asks, test.want, test.asks)
			}
		})
	}
}

func TestDecodeOVOS(t *testing.T) {
	for text, want := range map[string]ovosMessage{
		ovosMessageOf(rl+"state", `{"mode": "wakeword", "state": "in_cmd"}`):      {rl + "state", "wakeword"},
		ovosMessageOf(rl+"utterance", `{"utterances": ["`+phrase+`"]}`):           {rl + "utterance", ""},
		ovosMessageOf(rl+"wakeword", `{"utterance": "hey mycroft", "mode": "x"}`): {rl + "wakeword", ""},
		`{"type": "x"}`: {"x", ""},
	} {
		if got, err := decodeOVOS([]byte(text)); err != nil || got != want {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
	}
	for _, bad := range []string{"", "{}", "[]", `{"type": 3}`, `{"type": "` + phrase, ovosMessageOf(rl+"state", `{"mode": ["`+phrase+`"]}`)} {
		if _, err := decodeOVOS([]byte(bad)); err == nil || strings.Contains(err.Error(), phrase) {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// However the bus talks, there is no wake without the listener's wakeword before it.
func FuzzOVOS(f *testing.F) {
	f.Add(rl+"wakeword\n"+rl+"record_begin\n"+rl+"state", "wakeword")
	f.Add("mycroft.mic.listen\n"+rl+"record_begin\n"+rl+"utterance", "")
	f.Fuzz(func(t *testing.T, script, mode string) {
		var r recogniser
		woken := false
		for i, kind := range strings.Split(script, "\n") {
			m, err := decodeOVOS([]byte(ovosMessageOf(kind, fmt.Sprintf(`{"mode": %q}`, mode))))
			if err != nil {
				continue
			}
			kinds, _ := r.on(m, time.Unix(int64(i), 0))
			woken = woken || m.kind == rl+"wakeword"
			if slices.Contains(kinds, consent.KindWake) && (!woken || mode != "wakeword") {
				t.Fatalf("a wake out of %q in mode %q", script, mode)
			}
		}
	})
}

func TestOVOSAsksForTheMode(t *testing.T) {
	p := startWSPeer(t, "/core", []string{
		ovosMessageOf(rl+"wakeword", `{"utterance": "hey mycroft"}`), ovosMessageOf(rl+"record_begin", "{}"),
		ovosMessageOf("gui.page.show", `{"page": "`+strings.Repeat("x", 200_000)+`"}`),
		ovosMessageOf(rl+"state", `{"mode": "wakeword"}`), ovosMessageOf(rl+"utterance", `{"utterances": ["`+phrase+`"]}`),
	})
	a, err := NewOVOS(p.address, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := newSinkLog()
	run(t, a, s)
	if asked := <-p.heard; asked != ovosAsk {
		t.Errorf("asked %s", asked)
	}
	s.until(t, 3)
	p.hangUp <- struct{}{}
	s.until(t, 1)
	var got []string
	for _, e := range s.heard() {
		if e.Source != consent.SourceOVOS || !e.Live {
			t.Errorf("%+v", e)
		}
		got = append(got, words[e.Kind])
	}
	if told := strings.Join(got, " "); told != "wake listening thinking lost" {
		t.Errorf("told %s", told)
	}
}

// A bus that the network reaches is not followed at all.
func TestOVOSRefusesAnOpenBus(t *testing.T) {
	l, err := net.Listen("tcp4", "0.0.0.0:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	a, err := NewOVOS("127.0.0.1:"+port, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.follow(t.Context(), newSinkLog()); err == nil || !strings.Contains(err.Error(), "network") {
		t.Errorf("an open bus: %v", err)
	}
}
