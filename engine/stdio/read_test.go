package stdio

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gantry/engine/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const id = "c1"

var start = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// entry is line i of a log, one second after the line before.
func entry(i int) string {
	return fmt.Sprintf(`{"log":"line %d\n","stream":"stdout","time":"%s"}`+"\n", i, start.Add(time.Duration(i)*time.Second).Format(time.RFC3339Nano))
}

func entries(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		b.WriteString(entry(i))
	}
	return b.String()
}

// texts is what entries from to to read as.
func texts(from, to int) string {
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, "line %d\n", i)
	}
	return b.String()
}

// logDir is a state directory with the files of a log, newest first.
func logDir(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i, content := range files {
		name := LogPath(dir, id)
		if i > 0 {
			name += fmt.Sprintf(".%d", i)
		}
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// read is the text of a log as asked for.
func read(t *testing.T, dir string, opt api.LogOptions) string {
	t.Helper()
	var got strings.Builder
	err := Read(t.Context(), dir, id, opt, func(lines []api.LogLine) error {
		for _, l := range lines {
			got.Write(l.Text)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return got.String()
}

func TestTail(t *testing.T) {
	long := fmt.Sprintf(`{"log":"%s","stream":"stdout","time":"2026-11-23T12:00:00Z"}`+"\n", strings.Repeat("x", 3*blockSize))
	for name, c := range map[string]struct {
		files []string
		tail  int
		want  string
	}{
		"all":                         {[]string{entries(0, 5)}, -1, texts(0, 5)},
		"none":                        {[]string{entries(0, 5)}, 0, ""},
		"one":                         {[]string{entries(0, 5)}, 1, texts(4, 5)},
		"exactly all":                 {[]string{entries(0, 5)}, 5, texts(0, 5)},
		"more than there are":         {[]string{entries(0, 5)}, 50, texts(0, 5)},
		"over a block":                {[]string{entries(0, 5000)}, 4000, texts(1000, 5000)},
		"no newline at the end":       {[]string{strings.TrimSuffix(entries(0, 5), "\n")}, 2, texts(3, 5)},
		"no newline, none":            {[]string{strings.TrimSuffix(entries(0, 5), "\n")}, 0, ""},
		"an empty log":                {[]string{""}, 3, ""},
		"no log yet":                  {nil, 3, ""},
		"a line longer than a block":  {[]string{entry(0) + long + entry(2)}, 2, strings.Repeat("x", 3*blockSize) + texts(2, 3)},
		"after a long line":           {[]string{entry(0) + long + entry(2)}, 1, texts(2, 3)},
		"into the rotated":            {[]string{entries(8, 10), entries(4, 8), entries(0, 4)}, 4, texts(6, 10)},
		"at the border":               {[]string{entries(8, 10), entries(4, 8), entries(0, 4)}, 6, texts(4, 10)},
		"through all":                 {[]string{entries(8, 10), entries(4, 8), entries(0, 4)}, -1, texts(0, 10)},
		"more than all the rotated":   {[]string{entries(8, 10), entries(4, 8), entries(0, 4)}, 11, texts(0, 10)},
		"a fresh file, none":          {[]string{"", entries(0, 4)}, 0, ""},
		"a fresh file, the last":      {[]string{"", entries(0, 4)}, 1, texts(3, 4)},
		"rotated without the newest":  {[]string{"", ""}, 2, ""},
		"one line, no newline, in it": {[]string{strings.TrimSpace(entry(0))}, 1, texts(0, 1)},
	} {
		if got := read(t, logDir(t, c.files...), api.LogOptions{Tail: c.tail}); got != c.want {
			t.Errorf("%s: got %d bytes %.40q, want %.40q", name, len(got), got, c.want)
		}
	}
}

func TestSinceAndUntil(t *testing.T) {
	dir := logDir(t, entries(5, 10), entries(0, 5))
	at := func(i int) time.Time { return start.Add(time.Duration(i) * time.Second) }
	for name, c := range map[string]struct {
		opt  api.LogOptions
		want string
	}{
		"since, itself included":    {api.LogOptions{Tail: -1, Since: at(3)}, texts(3, 10)},
		"until, itself included":    {api.LogOptions{Tail: -1, Until: at(6)}, texts(0, 7)},
		"between":                   {api.LogOptions{Tail: -1, Since: at(4), Until: at(6)}, texts(4, 7)},
		"tail comes first":          {api.LogOptions{Tail: 4, Since: at(8)}, texts(8, 10)},
		"until before the tail":     {api.LogOptions{Tail: 2, Until: at(1)}, ""},
		"since after everything":    {api.LogOptions{Tail: -1, Since: at(60)}, ""},
		"another zone, same time":   {api.LogOptions{Tail: -1, Since: at(9).In(time.FixedZone("x", 3600))}, texts(9, 10)},
		"follow until what is past": {api.LogOptions{Tail: -1, Until: at(6), Follow: true}, texts(0, 7)},
	} {
		if got := read(t, dir, c.opt); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestDamagedLinesAreSaidToBeMissing(t *testing.T) {
	const gone = "gantry: a damaged line of the log was left out"
	for name, c := range map[string]struct{ content, want string }{
		"in the middle":  {entry(0) + `{"log":"ha` + "\n" + entry(2), texts(0, 1) + gone + " (10 bytes)\n" + texts(2, 3)},
		"empty line":     {entry(0) + "\n" + entry(2), texts(0, 1) + gone + " (0 bytes)\n" + texts(2, 3)},
		"at the end":     {entry(0) + `{"log":"ha`, texts(0, 1) + gone + " (10 bytes)\n"},
		"zeroes":         {entry(0) + strings.Repeat("\x00", 100) + "\n", texts(0, 1) + gone + " (100 bytes)\n"},
		"endless":        {entry(0) + strings.Repeat("y", entryMax+blockSize+5) + "\n" + entry(2), ""},
		"partial, whole": {`{"log":"no newline","stream":"stdout","time":"2026-11-23T12:00:00Z"}` + "\n", "no newline"},
	} {
		got := read(t, logDir(t, c.content), api.LogOptions{Tail: -1})
		if name == "endless" {
			if strings.Count(got, gone) != 1 || !strings.HasSuffix(got, texts(2, 3)) {
				t.Errorf("%s: %.200q", name, got)
			}
			continue
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestReadTellsOfWhatIsNotThere(t *testing.T) {
	err := Read(t.Context(), filepath.Join(t.TempDir(), "gone"), id, api.LogOptions{}, nil)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestReadEndsWithItsReceiverAndItsContext(t *testing.T) {
	dir := logDir(t, entries(0, 2000))
	mine := errors.New("enough")
	n := 0
	err := Read(t.Context(), dir, id, api.LogOptions{Tail: -1}, func(l []api.LogLine) error { n += len(l); return mine })
	if !errors.Is(err, mine) || n != batchLines {
		t.Errorf("%v after %d lines", err, n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = Read(ctx, dir, id, api.LogOptions{Tail: -1}, func([]api.LogLine) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestLinesMayBeKept(t *testing.T) {
	var kept []api.LogLine
	Read(t.Context(), logDir(t, entries(0, 20_000)), id, api.LogOptions{Tail: -1}, func(l []api.LogLine) error {
		kept = append(kept, l...)
		return nil
	})
	var got strings.Builder
	for _, l := range kept {
		got.Write(l.Text)
	}
	if got.String() != texts(0, 20_000) {
		t.Error("kept lines have changed")
	}
}

func BenchmarkRead100kLines(b *testing.B) {
	content := entries(0, 100_000)
	dir := logDir(b, content)
	b.SetBytes(int64(len(content)))
	for b.Loop() {
		n := 0
		err := Read(b.Context(), dir, id, api.LogOptions{Tail: -1}, func(l []api.LogLine) error { n += len(l); return nil })
		if err != nil || n != 100_000 {
			b.Fatal(n, err)
		}
	}
}
