package main

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quietstat/agent/internal/local"
)

func TestParseShare(t *testing.T) {
	tests := []struct {
		word string
		want local.Share
	}{
		{"climate.temperature", local.Share{Category: "climate.temperature"}},
		{" climate.temperature ", local.Share{Category: "climate.temperature"}},
		{"climate.temperature=0.5", local.Share{Category: "climate.temperature", Round: 0.5}},
		{"climate.temperature=0.5/300s", local.Share{Category: "climate.temperature", Round: 0.5, PeriodS: 300}},
		{"climate.temperature=1e-3/1h30m", local.Share{Category: "climate.temperature", Round: 0.001, PeriodS: 5400}},
		{"hvac.state/60s", local.Share{Category: "hvac.state", PeriodS: 60}},
		{"hvac.state/1ms", local.Share{Category: "hvac.state", PeriodS: 0.001}},
		{"climate.temperature@live", local.Share{Category: "climate.temperature", Mode: "live"}},
		{"climate.temperature=0.5/5m@latest#12", local.Share{Category: "climate.temperature", Round: 0.5, PeriodS: 300, Mode: "latest", PerHour: 12}},
		{"x#1", local.Share{Category: "x", PerHour: 1}},
		{"x/1m#3600:a+b", local.Share{Category: "x", PeriodS: 60, PerHour: 3600, Fields: []string{"a", "b"}}},
		{"door.state:door_1", local.Share{Category: "door.state", Fields: []string{"door_1"}}},
		{"door.state=1/5m:door_1+door_2", local.Share{Category: "door.state", Round: 1, PeriodS: 300, Fields: []string{"door_1", "door_2"}}},
		{"climate.temperature=999999.9", local.Share{Category: "climate.temperature", Round: 999999.9}},
	}
	for _, tt := range tests {
		got, err := parseShare(tt.word)
		if err != nil {
			t.Errorf("%q: %v", tt.word, err)
			continue
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.word, diff)
		}
	}
}

func TestParseShareRefuses(t *testing.T) {
	tests := []struct{ word, want string }{
		{"", "no category"}, {"=0.5", "no category"}, {"/60s", "no category"}, {":door_1", "no category"},
		{"x=", "rounding"}, {"x=/60s", "rounding"}, {"x=0", "rounding"}, {"x=-1", "rounding"}, {"x=1e6", "rounding"}, {"x=NaN", "rounding"}, {"x=Inf", "rounding"},
		{"x=a", "rounding"}, {"x=0.5K", "rounding"}, {"x=0,5", "rounding"}, {"x=1=2", "rounding"},
		{"x/", "period"}, {"x/60", "period"}, {"x/0s", "period"}, {"x/-1s", "period"}, {"x/1d", "period"}, {"x/1s/2s", "period"}, {"x/60s=0.5", "period"},
		{"x@", "live"}, {"x@now", "live"}, {"x@live/5m", "live"}, {"x@live@live", "live"}, {"@live", "no category"},
		{"x#", "hour"}, {"x#0", "hour"}, {"x#3601", "hour"}, {"x#-1", "hour"}, {"x#1.5", "hour"}, {"x#1#2", "hour"}, {"x#1@live", "hour"},
		{"x:", "field"}, {"x:a+", "field"}, {"x:+a", "field"}, {"x:a++b", "field"},
	}
	for _, tt := range tests {
		got, err := parseShare(tt.word)
		var p *local.Problem
		if !errors.As(err, &p) || p.Code != local.CodeUsage || p.Hint == "" || !strings.Contains(p.Message, tt.want) {
			t.Errorf("%q: %v, want a usage problem about its %s", tt.word, err, tt.want)
		}
		if !cmp.Equal(got, local.Share{}) {
			t.Errorf("%q: an error and %+v", tt.word, got)
		}
	}
}

// TestShares reads lists with spaces and with commas, and all or nothing.
func TestShares(t *testing.T) {
	list, err := shares([]string{"a,b=2", "c/1s"})
	want := []local.Share{{Category: "a"}, {Category: "b", Round: 2}, {Category: "c", PeriodS: 1}}
	if diff := cmp.Diff(want, list); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	for _, bad := range [][]string{{"a", ""}, {"a,"}, {",a"}, {"a", "b=0"}} {
		if list, err := shares(bad); err == nil || list != nil {
			t.Errorf("%q: %v, %v", bad, list, err)
		}
	}
	if list, err := shares(nil); list != nil || err != nil {
		t.Errorf("nothing: %v, %v", list, err)
	}
}

func TestNames(t *testing.T) {
	for want, list := range map[string][]local.Share{
		"the default policy (quietstat policy show)": nil,
		"a":                   {{Category: "a"}},
		"a rounded to 0.5, b": {{Category: "a", Round: 0.5}, {Category: "b", PeriodS: 3}},
	} {
		if got := names(list); got != want {
			t.Errorf("names(%v) = %q, want %q", list, got, want)
		}
	}
}

// FuzzParseShare: what is accepted can be sent, and nothing comes with an error.
func FuzzParseShare(f *testing.F) {
	for _, word := range []string{"climate.temperature=0.5/300s", "hvac.state/60s", "door.state:door_1+door_2", "x=", "/", ":", "=", "x=0x1p-2/1h:y"} {
		f.Add(word)
	}
	f.Fuzz(func(t *testing.T, word string) {
		got, err := parseShare(word)
		if err != nil {
			if !cmp.Equal(got, local.Share{}) {
				t.Errorf("%q: an error and %+v", word, got)
			}
			return
		}
		if got.Category == "" || strings.ContainsAny(got.Category, "=/:") || !(got.Round >= 0 && got.Round < 1e6) ||
			!(got.PeriodS >= 0) || math.IsInf(got.PeriodS, 0) {
			t.Errorf("%q: %+v", word, got)
		}
		for _, field := range got.Fields {
			if field == "" || strings.Contains(field, "+") {
				t.Errorf("%q: field %q", word, field)
			}
		}
	})
}
