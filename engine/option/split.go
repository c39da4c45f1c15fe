package option

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// QuoteError is a line whose last quote is not closed.
type QuoteError struct {
	Quote string // `"`, `'`, `$'`, or `\` at the line's end
	At    int    // byte where it was opened
}

func (e *QuoteError) Error() string {
	if e.Quote == `\` {
		return `nothing follows the last \`
	}
	return "the quote " + e.Quote + " is not closed"
}

// SplitWords reads a line as a shell reads words: blanks and newlines separate, ' " and \
// quote, $'…' has C's escapes. Nothing is expanded and nothing but these is special. The
// error is a *QuoteError; the words read until then, the open one included, come with it.
func SplitWords(line string) ([]string, error) {
	s := splitter{line: line}
	err := s.run()
	return s.words, err
}

// splitter reads a line byte by byte; at is the next one.
type splitter struct {
	line  string
	at    int
	word  []byte
	open  bool // a word has begun, perhaps an empty one
	words []string
}

func (s *splitter) run() error {
	var err error
	for err == nil && s.at < len(s.line) {
		c := s.line[s.at]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			s.at++
			s.end()
		case c == '\'':
			err = s.single()
		case c == '"':
			err = s.double()
		case c == '$' && strings.HasPrefix(s.line[s.at:], "$'"):
			err = s.escaped()
		case c == '\\':
			err = s.backslash()
		default:
			s.keep(c)
		}
	}
	s.end()
	return err
}

func (s *splitter) keep(c byte) {
	s.word = append(s.word, c)
	s.open = true
	s.at++
}

func (s *splitter) end() {
	if s.open {
		s.words = append(s.words, string(s.word))
	}
	s.word, s.open = s.word[:0], false
}

func (s *splitter) single() error {
	start := s.at
	s.at, s.open = s.at+1, true
	for s.at < len(s.line) {
		if s.line[s.at] == '\'' {
			s.at++
			return nil
		}
		s.keep(s.line[s.at])
	}
	return &QuoteError{Quote: "'", At: start}
}

func (s *splitter) double() error {
	start := s.at
	s.at, s.open = s.at+1, true
	for s.at < len(s.line) {
		c := s.line[s.at]
		if c == '"' {
			s.at++
			return nil
		}
		if c == '\\' && s.at+1 < len(s.line) {
			switch s.line[s.at+1] {
			case '\n':
				s.at += 2
				continue
			case '"', '\\', '$', '`':
				s.at++
			}
		}
		s.keep(s.line[s.at])
	}
	return &QuoteError{Quote: `"`, At: start}
}

// backslash keeps the next byte as it is; before a newline both vanish.
func (s *splitter) backslash() error {
	if s.at+1 == len(s.line) {
		return &QuoteError{Quote: `\`, At: s.at}
	}
	s.at++
	if s.line[s.at] == '\n' {
		s.at++
		return nil
	}
	s.keep(s.line[s.at])
	return nil
}

func (s *splitter) escaped() error {
	start := s.at
	s.at, s.open = s.at+2, true
	for s.at < len(s.line) {
		switch c := s.line[s.at]; {
		case c == '\'':
			s.at++
			return nil
		case c == '\\' && s.at+1 < len(s.line):
			s.at++
			s.escape()
		default:
			s.keep(c)
		}
	}
	return &QuoteError{Quote: "$'", At: start}
}

// escape reads what stands behind a backslash inside $'…'.
func (s *splitter) escape() {
	c := s.line[s.at]
	if i := strings.IndexByte("abefnrtvE", c); i >= 0 {
		s.word = append(s.word, "\a\b\x1b\f\n\r\t\v\x1b"[i])
		s.at++
		return
	}
	switch {
	case '0' <= c && c <= '7':
		s.number(s.at, 3, 8)
	case c == 'x' && s.number(s.at+1, 2, 16):
	case c == 'u' && s.number(s.at+1, 4, 16):
	case c == 'U' && s.number(s.at+1, 8, 16):
	case strings.IndexByte(`'"\?`, c) >= 0:
		s.keep(c)
	default:
		s.word = append(s.word, '\\')
		s.keep(c)
	}
}

// number reads up to max digits from a place: a byte, or from \u and \U a rune. It reports
// whether there was a digit.
func (s *splitter) number(from, max, base int) bool {
	to := from
	for to < len(s.line) && to < from+max && digitOf(s.line[to]) < base {
		to++
	}
	n, err := strconv.ParseUint(s.line[from:to], base, 32)
	if err != nil {
		return false
	}
	if max > 3 {
		s.word = utf8.AppendRune(s.word, rune(n))
	} else {
		s.word = append(s.word, byte(n))
	}
	s.at = to
	return true
}

// digitOf is the value of a hexadecimal digit; 16 for any other byte.
func digitOf(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c && c <= 'f':
		return int(c-'a') + 10
	case 'A' <= c && c <= 'F':
		return int(c-'A') + 10
	}
	return 16
}
