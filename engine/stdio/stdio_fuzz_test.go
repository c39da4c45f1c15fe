package stdio

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/api"
)

// logSeeds are logs as they are found: whole, cut off, with NULs where a disk was full or
// the power went, with lines longer than what is read at once.
func logSeeds() [][]byte {
	return [][]byte{
		nil, []byte("\n\n"), []byte(entries(0, 3)), []byte(entry(0) + `{"log":"ha`), []byte(entry(0) + strings.Repeat("\x00", 5000) + "\n" + entry(1)),
		[]byte(entry(0) + strings.Repeat("x", blockSize) + "\n" + entry(1)), []byte(strings.Repeat("\x00", 2*blockSize+1)), []byte("\xff\r\n{}\nnull\n" + entry(7)),
	}
}

// FuzzScan lets a log grow piece by piece under its reader: whatever the pieces, all bytes
// come out once and in order, and no line before its newline is there.
func FuzzScan(f *testing.F) {
	for i, s := range logSeeds() {
		f.Add(s, uint16(1+i*977))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, step uint16) {
		log, err := os.Create(filepath.Join(dir, "log"))
		if err != nil {
			t.Fatal(err)
		}
		defer log.Close()
		s := scanner{f: log}
		var got []byte
		for from := 0; ; {
			line, err := s.next()
			if err == nil {
				if bytes.IndexByte(line, '\n') >= 0 {
					t.Fatalf("a line of two: %q", line)
				}
				got = append(append(got, line...), '\n')
				if from < len(got) {
					t.Fatalf("%d bytes were read of %d that are written", len(got), from)
				}
				continue
			}
			if !errors.Is(err, io.EOF) {
				t.Fatal(err)
			}
			if from == len(data) {
				break
			}
			to := min(len(data), from+max(1, int(step), len(data)/100))
			if _, err := log.Write(data[from:to]); err != nil {
				t.Fatal(err)
			}
			from = to
		}
		if got = append(got, s.rest()...); !bytes.Equal(got, data) {
			t.Fatalf("%d bytes came out of %d", len(got), len(data))
		}
		if more := s.rest(); len(more) > 0 {
			t.Fatalf("%d bytes came twice", len(more))
		}
	})
}

// FuzzRead reads any bytes as a log: each line of the file is one line that is delivered,
// or said to be missing with its size; and a tail is the end of the whole.
func FuzzRead(f *testing.F) {
	for i, s := range logSeeds() {
		f.Add(s, len(s)/2, i)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, data []byte, cut, tail int) {
		cut = max(0, min(cut, len(data)))
		// A logger rotates between lines; what stands before the cut was rotated.
		if i := bytes.IndexByte(data[cut:], '\n'); i >= 0 {
			cut += i + 1
		} else {
			cut = 0
		}
		write(t, LogPath(dir, id)+".1", data[:cut])
		write(t, LogPath(dir, id), data[cut:])
		all := delivered(t, dir, api.LogOptions{Tail: -1})
		raw := bytes.SplitAfter(data, []byte("\n"))
		if len(raw[len(raw)-1]) == 0 {
			raw = raw[:len(raw)-1]
		}
		if len(all) != len(raw) {
			t.Fatalf("%d lines came of %d", len(all), len(raw))
		}
		for i, l := range all {
			line := bytes.TrimSuffix(raw[i], []byte("\n"))
			_, text, err := parseEntry(line, nil)
			if err != nil {
				text = fmt.Appendf(nil, "gantry: a damaged line of the log was left out (%d bytes)\n", len(line))
			}
			if l != string(text) {
				t.Fatalf("line %d: %.100q, and not %.100q", i, l, text)
			}
		}
		tail = max(0, min(tail, len(all)+3))
		end := delivered(t, dir, api.LogOptions{Tail: tail})
		if want := all[max(0, len(all)-tail):]; strings.Join(end, "|") != strings.Join(want, "|") {
			t.Fatalf("the last %d of %d: %.200q, want %.200q", tail, len(all), end, want)
		}
	})
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// delivered is the text of each line; nothing of one may be written over by a later one.
func delivered(t *testing.T, dir string, opt api.LogOptions) (texts []string) {
	t.Helper()
	var lines []api.LogLine
	err := Read(t.Context(), dir, id, opt, func(b []api.LogLine) error {
		lines = append(lines, b...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		texts = append(texts, string(l.Text))
	}
	return texts
}
