package option

import (
	"errors"
	"path"
	"slices"
	"strings"

	"gantry/engine/api"
)

// paste is FromLine under way.
type paste struct {
	text string
	lex  *lexer
	out  Pasted
	// args are the words behind run; at is how many of them were read.
	args  []token
	words []string // their texts
	at    int
	// given is where a flag that counts once was given last.
	given map[Key]Place
}

func newPaste(text string) *paste {
	p := &paste{text: text, lex: newLexer(text), given: map[Key]Place{}}
	for _, prompt := range []string{"$ ", "% ", "❯ ", "➜ ", "# "} {
		rest := strings.TrimLeft(text, " \t\r\n")
		if after, ok := strings.CutPrefix(rest, prompt); ok && (prompt != "# " || beginsRun(after)) {
			p.lex.at = len(text) - len(after)
			p.lex.prompted = true
		}
	}
	return p
}

// beginsRun reports whether a text that may be a comment is a command at root's prompt.
func beginsRun(s string) bool {
	first, _, _ := strings.Cut(s, "\n")
	words := strings.Fields(first)
	return len(words) > 1 && programOf(words[0]) != "" && slices.Contains([]string{"run", "create", "container"}, words[1])
}

// read finds the run among the commands of the text, and reads it.
func (p *paste) read() (Pasted, bool) {
	p.lex.run()
	found := false
	for _, c := range p.commands() {
		switch {
		case !found && p.begin(c):
			found = true
			p.flags()
			p.positional()
		case len(c) > 0:
			p.leave(LeftoverCommand, Place{c[0].From, c[len(c)-1].To}, "is another command", "")
		}
	}
	p.out.Leftovers = append(p.out.Leftovers, p.lex.flaws...)
	return p.out, found
}

// commands are the words between operators and ends of lines. A line that begins with a flag
// goes on with the one before, whose backslash was forgotten.
func (p *paste) commands() [][]token {
	var out [][]token
	var c []token
	for i, t := range p.lex.tokens {
		switch t.kind {
		case tokenWord:
			c = append(c, t)
		case tokenComment:
			p.leave(LeftoverComment, t.Place, "is a comment", "")
		case tokenRedirect:
			p.leave(LeftoverRedirection, t.Place, "belongs to the shell, not to the container", "")
		case tokenNewline:
			if len(c) > 0 && p.flagFollows(i+1) {
				continue
			}
			out, c = append(out, c), nil
		case tokenOperator:
			out, c = append(out, c), nil
		}
	}
	return append(out, c)
}

// flagFollows reports whether the next word is a flag; comments may stand before it.
func (p *paste) flagFollows(i int) bool {
	for ; i < len(p.lex.tokens); i++ {
		switch t := p.lex.tokens[i]; t.kind {
		case tokenWord:
			return len(t.text) > 1 && p.text[t.From] == '-'
		case tokenComment:
		case tokenNewline:
			if i > 0 && p.lex.tokens[i-1].kind != tokenComment {
				return false
			}
		default:
			return false
		}
	}
	return false
}

// leave records a leftover.
func (p *paste) leave(k LeftoverKind, at Place, reason, fix string) {
	p.out.Leftovers = append(p.out.Leftovers, Leftover{Place: at, Kind: k, Text: p.text[at.From:at.To], Reason: reason, Fix: fix})
}

// span is from one word up to another, which counts no more.
func span(words []token) Place { return Place{words[0].From, words[len(words)-1].To} }

// begin reads a command up to run or create. It reports whether it is one; if not, nothing
// has happened.
func (p *paste) begin(c []token) bool {
	var settings []Leftover
	setting := func(words []token, reason string) {
		at := span(words)
		settings = append(settings, Leftover{Place: at, Kind: LeftoverSetting, Text: p.text[at.From:at.To], Reason: reason})
	}
	i := before(c, setting)
	if i >= len(c) {
		return false
	}
	program := programOf(c[i].text)
	if program == "" {
		return false
	}
	i = globals(c, i+1, func(words []token) {
		setting(words, "chooses an engine or its settings; the one that is open here is used")
	})
	if i < len(c) && c[i].text == "container" {
		i++
	}
	if i >= len(c) || c[i].text != "run" && c[i].text != "create" {
		return false
	}
	p.out.Program, p.out.Create = program, c[i].text == "create"
	p.out.Leftovers = append(p.out.Leftovers, settings...)
	p.args = c[i+1:]
	for _, w := range p.args {
		p.words = append(p.words, w.text)
	}
	return true
}

// programOf is the program that a command's first word runs, whose run gantry reads; "" for
// any other.
func programOf(word string) string {
	name := strings.TrimSuffix(path.Base(word), ".exe")
	switch name {
	case "docker", "podman", "nerdctl", "gantry":
		return name
	case "podman-remote":
		return "podman"
	case "nerdctl.lima", "finch":
		return "nerdctl"
	}
	return ""
}

