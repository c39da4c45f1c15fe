package stdio

import (
	"encoding/json"
	"testing"
	"time"
	"unicode/utf8"
)

func TestEntriesOfEveryWriterAreRead(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 23, 33, 325375132, time.UTC)
	for name, c := range map[string]struct {
		line, text string
		stderr     bool
	}{
		"usual":                {`{"log":"out\n","stream":"stdout","time":"2026-11-23T12:23:33.325375132Z"}`, "out\n", false},
		"stderr":               {`{"log":"e","stream":"stderr","time":"2026-11-23T12:23:33.325375132Z"}`, "e", true},
		"escapes":              {`{"log":"\t\"\\\/\b\f\r\u0000\u001b\ud83d\ude00\ufffd","stream":"stdout","time":"2026-11-23T12:23:33.325375132Z"}`, "\t\"\\/\b\f\r\x00\x1b😀\ufffd", false},
		"half a pair":          {`{"log":"\ud83dx\ude00\ud83d\u0041","stream":"stdout","time":"2026-11-23T12:23:33.325375132Z"}`, "\ufffdx\ufffd\ufffdA", false},
		"Docker with labels":   {`{"log":"a\n","stream":"stderr","attrs":{"tag":"x"},"time":"2026-11-23T12:23:33.325375132Z"}`, "a\n", true},
		"another order":        {`{"stream":"stderr","time":"2026-11-23T12:23:33.325375132Z","log":"a\n"}`, "a\n", true},
		"spaces":               {` { "log" : "a" , "stream" : "stdout" , "time" : "2026-11-23T12:23:33.325375132Z" } `, "a", false},
		"time of another zone": {`{"log":"a","stream":"stdout","time":"2026-11-23T13:23:33.325375132+01:00"}`, "a", false},
	} {
		l, all, err := parseEntry([]byte(c.line), []byte("before"))
		if err != nil || string(l.Text) != c.text || l.Stderr != c.stderr || !l.Time.Equal(at) {
			t.Errorf("%s: %q, stderr %v, %v, %v", name, l.Text, l.Stderr, l.Time, err)
		}
		if string(all) != "before"+c.text || cap(l.Text) != len(l.Text) {
			t.Errorf("%s: the buffer holds %q", name, all)
		}
	}
}

func TestDamagedEntriesAreNotTakenForText(t *testing.T) {
	for _, line := range []string{
		"", "{}", "null", "text", `{"log":"half`, `{"log":"a","stream":"stdout","time":"now"}`,
		`{"log":"a\q","stream":"stdout","time":"2026-11-23T12:23:33Z"}`,
		"{\"log\":\"a\x01\",\"stream\":\"stdout\",\"time\":\"2026-11-23T12:23:33Z\"}",
		`{"log":"a","stream":"stdout","time":"2026-11-23T12:23:33Z"}{"log":"b"}`,
		"{\"log\":\"\",\"stream\":\"\x00\",\"time\":\"2026-11-23T12:23:33Z\"}",
		`{"log":1,"stream":"stdout","time":"2026-11-23T12:23:33Z"}`,
	} {
		if l, all, err := parseEntry([]byte(line), []byte("before")); err == nil || string(all) != "before" {
			t.Errorf("%q was read as %q", line, l.Text)
		}
	}
}

// FuzzParseEntry holds the reading by hand to what encoding/json says.
func FuzzParseEntry(f *testing.F) {
	f.Add([]byte(`{"log":"out\n","stream":"stdout","time":"2026-11-23T12:23:33.325375132Z"}`))
	f.Add([]byte(`{"log":"\ud83d\ude00\u00e9\\","stream":"stderr","time":"2026-11-23T12:23:33Z"}`))
	f.Add([]byte(`{"log":"a","stream":"x","attrs":{},"time":"2026-11-23T12:23:33Z"}`))
	f.Add([]byte(`{"log":"\u00zz","stream":"`))
	f.Fuzz(func(t *testing.T, line []byte) {
		l, all, ok := parseUsual(line, nil)
		if !ok {
			if len(all) != 0 {
				t.Errorf("refused, but left %q", all)
			}
			return
		}
		var e struct {
			Log, Stream string
			Time        time.Time
		}
		if err := json.Unmarshal(line, &e); err != nil {
			t.Fatalf("%q was read, but %v", line, err)
		}
		if utf8.Valid(line) && (e.Log != string(l.Text) || (e.Stream == "stderr") != l.Stderr || !e.Time.Equal(l.Time)) {
			t.Errorf("%q: read %q %v %v, json says %+v", line, l.Text, l.Stderr, l.Time, e)
		}
	})
}

func BenchmarkParseEntry(b *testing.B) {
	line := []byte(`{"log":"a line like many others, with \"quotes\" and a newline\n","stream":"stdout","time":"2026-11-23T12:23:33.325375132Z"}`)
	b.SetBytes(int64(len(line)))
	buf := make([]byte, 0, 1024)
	for b.Loop() {
		if _, _, err := parseEntry(line, buf[:0]); err != nil {
			b.Fatal(err)
		}
	}
}
