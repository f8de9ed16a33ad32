package cosim

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"quietstat/agent/internal/store"
)

// answers runs a whole input through a port.
func answers(t *testing.T, in io.Reader) []reply {
	t.Helper()
	var out bytes.Buffer
	if err := Serve(context.Background(), newPort(t, Options{}), in, &out); err != nil {
		t.Fatal(err)
	}
	var all []reply
	for line := range strings.Lines(out.String()) {
		var r reply
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		all = append(all, r)
	}
	return all
}

func TestEveryLineHasItsAnswer(t *testing.T) {
	long := `{"t":1,"x":"` + strings.Repeat("a", MaxLine) + `"}`
	fits := `{"t":2` + strings.Repeat(" ", MaxLine-7) + `}`
	in := "{\"t\":0}\r\n" + long + "\n\n" + fits + "\n{\"t\":3}" // the last without its end
	for name, r := range map[string]io.Reader{"at once": strings.NewReader(in), "in pieces": iotest.HalfReader(strings.NewReader(in))} {
		all := answers(t, r)
		if len(all) != 5 {
			t.Fatalf("%s: %d answers", name, len(all))
		}
		for i, wrong := range []string{"", "longer than 1048576 bytes", "ends before", "", ""} {
			if got := all[i].Error; (got == "") != (wrong == "") || !strings.Contains(got, wrong) {
				t.Errorf("%s: answer %d: %q, want %q", name, i, got, wrong)
			}
		}
	}
}

// TestAByteOrderMark is borne where some programs put one, and nowhere else.
func TestAByteOrderMark(t *testing.T) {
	all := answers(t, strings.NewReader("\ufeff{\"t\":0}\r\n\ufeff{\"t\":1}\n"))
	if len(all) != 2 || all[0].Error != "" || all[1].Error == "" {
		t.Errorf("%+v", all)
	}
}

// TestAPeerThatWaits sends a line only after the answer to the last.
func TestAPeerThatWaits(t *testing.T) {
	inRead, inWrite := io.Pipe()
	outRead, outWrite := io.Pipe()
	done := make(chan error, 1)
	go func() { done <- Serve(context.Background(), newPort(t, Options{}), inRead, outWrite) }()
	lines := bufio.NewReader(outRead)
	for i := range 50 {
		fmt.Fprintf(inWrite, "{\"t\":%d,\"temperature\":20,\"setpoint\":20}\n", i)
		if _, err := lines.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
	inWrite.Close()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestEndsOfAStream(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	in, never := io.Pipe()
	defer never.Close()
	done := make(chan error, 1)
	go func() { done <- Serve(ctx, newPort(t, Options{}), in, io.Discard) }()
	cancel()
	if err := <-done; err != nil {
		t.Errorf("the end of the context: %v", err)
	}
	out, gone := io.Pipe()
	out.Close()
	if err := Serve(context.Background(), newPort(t, Options{}), strings.NewReader("{}\n{}\n"), gone); err != nil {
		t.Errorf("nobody reads: %v", err)
	}
	broken := errors.New("the disk is gone")
	if err := Serve(context.Background(), newPort(t, Options{}), iotest.ErrReader(broken), io.Discard); !errors.Is(err, broken) {
		t.Errorf("a failing input: %v", err)
	}
	full := errors.New("full")
	if err := Serve(context.Background(), newPort(t, Options{}), strings.NewReader("{}\n"), failing{full}); !errors.Is(err, full) {
		t.Errorf("a failing output: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestMemoryOnDisk(t *testing.T) {
	disk, path := new(store.Disk), filepath.Join(t.TempDir(), "model", "state")
	if m, warning, err := Load(disk, path); err != nil || warning != nil || m.Controller.Version != 0 {
		t.Fatalf("none yet: %+v, %v, %v", m, warning, err)
	}
	p := newPort(t, Options{})
	ask(t, p, `{"t":0,"temperature":20,"setpoint":20}`)
	m := p.Memory()
	g := p.base.Gains
	g.Kp = 0.7
	m.Tuning = tuned(g)
	if err := Save(disk, path, m); err != nil {
		t.Fatal(err)
	}
	back, warning, err := Load(disk, path)
	if err != nil || warning != nil || !back.Controller.Known {
		t.Fatalf("%+v, %v, %v", back, warning, err)
	}
	if kept, ok := back.Tuning.Gains(); !ok || kept != g {
		t.Errorf("gains %+v, %v", kept, ok)
	}
	if err := Save(disk, path, m); err != nil {
		t.Fatal(err)
	}
	if err := disk.WriteAtomic(path, []byte("spoilt")); err != nil {
		t.Fatal(err)
	}
	if _, warning, err = Load(disk, path); err != nil || warning == nil {
		t.Errorf("a spoilt newest generation: %v, %v", warning, err)
	}
	model := filepath.Join(t.TempDir(), "house.idf")
	if err := disk.WriteAtomic(model, []byte("somebody's building")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Load(disk, model); err == nil {
		t.Error("somebody's building is taken for a state")
	}
}
