package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"quietstat/consent"
)

func TestWhatIsSetAsideOutlivesSaves(t *testing.T) {
	d, path := new(Disk), filepath.Join(scratch(t), "consent.json")
	if name, err := d.SetAside(path); name != "" || err != nil {
		t.Fatalf("nothing was set aside as %q, %v", name, err)
	}
	for i, want := range []string{"first", "second"} {
		if err := d.SaveState(path, "test/1", want); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		name, err := d.SetAside(path)
		if err != nil || name != path+".aside-"+string(rune('1'+i)) {
			t.Fatalf("set aside as %q, %v", name, err)
		}
	}
	for range 3 {
		if err := d.SaveState(path, "test/1", "later"); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path + ".aside-1"); err != nil || string(got) != "damaged" {
		t.Errorf("the first is %q, %v", got, err)
	}
	var got string
	if ok, err := d.LoadState(path+".aside-2", "test/1", &got); !ok || err != nil || got != "second" {
		t.Errorf("the second is %q, %v", got, err)
	}
	if got, err := os.ReadFile(path + ".aside-2.old"); err != nil || string(got) != "damaged" {
		t.Errorf("its older generation is %q, %v", got, err)
	}
}

func TestSetAsideEndsSomewhere(t *testing.T) {
	d, path := new(Disk), filepath.Join(scratch(t), "consent.json")
	if err := d.SaveState(path, "test/1", 1); err != nil {
		t.Fatal(err)
	}
	for range asideMost {
		if _, err := d.SetAside(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.SetAside(path); err == nil {
		t.Error("set aside once more")
	}
	d.Inject(failing(syscall.EIO))
	if _, err := d.SetAside(path); !errors.Is(err, syscall.EIO) {
		t.Errorf("a failing disk: %v", err)
	}
}

func TestRecordsComeBackByteForByte(t *testing.T) {
	d, dir := new(Disk), filepath.Join(scratch(t), "records")
	want := consent.BasisRecord{Record: []byte(`{"id":"<a>&b","scope":[]}`), Recipient: consent.Recipient{ID: "hub", Reach: consent.ReachLAN}}
	if err := SaveRecord(d, dir, "019b", want); err != nil {
		t.Fatal(err)
	}
	got, err := LoadRecord(d, dir, "019b")
	if err != nil || string(got.Record) != string(want.Record) || got.Recipient.Fingerprint() != want.Recipient.Fingerprint() {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err := LoadRecord(d, dir, "019c"); !errors.Is(err, ErrNoRecord) {
		t.Errorf("one that is not there: %v", err)
	}
	for _, id := range []string{"", ".", "..", "../019b", "a/b", "/etc/passwd"} {
		if _, err := LoadRecord(d, dir, id); err == nil || errors.Is(err, ErrNoRecord) {
			t.Errorf("%q was looked for: %v", id, err)
		}
		if err := SaveRecord(d, dir, id, want); err == nil {
			t.Errorf("%q was written", id)
		}
	}
}

// Credentials lie in a folder beside the recipients' files; it is not ours to take
// away while its recipient is there.
func TestMirrorLeavesFoldersAlone(t *testing.T) {
	d, dir := new(Disk), filepath.Join(scratch(t), "recipients")
	secret := filepath.Join(dir, "hub.json.credentials")
	if err := d.Mirror(secret, map[string][]byte{"password": []byte("x\n"), "username": []byte("y\n")}); err != nil {
		t.Fatal(err)
	}
	for _, files := range []map[string][]byte{{"hub.json": []byte("1")}, {}} {
		if err := d.Mirror(dir, files); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(secret, "password")); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := d.RemoveFolder(secret); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(secret); !errors.Is(err, os.ErrNotExist) {
		t.Error("the credentials are still there")
	}
	if err := d.Mirror(filepath.Join(secret, "deeper"), map[string][]byte{"a": nil}); err != nil {
		t.Fatal(err)
	}
	if err := d.RemoveFolder(secret); err == nil {
		t.Error("a folder with folders was removed")
	}
}

func TestFindReadsManyAtOnce(t *testing.T) {
	v := openValues(t, new(Disk), scratch(t))
	defer v.Close()
	put(t, v, trusted(noon), 1, 2, 3)
	put(t, v, trusted(noon.AddDate(0, 0, 1)), 4, 5)
	wanted := map[uint64][32]byte{7: {}}
	for _, seq := range []uint64{1, 3, 5} {
		wanted[seq] = consent.Commit(salt(seq), payload(seq))
	}
	wanted[2] = consent.Commit(salt(2), payload(3)) // another's payload
	found, err := v.Find(wanted)
	if err != nil || len(found) != 3 || string(found[1]) != string(payload(1)) || string(found[5]) != string(payload(5)) {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := v.Find(nil); len(found) != 0 || err != nil {
		t.Errorf("%v, %v", found, err)
	}
}
