package logger

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

// cut feeds text to lines in reads of a size and returns the entries.
func cut(text string, size int) []string {
	var l lines
	var got []string
	each := func(b []byte) { got = append(got, string(b)) }
	for len(text) > 0 {
		n := copy(l.room()[:size], text)
		text = text[n:]
		l.read(n, each)
	}
	l.rest(each)
	return got
}

func TestLinesAreCutAsByDocker(t *testing.T) {
	k16 := strings.Repeat("x", lineMax)
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"lines":                     {"a\n\nb\n", []string{"a\n", "\n", "b\n"}},
		"no newline at the end":     {"a\nb", []string{"a\n", "b"}},
		"just fits":                 {k16[1:] + "\n", []string{k16[1:] + "\n"}},
		"newline alone in the next": {k16 + "\n", []string{k16, "\n"}},
		"two and a half":            {k16 + k16 + "end\n", []string{k16, k16, "end\n"}},
		"a character at the cut":    {k16[2:] + "€uro\n", []string{k16[2:], "€uro\n"}},
		"a bad byte at the cut":     {k16[1:] + "\xff\n", []string{k16[1:] + "\xff", "\n"}},
		"nothing":                   {"", nil},
	} {
		for _, size := range []int{1, 7, 4096, readMax} {
			if got := cut(c.text, size); strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("%s, read by %d: %d entries, want %d", name, size, len(got), len(c.want))
			}
		}
	}
}

func FuzzLinesLoseNothing(f *testing.F) {
	f.Add("a\nb\n", 3)
	f.Add(strings.Repeat("€", lineMax), 1000)
	f.Fuzz(func(t *testing.T, text string, size int) {
		got := cut(text, max(1, min(size, readMax)))
		if strings.Join(got, "") != text {
			t.Error("bytes were lost or changed")
		}
		for _, e := range got {
			if len(e) > lineMax || len(e) == 0 {
				t.Errorf("an entry of %d bytes", len(e))
			}
		}
	})
}

func TestEntriesAreDockersFormat(t *testing.T) {
	for in, want := range map[string]string{
		"out\n":            `out\n`,
		"tab\tq\"b\\\r\n":  `tab\u0009q\"b\\\r\n`,
		"<a href=x>&</a>":  `\u003ca href=x\u003e\u0026\u003c/a\u003e`,
		"\x00\x1b[0m\x7f":  `\u0000\u001b[0m` + "\x7f",
		"grün\u2028€":      `grün\u2028€`,
		"\xff\xe2\x82 cut": `\ufffd\ufffd\ufffd cut`,
	} {
		got := string(appendEntry(nil, []byte(in), nil, "stderr", "2026-11-23T12:23:33.325746314Z"))
		if want := `{"log":"` + want + `","stream":"stderr","time":"2026-11-23T12:23:33.325746314Z"}` + "\n"; got != want {
			t.Errorf("%q:\n got %s want %s", in, got, want)
		}
	}
}

func FuzzEntriesAreJSON(f *testing.F) {
	f.Add([]byte("a\xffb\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		b := appendEntry(nil, text, nil, "stdout", "2026-11-23T12:23:33Z")
		var e struct{ Log string }
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatalf("%v in %q", err, b)
		}
		if utf8.Valid(text) && e.Log != string(text) {
			t.Errorf("%q became %q", text, e.Log)
		}
		if bytes.Count(b, []byte{'\n'}) != 1 {
			t.Errorf("more than one line: %q", b)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	line := []byte("a line like many others, with \"quotes\" and a newline\n")
	var buf []byte
	b.SetBytes(int64(len(line)))
	for b.Loop() {
		buf = appendEntry(buf[:0], line, nil, "stdout", "2026-11-23T12:23:33.325746314Z")
	}
}
