package kit

import "strings"

// Sieve is what a person looks for in a list: words that a thing must all have, and those
// after a "!", which it must not have. Small and capital letters are the same.
type Sieve struct{ has, lacks []string }

// NewSieve reads what was typed. Of a "!" alone nothing is asked yet.
func NewSieve(typed string) Sieve {
	var s Sieve
	for _, w := range strings.Fields(strings.ToLower(typed)) {
		switch without, not := strings.CutPrefix(w, "!"); {
		case !not:
			s.has = append(s.has, w)
		case without != "":
			s.lacks = append(s.lacks, without)
		}
	}
	return s
}

// Passes reports whether a thing is looked for; has says whether a word in small letters is in it.
func (s Sieve) Passes(has func(word string) bool) bool {
	for _, w := range s.has {
		if !has(w) {
			return false
		}
	}
	for _, w := range s.lacks {
		if has(w) {
			return false
		}
	}
	return true
}

// PassesText is Passes for a thing that is one text.
func (s Sieve) PassesText(text string) bool {
	text = strings.ToLower(text)
	return s.Passes(func(word string) bool { return strings.Contains(text, word) })
}
