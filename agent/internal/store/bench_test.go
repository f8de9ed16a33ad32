package store

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// kernelBytes is what the kernel has charged this process for writing.
func kernelBytes(b *testing.B) int64 {
	b.Helper()
	data, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0 // not every kernel counts; the figure is then 0
	}
	_, rest, _ := strings.Cut(string(data), "\nwrite_bytes: ")
	line, _, _ := strings.Cut(rest, "\n")
	n, err := strconv.ParseInt(line, 10, 64)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// BenchmarkAppend puts an entry beside the least a durable record can cost on the
// same disk in the same run: one write and one fdatasync of as many bytes.
func BenchmarkAppend(b *testing.B) {
	b.Run("ledger", func(b *testing.B) {
		l, err := OpenLedger(new(Disk), b.TempDir())
		if err != nil {
			b.Fatal(err)
		}
		defer l.Close()
		before := kernelBytes(b)
		for b.Loop() {
			if _, err := l.Append(entry(1)); err != nil {
				b.Fatal(err)
			}
			if l.Pending() < SealEvery {
				continue
			}
			b.StopTimer()
			if err := l.Seal(); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
		}
		b.ReportMetric(float64(kernelBytes(b)-before)/float64(b.N), "disk-B/op")
	})
	b.Run("bare", func(b *testing.B) {
		f, err := os.Create(filepath.Join(b.TempDir(), "f"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		record, err := entry(1).Format()
		if err != nil {
			b.Fatal(err)
		}
		record = appendFrame(nil, record)
		before := kernelBytes(b)
		for b.Loop() {
			if _, err := f.Write(record); err != nil {
				b.Fatal(err)
			}
			if err := unix.Fdatasync(int(f.Fd())); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(kernelBytes(b)-before)/float64(b.N), "disk-B/op")
	})
}

// BenchmarkSeal is a Seal of one entry, as at the close of a session.
func BenchmarkSeal(b *testing.B) {
	l, err := OpenLedger(new(Disk), b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	before := kernelBytes(b)
	for b.Loop() {
		if _, err := l.Append(entry(1)); err != nil {
			b.Fatal(err)
		}
		if err := l.Seal(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(kernelBytes(b)-before)/float64(b.N), "disk-B/op")
}

// BenchmarkOpenLedger is the start of the keeper over a ledger of 20 000 entries,
// a week of a grant that reports every minute.
func BenchmarkOpenLedger(b *testing.B) {
	dir := b.TempDir()
	d := new(Disk)
	l, err := OpenLedger(d, dir)
	if err != nil {
		b.Fatal(err)
	}
	for i := range 20_000 {
		e := entry(i)
		e.Seq = uint64(i)
		data, err := e.Format()
		if err != nil {
			b.Fatal(err)
		}
		l.pending = append(l.pending, data)
	}
	if err := l.Close(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		l, err := OpenLedger(d, dir)
		if err != nil {
			b.Fatal(err)
		}
		if err := l.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkHistoryDay is a day of private mode at one Flush per 10 minutes.
func BenchmarkHistoryDay(b *testing.B) {
	before := kernelBytes(b)
	for b.Loop() {
		h, err := OpenHistory(new(Disk), b.TempDir(), testBoot, minHistoryLimit)
		if err != nil {
			b.Fatal(err)
		}
		for i := range 1440 {
			h.unsent = append(h.unsent, Minute{Start: noon.AddDate(0, 0, i/1440), Trusted: true, Mean: 20})
			if i%10 < 9 {
				continue
			}
			if err := h.Flush(); err != nil {
				b.Fatal(err)
			}
		}
		if err := h.Close(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(kernelBytes(b)-before)/float64(b.N), "disk-B/day")
}
