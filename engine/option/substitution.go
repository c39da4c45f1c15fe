package option

import "strings"

// mark keeps the text up to a place as part of the word, as something to be replaced.
func (l *lexer) mark(to int, reason, name, def string) {
	text := l.line[l.at:to]
	l.marks = append(l.marks, Mark{
		Place: Place{l.at, to}, Text: text, At: len(l.word), Reason: reason, Name: name, Default: def,
	})
	l.word = append(l.word, text...)
	l.open = true
	l.at = to
}

// doubleMarked is double, with what a shell would replace inside.
func (l *lexer) doubleMarked() error {
	start := l.at
	l.at, l.open = l.at+1, true
	for l.at < len(l.line) {
		switch c := l.line[l.at]; {
		case c == '"':
			l.at++
			return nil
		case c == '\\' && strings.HasPrefix(l.line[l.at:], "\\\r\n"):
			l.at += 3
		case c == '\\' && strings.HasPrefix(l.line[l.at:], "\\\n"):
			l.at += 2
		case c == '\\' && l.at+1 < len(l.line) && strings.IndexByte("\"\\$`", l.line[l.at+1]) >= 0:
			l.at++
			l.keep(l.line[l.at])
		case c == '$':
			if err := l.dollar(true); err != nil {
				return err
			}
		case c == '`':
			if err := l.backtick(); err != nil {
				return err
			}
		default:
			l.keep(c)
		}
	}
	return &QuoteError{Quote: `"`, At: start}
}

// dollar reads $NAME, ${…}, $(…), $'…' and $"…"; any other $ is one.
func (l *lexer) dollar(quoted bool) error {
	rest := l.line[l.at:]
	switch {
	case strings.HasPrefix(rest, "$'") && !quoted:
		return l.escaped()
	case strings.HasPrefix(rest, `$"`) && !quoted:
		l.at++
		return l.doubleMarked()
	case strings.HasPrefix(rest, "$("):
		return l.command("$(", ')', rest)
	case strings.HasPrefix(rest, "${"):
		return l.parameter(rest)
	}
	n := 1
	if len(rest) > 1 && strings.IndexByte("@*#?$!-0123456789", rest[1]) >= 0 {
		n = 2
	} else {
		n += nameLength(rest[1:])
	}
	if n == 1 || quoted && rest[1] == '-' {
		l.keep('$')
		return nil
	}
	name := rest[1:n]
	if nameLength(name) == 0 {
		l.mark(l.at+n, "stands for a value of the shell's", "", "")
		return nil
	}
	l.mark(l.at+n, "stands for the value of "+name, name, "")
	return nil
}

// command reads $(…), up to the bracket that belongs to it.
func (l *lexer) command(opened string, closer byte, rest string) error {
	n := closing(rest, len(opened), closer)
	if n < 0 {
		return l.openEnded(opened)
	}
	inner := strings.TrimSpace(rest[len(opened) : n-1])
	l.output(l.at+n, inner)
	return nil
}

// backtick reads `…`; one that only holds a comment, as manuals write it between continued
// lines, is that.
func (l *lexer) backtick() error {
	rest := l.line[l.at:]
	for i := 1; i < len(rest); i++ {
		switch rest[i] {
		case '\\':
			i++
		case '`':
			if !l.open && rest[1] == '#' {
				l.add(tokenComment, l.at, l.at+i+1)
				return nil
			}
			l.output(l.at+i+1, strings.TrimSpace(rest[1:i]))
			return nil
		}
	}
	return l.openEnded("`")
}

// output marks a command whose output would stand here.
func (l *lexer) output(to int, command string) {
	if command == "pwd" || command == "PWD" {
		l.mark(to, "stands for the directory one is in", "PWD", "")
		return
	}
	l.mark(to, "stands for the output of a command, which was not run", "", "")
}

// parameter reads ${NAME}, ${NAME:-default} and its kin.
func (l *lexer) parameter(rest string) error {
	n := closing(rest, 2, '}')
	if n < 0 {
		return l.openEnded("${")
	}
	inner := rest[2 : n-1]
	name := inner[:nameLength(inner)]
	if name == "" {
		l.mark(l.at+n, "stands for a value of the shell's", "", "")
		return nil
	}
	switch tail := inner[len(name):]; {
	case tail == "":
		l.mark(l.at+n, "stands for the value of "+name, name, "")
	case strings.HasPrefix(tail, ":-") || strings.HasPrefix(tail, ":="):
		l.mark(l.at+n, "stands for the value of "+name+", else "+tail[2:], name, tail[2:])
	case tail[0] == '-' || tail[0] == '=':
		l.mark(l.at+n, "stands for the value of "+name+", else "+tail[1:], name, tail[1:])
	case strings.HasPrefix(tail, ":?") || tail[0] == '?':
		l.mark(l.at+n, "stands for the value of "+name+", which must be set", name, "")
	default:
		l.mark(l.at+n, "stands for a part of the value of "+name, "", "")
	}
	return nil
}

// openEnded keeps all that is left, since nothing closes it.
func (l *lexer) openEnded(opened string) error {
	at := l.at
	l.word = append(l.word, l.line[l.at:]...)
	l.open = true
	return &QuoteError{Quote: opened, At: at}
}

// tilde reads ~ and ~name at the beginning of a word.
func (l *lexer) tilde() {
	l.from = l.at
	n := 1 + nameLength(l.line[l.at+1:])
	next := byte('/')
	if l.at+n < len(l.line) {
		next = l.line[l.at+n]
	}
	switch {
	case strings.IndexByte("/: \t\r\n", next) < 0:
		l.keep('~')
	case n == 1:
		l.mark(l.at+n, "stands for one's home directory", "HOME", "")
	default:
		l.mark(l.at+n, "stands for the home directory of "+l.line[l.at+1:l.at+n], "", "")
	}
}

// percents are the variables that manuals write for cmd.exe, and ours.
const percents = "%cd%=PWD %userprofile%=HOME %homepath%=HOME %appdata%= %localappdata%= %programdata%="

// percent reads %cd% and its like.
func (l *lexer) percent() {
	rest := l.line[l.at:]
	if i := strings.IndexByte(rest[1:min(len(rest), 20)], '%'); i > 0 {
		word := rest[:i+2]
		for p := range strings.FieldsSeq(percents) {
			if from, name, _ := strings.Cut(p, "="); from == strings.ToLower(word) {
				l.mark(l.at+len(word), "stands for a value of another system's shell", name, "")
				return
			}
		}
	}
	l.keep('%')
}

// nameLength counts the bytes of the variable's name that a text begins with.
func nameLength(s string) int {
	n := 0
	for n < len(s) && (alphanumeric(s[n]) || s[n] == '_') {
		n++
	}
	if n > 0 && '0' <= s[0] && s[0] <= '9' {
		return 0
	}
	return n
}

// closing is the length of s up to and with the closer that belongs to what was opened
// before from; -1 when there is none. Quotes and nested brackets are passed over.
func closing(s string, from int, closer byte) int {
	opener := byte('(')
	if closer == '}' {
		opener = '{'
	}
	depth := 1
	var quote byte
	for i := from; i < len(s); i++ {
		switch c := s[i]; {
		case c == '\\' && quote != '\'':
			i++
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == opener:
			depth++
		case c == closer:
			depth--
			if depth == 0 {
				return i + 1
			}
		}
	}
	return -1
}
