package option

import (
	"cmp"
	"errors"
	"slices"
)

// ErrNoRun is what FromLine returns for a text without a run or create in it.
var ErrNoRun = errors.New("there is no docker, podman or nerdctl run or create in it")

// Pasted is what a text from a shell, a manual or a script says of one container.
type Pasted struct {
	Program string // "docker", "podman", "nerdctl" or "gantry"
	Create  bool   // it was a create: the container is not to be started
	Draft   Draft
	// Leftovers are what has no place in the draft, in the order of the text. Together with
	// the draft they are the whole text: nothing is dropped but sudo and prompts.
	Leftovers []Leftover
	// Marks are what a shell would have replaced, in the order of the text. It was not: it
	// stands in the draft as it was written.
	Marks []Mark
}

// Place is a part of a text: the bytes from From up to To.
type Place struct{ From, To int }

// LeftoverKind says what a leftover is.
type LeftoverKind string

// The kinds of leftovers.
const (
	LeftoverOption      LeftoverKind = "option"      // a flag that gantry does not know, or cannot carry out
	LeftoverSetting     LeftoverKind = "setting"     // a flag of the program before run, of sudo, or a variable
	LeftoverCommand     LeftoverKind = "command"     // another command before or behind the run
	LeftoverRedirection LeftoverKind = "redirection" // > file, 2>&1
	LeftoverQuote       LeftoverKind = "quote"       // a quote that is not closed; what it holds is in the draft
	LeftoverComment     LeftoverKind = "comment"     // harmless
)

// Leftover is a part of a pasted text that is not in the draft.
type Leftover struct {
	Place
	Kind   LeftoverKind
	Text   string // as it stands in the text, with quotes
	Reason string // completes "TEXT …": "is not supported yet"
	Fix    string // what to do; may be empty
}

// Mark is a part of a value that a shell would have replaced: $(pwd), ${NAME:-x}, ~; or a
// placeholder that a manual wants replaced: <password>.
type Mark struct {
	Place
	Text   string // as it stands in the text, and in the value
	Key    Key    // the option whose value it is part of
	Index  int    // which of the option's values
	At     int    // byte of the value where it begins
	Reason string // completes "TEXT …": "stands for the value of NAME"
	// Name is the variable whose value it stands for: PWD for $(pwd), HOME for ~. It is
	// empty for a command and for a placeholder.
	Name string
	// Default is what counts when there is no such variable: x in ${NAME:-x}.
	Default string
}

// FromLine reads the first docker, podman, nerdctl or gantry run or create in a text, over
// as many lines as it has: quotes, backslashes, comments, prompts and other commands around
// it may be there. Nothing is executed or looked up. Values are not checked: Parse does that.
// The error is ErrNoRun, or nil.
func FromLine(text string) (Pasted, error) {
	p, ok := newPaste(text).read()
	if !ok {
		return Pasted{}, ErrNoRun
	}
	slices.SortStableFunc(p.Leftovers, func(a, b Leftover) int { return cmp.Compare(a.From, b.From) })
	return p, nil
}

// Fill puts values in the place of marks, where value knows one. Marks that it does not know
// stay.
func (p Pasted) Fill(value func(Mark) (string, bool)) Pasted {
	out := p
	out.Marks = nil
	// grown is how much longer the values before the next mark have become.
	type slot struct {
		key Key
		n   int
	}
	grown := map[slot]int{}
	for _, m := range p.Marks {
		at := slot{m.Key, m.Index}
		old := out.Draft.values(m.Key)[m.Index]
		m.At += grown[at]
		v, ok := value(m)
		if !ok {
			out.Marks = append(out.Marks, m)
			continue
		}
		out.Draft.SetIndex(m.Key, m.Index, old[:m.At]+v+old[m.At+len(m.Text):])
		grown[at] += len(v) - len(m.Text)
	}
	return out
}
