package kit

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/x/ansi"
)

func TestClean(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain text":                       {"nginx:1.27", "nginx:1.27"},
		"nothing":                          {"", ""},
		"colours":                          {"\x1b[31mred\x1b[0m", "red"},
		"a sequence with intermediates":    {"a\x1b[?25;1$pb", "ab"},
		"a window title":                   {"\x1b]0;pwned\x07web", "web"},
		"a title ended by ST":              {"\x1b]0;pwned\x1b\\web", "web"},
		"a link":                           {"\x1b]8;;http://x\x1b\\text\x1b]8;;\x1b\\", "text"},
		"the clipboard":                    {"a\x1b]52;c;cm0gLXJm\x07b", "ab"},
		"a device control string":          {"a\x1bP$qm\x1b\\b", "ab"},
		"an application command":           {"a\x1b_Gf=100;AAAA\x1b\\b", "ab"},
		"a message that never ends":        {"\x1b]0;all of this stays", "0;all of this stays"},
		"a message cut short by another":   {"\x1b]0;one\x1b]0;two\x07end", "0;oneend"},
		"a message cut short by CAN":       {"\x1b]0;x\x18end", "end"},
		"C1 controls":                      {"a\u009b31mb\u0090x\u009cc\u009d0;t\u009cd", "abcd"},
		"a C1 byte that is no UTF-8":       {"a\x9bb", "a\uFFFDb"},
		"character sets":                   {"\x1b(0qqq\x1b(B", "qqq"},
		"a full reset":                     {"a\x1bcb", "ab"},
		"escape at the end":                {"a\x1b", "a"},
		"escape before a letter of text":   {"a\x1b\u00e4b", "aäb"},
		"an unfinished colour":             {"a\x1b[31", "a31"},
		"bells and backspaces":             {"pass\x07word\x08\x08\x7f", "password"},
		"shift out":                        {"a\x0eb\x0fc", "abc"},
		"text turned around":               {"a\u202egnp.exe\u202c", "agnp.exe"},
		"isolates":                         {"a\u2066b\u2069c", "abc"},
		"direction marks":                  {"a\u200eb\u200fc\u061cd", "abcd"},
		"zero width":                       {"ro\u200bot\ufeff", "root"},
		"an emoji presentation":            {"\u2764\ufe0f x", "\u2764 x"},
		"a family is taken apart":          {"👩\u200d🚀", "👩🚀"},
		"skin tones":                       {"👍🏽", "👍"},
		"tags":                             {"x\U000e0041y", "xy"},
		"a line break":                     {"one\ntwo", "one two"},
		"a line break of Windows":          {"one\r\ntwo", "one two"},
		"a return that would write over":   {"secret\rfine", "secret fine"},
		"line and paragraph separators":    {"a\u2028b\u2029c\u0085d", "a b c d"},
		"tabs to stops":                    {"a\tb\tc", "a       b       c"},
		"tabs after wide signs":            {"日本\tb", "日本    b"},
		"wide signs stay":                  {"日本語", "日本語"},
		"accents stay":                     {"cafe\u0301", "cafe\u0301"},
		"broken UTF-8":                     {"a\xff\xfeb", "a\uFFFD\uFFFDb"},
		"nested escapes make no new one":   {"\x1b\x1b[31m[32mx", "[32mx"},
		"a sequence in a sequence's place": {"\x1b[3\x1b[31m1mx", "31mx"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("%s: %q became %q, want %q", name, c.in, got, c.want)
		}
	}
}

func TestCleanTextKeepsLines(t *testing.T) {
	if got := CleanText("a\r\nb\nc\u2028d\re\x1b[2J"); got != "a\nb\nc\nd e" {
		t.Errorf("got %q", got)
	}
}

func TestCleanLogTakesTheLineBreakOff(t *testing.T) {
	if got := CleanLog([]byte("\x1b[32mok\x1b[0m done\r\n")); got != "ok done" {
		t.Errorf("got %q", got)
	}
}

func TestPlainTextIsNotCopied(t *testing.T) {
	s := strings.Repeat("plain text ", 20)
	if n := testing.AllocsPerRun(100, func() { Clean(s) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzClean holds the promise of Clean: nothing that comes out moves the cursor, changes
// the terminal or turns text around, all ways of measuring it agree, and cleaning again
// changes nothing.
func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"web", "\x1b[31mred\x1b[0m", "\x1b]52;c;AAAA\x07", "\x1bP\x1b\\", "a\u202eb", "👩\u200d🚀 ❤\ufe0f", "नमस्ते", "日本語\t한글",
		"\x9b31m", "\u009b31m", "🇯🇵🇩🇪🇯", "e\u0301\u0301", "\u1100\u1161\u11a8", "1\u20e3", "กำ", "\r\n\t\x00", "\xf0\x9f", "\u0e33", "\u0600a",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{Clean(s), CleanText(s), CleanLog([]byte(s))} {
			harmless(t, s, out)
		}
		once := Clean(s)
		if strings.Contains(once, "\n") {
			t.Errorf("%q: a line break is left in %q", s, once)
		}
		if twice := Clean(once); twice != once {
			t.Errorf("%q: cleaned once %q, twice %q", s, once, twice)
		}
	})
}

func harmless(t *testing.T, in, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Errorf("%q became %q, which is no UTF-8", in, out)
	}
	for _, r := range out {
		if unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r) || unicode.Is(unicode.Cf, r) {
			t.Errorf("%q became %q, which holds %U", in, out, r)
		}
	}
	if ansi.Strip(out) != out {
		t.Errorf("%q became %q, which holds a sequence", in, out)
	}
	for line := range strings.SplitSeq(out, "\n") {
		if a, b := lipgloss.Width(line), ansi.StringWidthWc(line); a != b {
			t.Errorf("%q became %q, which is %d or %d cells wide", in, line, a, b)
		}
	}
}

func BenchmarkClean(b *testing.B) {
	for name, s := range map[string]string{
		"plain":   strings.Repeat("a line of a log 0123456789 ", 4),
		"colours": strings.Repeat("\x1b[32mINFO\x1b[0m a line of a log ", 4),
		"unicode": strings.Repeat("日本語 é 👩 ", 8),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				Clean(s)
			}
		})
	}
}