// before passes over what may stand before a program: prompts, variables, sudo and its like.
func before(c []token, setting func([]token, string)) int {
	for i := 0; i < len(c); {
		switch word := c[i].text; {
		case slices.Contains([]string{"$", "%", "❯", "➜", "!", "sudo", "doas", "exec", "time", "nohup", "command", "env", "lima"}, word):
			i++
		case i > 0 && len(word) > 1 && word[0] == '-':
			from := i
			i++
			if sudoTakes(word) && i < len(c) {
				i++
			}
			setting(c[from:i], "says how the program is run")
		case nameLength(word) > 0 && strings.HasPrefix(word[nameLength(word):], "="):
			setting(c[i:i+1], "sets a variable for this command only")
			i++
		default:
			return i
		}
	}
	return len(c)
}

// sudoTakes reports whether a flag of sudo's has its value in the next word.
func sudoTakes(word string) bool {
	return len(word) == 2 && strings.IndexByte("ughpCrtTUDR", word[1]) >= 0 ||
		slices.Contains([]string{"--user", "--group", "--host", "--prompt", "--chdir"}, word)
}

// globals passes over the flags between a program and its run.
func globals(c []token, i int, setting func([]token)) int {
	for i < len(c) && strings.HasPrefix(c[i].text, "-") {
		from, word := i, c[i].text
		i++
		name := strings.TrimLeft(word, "-")
		if !strings.Contains(word, "=") && !globalSwitch(word, name) && i < len(c) && c[i].text != "run" && c[i].text != "create" {
			i++
		}
		setting(c[from:i])
	}
	return i
}

// flags reads flags up to the image.
func (p *paste) flags() {
	for p.at < len(p.args) {
		w := p.args[p.at]
		if p.stands(w) {
			p.leave(LeftoverOption, w.Place, "stands for options that are not written out", "write them out")
			p.at++
			continue
		}
		if len(w.text) < 2 || w.text[0] != '-' {
			return
		}
		if w.text == "--" {
			p.at++
			return
		}
		p.flag(w.text)
	}
}

// stands reports whether a word in the place of a flag stands for further options: $OPTS,
// [OPTIONS], "$@". Any other substitution is taken for the image.
func (p *paste) stands(w token) bool {
	last := p.at == len(p.args)-1
	if strings.HasPrefix(w.text, "[") && strings.HasSuffix(w.text, "]") || w.text == "..." || w.text == "…" {
		return true
	}
	if !w.sole || last {
		return false
	}
	name := strings.ToLower(w.text)
	for _, s := range []string{"image", "img", "docker build", "podman build", "nerdctl build"} {
		if strings.Contains(name, s) {
			return false
		}
	}
	for _, s := range []string{"opt", "arg", "flag", "extra", "param", "$@", "$*"} {
		if !strings.HasPrefix(name, "$(") && strings.Contains(name, s) {
			return true
		}
	}
	return strings.HasPrefix(p.args[p.at+1].text, "-")
}

// flag reads one flag and its value with the reader of command lines.
func (p *paste) flag(word string) {
	rest := p.args[p.at:]
	r := reader{args: p.words[p.at+1:], draft: p.out.Draft}
	read := r.short
	if word[1] == '-' {
		read = r.long
	}
	err := read(word)
	words := rest[:len(rest)-len(r.args)]
	p.out.Draft = r.draft
	var unknown *UnknownFlagError
	switch {
	case errors.As(err, &unknown):
		p.stranger(word, unknown)
		return
	case err != nil:
		p.leave(LeftoverOption, span(words), "is not an option of a container", "")
	case len(r.flaws) > 0:
		p.leave(LeftoverOption, span(words), flawed(word, r.flaws[0]), r.flaws[0].Fix)
	default:
		p.gave(r.gave, words)
	}
	p.at += len(words)
}

// flawed names the flag of several letters that a reason is about.
func flawed(word string, e api.FieldError) string {
	if strings.HasPrefix(word, "--") || len(word) == 2 || word[2] == '=' {
		return e.Reason
	}
	return "has --" + e.Field + ", which " + e.Reason
}

// gave books what the words of a flag have set.
func (p *paste) gave(k Key, words []token) {
	i, ok := index[k]
	if !ok {
		return
	}
	if rows[i].single() && rows[i].Kind != KindBool {
		if earlier, twice := p.given[k]; twice {
			p.leave(LeftoverOption, earlier, "is given again later, and the later one counts", "")
			p.out.Marks = slices.DeleteFunc(p.out.Marks, func(m Mark) bool { return m.Key == k })
		}
		p.given[k] = span(words)
	}
	p.marked(k, words[len(words)-1])
}

// marked books the marks of a word that ends with a value just set.
func (p *paste) marked(k Key, w token) {
	all := p.out.Draft.values(k)
	if len(all) == 0 {
		return
	}
	n := len(all) - 1
	for _, m := range w.marks {
		m.At -= len(w.text) - len(all[n])
		if m.At < 0 {
			continue // the flag itself was a substitution; it was not read as one
		}
		m.Key, m.Index = k, n
		p.out.Marks = append(p.out.Marks, m)
	}
}

// positional reads the image and its arguments.
func (p *paste) positional() {
	for i, w := range p.args[p.at:] {
		k := KeyArgs
		if i == 0 {
			k = KeyImage
		}
		p.out.Draft.Add(k, w.text)
		p.marked(k, w)
	}
}
