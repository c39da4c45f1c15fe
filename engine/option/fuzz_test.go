package option

import (
	"bufio"
	"bytes"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// FuzzValue puts any text into any row. One value checked by itself and as part of a draft
// must be judged alike, the draft must come back from its line, and what is accepted must
// come back from the container it makes.
func FuzzValue(f *testing.F) {
	for i := range rows {
		for _, v := range append(rows[i].Choices, rows[i].Example, "", "-1", "true", "a=b", "0x1", "1e3", ".5", "\x00") {
			f.Add(byte(i), v, "")
		}
	}
	f.Add(byte(place(KeyUser)), "+1:-0", "")
	f.Add(byte(place(KeyEnv)), "NAME", "NAME=x")
	f.Fuzz(func(t *testing.T, at byte, v, other string) {
		r := &rows[int(at)%len(rows)]
		d := draft("image", "busybox")
		d.Set(r.Key, v, other)
		roundTrip(t, d)
		judgedAlike(t, r, d, d.Parse(facts()))
		accepted(t, d)
	})
}

// accepted reads a draft; false when it is refused. One that is accepted must come back from
// the container that it makes.
func accepted(t *testing.T, d Draft) (Parsed, bool) {
	t.Helper()
	p := d.Parse(facts())
	if p.Err() != nil {
		return p, false
	}
	back := FromRequest(p.Request)
	ignore := cmpopts.IgnoreFields(api.CreateRequest{}, "EnvFromHost")
	if diff := cmp.Diff(p, back.Parse(facts()), ignore, cmpopts.EquateComparable(netip.Addr{}, network.Port{}), cmpopts.IgnoreFields(Parsed{}, "Warnings", "Client")); diff != "" {
		t.Errorf("%s\nis not %s\n%s", d.Line("run"), back.Line("run"), diff)
	}
	return p, true
}

// judgedAlike holds Check to what Parse says of the same values.
func judgedAlike(t *testing.T, r *row, d Draft, p Parsed) {
	t.Helper()
	if !d.Has(r.Key) {
		return
	}
	if slices.Contains([]Key{
		KeyInteractive, KeyArgs, KeyVolume, KeyMount, KeyTmpfs, KeyMemorySwap, KeyLogOpt,
		KeySecurityOpt,
	}, r.Key) {
		return // rules across options speak of these too
	}
	var alone api.FieldErrors
	for i, v := range d.values(r.Key) {
		if e := Check(facts(), r.Key, i, v); e != nil {
			alone = append(alone, *e)
		}
	}
	var within api.FieldErrors
	for _, e := range p.Problems {
		if e.Field == string(r.Key) {
			within = append(within, e)
		}
		if e.Reason == "" || !utf8.ValidString(e.Field) {
			t.Errorf("a problem without words: %+v", e)
		}
	}
	if diff := cmp.Diff(alone, within, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s: by itself and in a draft (-check +parse)\n%s", d.Line("run"), diff)
	}
}

// FuzzEnvFile holds the reader of env files to Docker's rules, told anew below, and to what
// it promises of what it keeps.
func FuzzEnvFile(f *testing.F) {
	for _, s := range []string{
		"A=1\nB\n#c\n", "\ufeffA=1\r\n", "A B=1", "=x", "A=\xff", " \t A=1", "A", "A=\"x\"", "A=1\r\r\n", "\ufeff\ufeffA", "A=\x00", "\u00a0A=\u2028\n\v\fB",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, flaws := readEnvFile(data)
		if n := bytes.Count(data, []byte("\n")) + 1; len(lines)+len(flaws) > n {
			t.Errorf("%d lines and %d flaws of %d lines", len(lines), len(flaws), n)
		}
		last := 0
		for _, flaw := range flaws {
			if flaw.line <= last || flaw.reason == "" {
				t.Errorf("flaws out of order or without words: %+v", flaws)
			}
			last = flaw.line
		}
		for _, l := range lines {
			name, _, _ := strings.Cut(l, "=")
			if name == "" || strings.ContainsFunc(name, unicode.IsSpace) || strings.ContainsAny(l, "\n\x00") || len(l) > maxEnvLine {
				t.Errorf("kept %q", l)
			}
		}
		saved := []byte("\ufeff" + strings.Join(lines, "\r\n") + "\r\n")
		if again, flaws := readEnvFile(saved); !slices.Equal(again, lines) || len(flaws) > 0 {
			t.Errorf("%q, saved and read again: %q, %v", lines, again, flaws)
		}
		if len(data) > maxEnvLine/2 || bytes.IndexByte(data, 0) >= 0 {
			return
		}
		want, err := dockersEnvFile(data)
		if (err == nil) != (len(flaws) == 0) || err == nil && !slices.Equal(lines, want) {
			t.Errorf("%q: %q, %v; Docker: %q, %v", data, lines, flaws, want, err)
		}
	})
}

// dockersEnvFile is Docker's rules, line by line, up to the first line that is wrong.
func dockersEnvFile(data []byte) (lines []string, err error) {
	s := bufio.NewScanner(bytes.NewReader(data))
	for first := true; s.Scan(); first = false {
		line := s.Text()
		if first {
			line = strings.TrimPrefix(line, "\ufeff")
		}
		if !utf8.ValidString(line) {
			return nil, fmt.Errorf("%q is no UTF-8", line)
		}
		line = strings.TrimLeftFunc(line, unicode.IsSpace)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name := strings.SplitN(line, "=", 2)[0]
		if name == "" || strings.IndexFunc(name, unicode.IsSpace) >= 0 {
			return nil, fmt.Errorf("%q is no name", name)
		}
		lines = append(lines, line)
	}
	return lines, s.Err()
}
