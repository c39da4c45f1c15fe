package option

import "strings"

// token is a word, an operator, a comment or the end of a line of a shell's text.
type token struct {
	Place
	kind  tokenKind
	text  string // of a word: without its quotes
	marks []Mark // of a word; At counts in text
	// sole is set for a word that is one substitution and nothing else.
	sole bool
}

type tokenKind byte

const (
	tokenWord     tokenKind = iota
	tokenOperator           // ; & && | || ( )
	tokenRedirect           // > >> < << 2>, up to its file
	tokenComment
	tokenNewline
)

// lexer reads a text as a shell does, and knows what a shell would replace. Unlike a shell
// it is kind to what manuals get wrong: blanks behind a backslash, comments between
// continued lines, the continuations of other shells.
type lexer struct {
	splitter
	from   int // where the open word began
	marks  []Mark
	tokens []token
	flaws  []Leftover
	// joined is set while the line being read continues the last one.
	joined bool
	// prompted is set when the text begins with a prompt: then > begins continued lines.
	prompted bool
}

func newLexer(text string) *lexer { return &lexer{splitter: splitter{line: text}} }

func (l *lexer) run() {
	for l.at < len(l.line) {
		if !l.open && l.between() {
			continue
		}
		if err := l.within(); err != nil {
			l.unclosed(err)
		}
	}
	l.endWord()
}

// between reads what counts only where no word is open. It reports whether there was any.
func (l *lexer) between() bool {
	rest := l.line[l.at:]
	switch {
	case rest[0] == '#', strings.HasPrefix(rest, "```") && l.lineBegins():
		l.comment()
	case rest[0] == '(' || rest[0] == ')':
		l.add(tokenOperator, l.at, l.at+1)
	case rest[0] == '>' && l.prompted && l.lineBegins():
		l.at++
	case (rest[0] == '^' || rest[0] == '`') && blankToEnd(rest[1:]) > 0:
		l.join(1 + blankToEnd(rest[1:]))
	case rest[0] == '~':
		l.tilde()
	default:
		l.from = l.at
		return false
	}
	return true
}

// within reads the next piece of a word, or what ends it.
func (l *lexer) within() error {
	rest := l.line[l.at:]
	switch c := rest[0]; c {
	case ' ', '\t', '\r':
		l.endWord()
		l.at++
	case '\n':
		l.endWord()
		if !l.joined {
			l.add(tokenNewline, l.at, l.at+1)
			return nil
		}
		l.join(1)
	case '\'':
		return l.single()
	case '"':
		return l.doubleMarked()
	case '\\':
		return l.backslashed()
	case '$':
		return l.dollar(false)
	case '`':
		return l.backtick()
	case '<', '>':
		l.angle()
	case ';', '&', '|':
		l.operator()
	case '%':
		l.percent()
	default:
		l.keep(c)
	}
	return nil
}

// lineBegins reports whether only blanks stand before this place in its line.
func (l *lexer) lineBegins() bool {
	before := strings.TrimRight(l.line[:l.at], " \t")
	return before == "" || before[len(before)-1] == '\n'
}

// blankToEnd counts the bytes up to and with the next newline when there are but blanks
// before it; 0 when not.
func blankToEnd(s string) int {
	for i := range len(s) {
		switch s[i] {
		case ' ', '\t', '\r':
		case '\n':
			return i + 1
		default:
			return 0
		}
	}
	return 0
}

func (l *lexer) add(k tokenKind, from, to int) {
	l.tokens = append(l.tokens, token{Place: Place{from, to}, kind: k, text: l.line[from:to]})
	l.at = to
}

func (l *lexer) endWord() {
	if !l.open {
		return
	}
	w := token{Place: Place{l.from, l.at}, kind: tokenWord, text: string(l.word), marks: l.marks}
	w.sole = len(w.marks) == 1 && strings.Trim(l.line[l.from:l.at], `"`) == w.text && w.marks[0].Text == w.text
	l.tokens = append(l.tokens, w)
	l.word, l.open, l.marks = l.word[:0], false, nil
}

// comment reads up to the end of the line; the newline stays.
func (l *lexer) comment() {
	end := len(l.line)
	if i := strings.IndexByte(l.line[l.at:], '\n'); i >= 0 {
		end = l.at + i
	}
	l.add(tokenComment, l.at, end)
}

// join goes on with the next line as if it were this one.
func (l *lexer) join(n int) {
	l.at += n
	rest := strings.TrimLeft(l.line[l.at:], " \t")
	l.joined = strings.HasPrefix(rest, "#")
}

// backslashed reads a backslash that is in no quotes.
func (l *lexer) backslashed() error {
	rest := l.line[l.at+1:]
	if n := blankToEnd(rest); n > 0 {
		if n > 1 && rest[0] != '\r' {
			l.endWord()
		}
		l.join(1 + n)
		return nil
	}
	if after := strings.TrimLeft(rest, " \t"); len(after) < len(rest) && strings.HasPrefix(after, "#") && !l.open {
		l.at += 1 + len(rest) - len(after)
		l.comment()
		l.joined = true
		return nil
	}
	return l.backslash()
}

// operator reads ; & | and those doubled; &> is a redirection.
func (l *lexer) operator() {
	l.endWord()
	to := l.at + 1
	if to < len(l.line) && l.line[to] == l.line[l.at] {
		to++
	} else if l.line[l.at] == '&' && to < len(l.line) && l.line[to] == '>' {
		l.redirect(l.at)
		return
	}
	l.add(tokenOperator, l.at, to)
}

// angle reads a placeholder such as <your key>, or a redirection.
func (l *lexer) angle() {
	if n := placeholder(l.line[l.at:]); n > 0 {
		l.mark(l.at+n, "wants a value of your own", "", "")
		return
	}
	from := l.at
	if l.open && strings.Trim(string(l.word), "0123456789") == "" {
		from = l.from
		l.word, l.open, l.marks = l.word[:0], false, nil
	}
	l.endWord()
	l.redirect(from)
}

// redirect reads the arrows, and the file directly behind them.
func (l *lexer) redirect(from int) {
	at := l.at
	for at < len(l.line) && strings.IndexByte("<>&|", l.line[at]) >= 0 {
		at++
	}
	for at < len(l.line) && (l.line[at] == ' ' || l.line[at] == '\t') {
		at++
	}
	for at < len(l.line) && strings.IndexByte(" \t\r\n;&|<>", l.line[at]) < 0 {
		at++
	}
	l.add(tokenRedirect, from, at)
}

// maxPlaceholder bounds how far the end of a placeholder is looked for.
const maxPlaceholder = 80

// placeholder is the length of a <placeholder> that a text begins with; 0 when it does not.
func placeholder(s string) int {
	if len(s) < 3 || s[0] != '<' || !alphanumeric(s[1]) && s[1] != '/' {
		return 0
	}
	for i := 2; i < min(len(s), maxPlaceholder); i++ {
		switch {
		case s[i] == '>' && s[i-1] != ' ':
			return i + 1
		case !alphanumeric(s[i]) && strings.IndexByte(" _-.:/'", s[i]) < 0:
			return 0
		}
	}
	return 0
}

// unclosed keeps the word that an open quote leaves, and says so.
func (l *lexer) unclosed(err error) {
	q, ok := err.(*QuoteError)
	if !ok {
		return
	}
	l.at = len(l.line)
	reason := "is not closed"
	if q.Quote == `\` {
		reason = "has nothing behind it"
	}
	l.flaws = append(l.flaws, Leftover{
		Place: Place{q.At, q.At + len(q.Quote)}, Kind: LeftoverQuote, Text: q.Quote, Reason: reason,
	})
}
