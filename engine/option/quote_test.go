package option

import (
	"errors"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"unicode"
)

func TestQuoteWords(t *testing.T) {
	tests := []struct {
		words []string
		want  string
	}{
		{nil, ""},
		{[]string{"nginx", "-g", "daemon off;"}, `nginx -g "daemon off;"`},
		{[]string{""}, `""`},
		{[]string{"a=b:c/d,e@f%g+h"}, "a=b:c/d,e@f%g+h"},
		{[]string{"$HOME", "`id`", `a\b`, "hey!"}, "'$HOME' '`id`' 'a\\b' 'hey!'"},
		{[]string{"it's", `say "no"`, `both ' and "`}, `"it's" 'say "no"' 'both '\'' and "'`},
		{[]string{"~", "*", "{a,b}", "=ls", "#", "a|b"}, `"~" "*" "{a,b}" "=ls" "#" "a|b"`},
		{[]string{"two\nlines\t'x'"}, `$'two\nlines\t\'x\''`},
		{[]string{"\x1b[31m", "\u202e", "\xff"}, `$'\033[31m' $'\342\200\256' $'\377'`},
		{[]string{"grün"}, `"grün"`},
	}
	for _, tt := range tests {
		got := QuoteWords(tt.words)
		if got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.words, got, tt.want)
		}
		if back, err := SplitWords(got); err != nil || !slices.Equal(back, tt.words) {
			t.Errorf("%s: reads back as %q, %v", got, back, err)
		}
	}
}

func TestSplitWords(t *testing.T) {
	tests := []struct {
		line string
		want []string
		err  string
	}{
		{line: "  a\tb \n c ", want: []string{"a", "b", "c"}},
		{line: `sh -c 'echo "$HOME" \n'`, want: []string{"sh", "-c", `echo "$HOME" \n`}},
		{line: `"a \"b\" \$c \x"`, want: []string{`a "b" $c \x`}},
		{line: "\"a\\\nb\" c\\\nd \\\n e", want: []string{"ab", "cd", "e"}},
		{line: `a""b ''  c\ d`, want: []string{"ab", "", "c d"}},
		{line: `$'a\x41\101\u00e9\tb\q\''`, want: []string{"aAA\u00e9\tb\\q'"}},
		{line: `$'\xzz\u' $x`, want: []string{`\xzz\u`, "$x"}},
		{line: "a | b && c; d > e", want: []string{"a", "|", "b", "&&", "c;", "d", ">", "e"}},
		{line: `a "b c`, want: []string{"a", "b c"}, err: `the quote " is not closed`},
		{line: `a 'b`, want: []string{"a", "b"}, err: `the quote ' is not closed`},
		{line: `a $'b`, want: []string{"a", "b"}, err: `the quote $' is not closed`},
		{line: `a b\`, want: []string{"a", "b"}, err: `nothing follows the last \`},
	}
	for _, tt := range tests {
		got, err := SplitWords(tt.line)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.line, got, tt.want)
		}
		var q *QuoteError
		switch {
		case tt.err == "" && err != nil, tt.err != "" && (!errors.As(err, &q) || q.Error() != tt.err):
			t.Errorf("%q: %v, want %q", tt.line, err, tt.err)
		}
	}
}

// A real shell must read the words as they were meant.
func TestAShellReadsTheLine(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash on this host")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		var words []string
		for range 20 {
			words = append(words, strings.ReplaceAll(randomString(rnd), "\x00", ""))
		}
		out, err := exec.Command(bash, "-c", `printf '%s\0' `+QuoteWords(words)).Output()
		if err != nil {
			t.Fatalf("%q: %v", words, err)
		}
		if got := strings.Split(strings.TrimSuffix(string(out), "\x00"), "\x00"); !slices.Equal(got, words) {
			t.Fatalf("bash read\n%q\nof\n%q", got, words)
		}
	}
}

func FuzzQuoteWords(f *testing.F) {
	f.Add("a", "b c", "")
	f.Add("it's", `"$x"`, "\x1b]0;\xff\u202e7")
	f.Fuzz(func(t *testing.T, a, b, c string) {
		words := []string{a, b, c}
		line := QuoteWords(words)
		for _, r := range line {
			if !unicode.IsPrint(r) {
				t.Fatalf("%q has something unprintable: %q", line, r)
			}
		}
		if got, err := SplitWords(line); err != nil || !slices.Equal(got, words) {
			t.Fatalf("%q → %s → %q, %v", words, line, got, err)
		}
	})
}

func FuzzSplitWords(f *testing.F) {
	f.Add(`a "b c" 'd' $'\x41' \`)
	f.Fuzz(func(t *testing.T, line string) {
		words, err := SplitWords(line)
		if err != nil {
			return
		}
		if got, err := SplitWords(QuoteWords(words)); err != nil || !slices.Equal(got, words) {
			t.Fatalf("%q → %q → %q, %v", line, words, got, err)
		}
	})
}
