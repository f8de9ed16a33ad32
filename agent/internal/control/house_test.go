package control

import (
	"encoding/json"
	"testing"

	"quietstat/agent/internal/local"
	"quietstat/agent/internal/store"
	"quietstat/hvac"
)

// ownHouse asks as the owner, whom only the kernel can name: behind that check.
func ownHouse(t *testing.T, r *role, verb string) local.House {
	t.Helper()
	h := r.answerHouse
	if verb == "house.forget" {
		h = r.answerForget
	}
	got, err := h(t.Context(), local.Caller{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return got.(local.House)
}

// Forgetting is seen in the answer, done by the next tick, and saved before it is.
func TestTheHouseIsShownAndForgotten(t *testing.T) {
	folder := t.TempDir()
	o := Options{Config: testConfig(t), Disk: new(store.Disk), StateFolder: folder}
	l := newLived(t, o)
	l.live(2)
	if h := ownHouse(t, l.role, "house"); h.LearnedS != 0 || h.Drives {
		t.Errorf("a house nobody has seen: %+v", h)
	}
	l.live(3600)
	h := ownHouse(t, l.role, "house")
	if h.LearnedS < 3000 || len(h.Rises) != hvac.Rises || len(h.Answers) != hvac.Modes || h.Answers[0].DoubtK <= 0 {
		t.Fatalf("after an hour: %+v", h)
	}
	if h = ownHouse(t, l.role, "house.forget"); h.LearnedS != 0 {
		t.Errorf("the answer still knows: %+v", h)
	}
	if h = ownHouse(t, l.role, "house"); h.LearnedS != 0 {
		t.Errorf("before the next tick it is still shown: %+v", h)
	}
	l.role.saver.save(at(l.seconds).Boot)
	var kept saved
	if _, err := o.Disk.LoadState(statePath(folder), stateSchema, &kept); err != nil {
		t.Fatal(err)
	}
	var controller hvac.Saved
	if err := json.Unmarshal(kept.Controller, &controller); err != nil || controller.House != (hvac.SavedHouse{}) && controller.House.Informed != 0 {
		t.Errorf("saved all the same: %+v, %v", controller.House, err)
	}
	l.live(600)
	if h = ownHouse(t, l.role, "house"); h.LearnedS == 0 || h.LearnedS > 700 {
		t.Errorf("ten minutes later: %+v", h)
	}
}

// Whoever lives in the house may look; only the owner may have it forgotten.
func TestOnlyTheOwnerForgetsTheHouse(t *testing.T) {
	l := newLived(t, Options{})
	l.live(1800)
	guest := local.Caller{}
	if _, err := l.role.verbs()["house"](t.Context(), guest, nil); err != nil {
		t.Errorf("looking is refused: %v", err)
	}
	if _, err := l.role.verbs()["house.forget"](t.Context(), guest, nil); err == nil {
		t.Error("somebody unknown had the house forgotten")
	}
	if h := ownHouse(t, l.role, "house"); h.LearnedS == 0 {
		t.Error("it is forgotten")
	}
}
