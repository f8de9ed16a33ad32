package consent

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func sampleEntry() Entry {
	return Entry{
		Seq: 7, Kind: EntryReleaseIntent, Wall: start, WallTrusted: true, Boot: time.Hour, BootID: "boot-a", Basis: BasisSession, BasisID: "session-9",
		Recipient: "hub", Purpose: PurposeVoiceAnswer, Categories: []Category{CategoryTemperature, CategorySetpoint}, Fields: 3, Bytes: 512, Commitment: [32]byte{1, 2},
	}
}

func TestGoldenEntry(t *testing.T) {
	want := `{"seq":7,"kind":"release.intent","wall":"2026-01-05T06:00:00Z","wall_trusted":true,"boottime_ns":3600000000000,"boot_id":"boot-a",` +
		`"basis":"session","basis_id":"session-9","recipient":"hub","purpose":"answer.voice_request","categories":["climate.temperature","setpoint"],` +
		`"fields":3,"bytes":512,"commitment":"0102000000000000000000000000000000000000000000000000000000000000"}` + "\n"
	got, err := sampleEntry().Format()
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

func TestParseEntryRefuses(t *testing.T) {
	b, err := sampleEntry().Format()
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	for name, in := range map[string]string{
		"nothing":          "",
		"no newline":       strings.TrimSuffix(good, "\n"),
		"two newlines":     good + "\n",
		"two entries":      good + good,
		"a space":          strings.Replace(good, ":7", ": 7", 1),
		"unknown kind":     strings.Replace(good, "release.intent", "release.rumour", 1),
		"kind none":        strings.Replace(good, "release.intent", "none", 1),
		"no kind":          strings.Replace(good, `"kind":"release.intent",`, "", 1),
		"unknown key":      strings.Replace(good, `"bytes"`, `"note":"x","bytes"`, 1),
		"other case":       strings.Replace(good, `"bytes"`, `"Bytes"`, 1),
		"key twice":        strings.Replace(good, `"bytes":512`, `"bytes":512,"bytes":512`, 1),
		"order":            strings.Replace(good, `"fields":3,"bytes":512`, `"bytes":512,"fields":3`, 1),
		"unknown category": strings.Replace(good, "climate.temperature", "climate.co2", 1),
		"other zone":       strings.Replace(good, "06:00:00Z", "07:00:00+01:00", 1),
		"no time":          strings.Replace(good, "2026-01-05T06:00:00Z", "today", 1),
		"escaped":          strings.Replace(good, "hub", `\u0068ub`, 1),
		"explicit zero":    strings.Replace(good, `"fields":3`, `"fields":0`, 1),
		"short commitment": strings.Replace(good, "0102", "01", 1),
		"long commitment":  strings.Replace(good, "0102", "010200", 1),
		"big commitment":   strings.Replace(good, "0102", "010A", 1),
		"zero commitment":  strings.Replace(good, "0102", "0000", 1),
		"negative seq":     strings.Replace(good, ":7", ":-7", 1),
		"too long":         strings.Replace(good, "hub", strings.Repeat("h", MaxEntry), 1),
	} {
		if e, err := ParseEntry([]byte(in)); err == nil || e.Kind != EntryNone {
			t.Errorf("%s: read as %+v", name, e)
		}
	}
	long := sampleEntry()
	long.Recipient = strings.Repeat("h", MaxEntry)
	if _, err := long.Format(); err == nil {
		t.Error("an entry longer than an entry may be was written")
	}
	if _, err := (Entry{}).Format(); err == nil {
		t.Error("an entry of no kind was written")
	}
}

func anyEntry(t *rapid.T) Entry {
	e := Entry{
		Seq: rapid.Uint64().Draw(t, "seq"), Kind: EntryKind(rapid.IntRange(1, int(EntryKeyRotated)).Draw(t, "kind")),
		Wall: time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "s"), rapid.Int64Range(0, 1e9-1).Draw(t, "ns")).UTC(), WallTrusted: rapid.Bool().Draw(t, "trusted"),
		Boot: time.Duration(rapid.Int64().Draw(t, "boot")), BootID: rapid.StringMatching(`[a-z0-9-]{0,36}`).Draw(t, "id"),
		Basis: BasisKind(rapid.IntRange(0, int(BasisOnce)).Draw(t, "basis")), BasisID: rapid.String().Draw(t, "basis id"), Recipient: rapid.String().Draw(t, "recipient"),
		Purpose: Purpose(rapid.IntRange(0, int(PurposeResearch)).Draw(t, "purpose")), Fields: rapid.IntRange(0, 50).Draw(t, "fields"), Bytes: rapid.IntRange(0, 4096).Draw(t, "bytes"),
		Reason: ReasonCode(rapid.IntRange(0, int(ReasonUnknown)).Draw(t, "reason")),
	}
	copy(e.Commitment[:], rapid.SliceOfN(rapid.Byte(), 0, 32).Draw(t, "commitment"))
	e.Categories = rapid.SliceOfN(rapid.SampledFrom(Categories()), 0, 5).Draw(t, "categories")
	return e
}

func TestEntryRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := anyEntry(t)
		b, err := e.Format()
		if err != nil {
			return // too long
		}
		got, err := ParseEntry(b)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := got.Format(); err != nil || !bytes.Equal(again, b) || got.Seq != e.Seq || got.Kind != e.Kind || !got.Wall.Equal(e.Wall) || got.Recipient != e.Recipient || got.Commitment != e.Commitment || got.Reason != e.Reason || got.Basis != e.Basis {
			t.Fatalf("%+v\n%+v\n%s", e, got, again)
		}
	})
}

func FuzzParseEntry(f *testing.F) {
	b, _ := sampleEntry().Format()
	f.Add(b)
	f.Add([]byte(`{"seq":0,"kind":"deny.summary","wall":"2026-01-05T06:00:00Z","wall_trusted":false,"boottime_ns":0,"boot_id":"","counts":{"light":2}}` + "\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		e, err := ParseEntry(b)
		if err != nil {
			return
		}
		if out, err := e.Format(); err != nil || !bytes.Equal(out, b) {
			t.Errorf("%q was read and written as %q, %v", b, out, err)
		}
	})
}

func TestCommit(t *testing.T) {
	a := Commit([32]byte{1}, []byte("payload"))
	if a == Commit([32]byte{2}, []byte("payload")) || a == Commit([32]byte{1}, []byte("payloae")) || a != Commit([32]byte{1}, []byte("payload")) {
		t.Error("a commitment does not bind salt and payload")
	}
}
