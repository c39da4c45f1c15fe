package option

import (
	"errors"
	"strings"

	"gantry/engine/api"
)

// reader is FromArgs under way; args are those not read yet.
type reader struct {
	args   []string
	extras []Extra
	draft  Draft
	gave   Key // the option of the table that was given last
	flaws  api.FieldErrors
}

// flag is what a flag does, whatever it comes from.
type flag struct {
	key   Key
	bare  bool // takes no value of its own
	blank bool // an empty value is fine
	set   func(v string) error
}

// run reads flags up to the first word that is none.
func (r *reader) run() error {
	for len(r.args) > 0 {
		arg := r.args[0]
		if len(arg) < 2 || arg[0] != '-' {
			break
		}
		r.args = r.args[1:]
		if arg == "--" {
			break
		}
		read := r.short
		if arg[1] == '-' {
			read = r.long
		}
		if err := read(arg); err != nil {
			return err
		}
	}
	if len(r.args) > 0 {
		r.draft.Set(KeyImage, r.args[0])
		r.draft.Set(KeyArgs, r.args[1:]...)
	}
	return nil
}

// long reads --flag, --flag=value or --flag value.
func (r *reader) long(arg string) error {
	name, value, given := strings.Cut(arg[2:], "=")
	f, ok := r.byName(name)
	switch {
	case !ok && name == "help":
		return ErrHelp
	case !ok:
		return &UnknownFlagError{Flag: "--" + name, Near: dashed(nearest(name, r.names()))}
	case given:
		return r.give(f, value)
	case f.bare:
		return r.give(f, "true")
	}
	return r.next(f)
}

// short reads letters behind one dash: switches, and at last perhaps a flag with its value
// directly behind it, behind =, or in the next argument.
func (r *reader) short(arg string) error {
	for letters := arg[1:]; letters != ""; {
		c := letters[0]
		letters = letters[1:]
		f, ok := r.byLetter(c)
		switch {
		case !ok:
			return &UnknownFlagError{Flag: arg, Near: r.meant(arg[1:])}
		case strings.HasPrefix(letters, "="):
			return r.give(f, letters[1:])
		case f.bare:
			if err := r.give(f, "true"); err != nil {
				return err
			}
		case letters != "":
			return r.give(f, letters)
		default:
			return r.next(f)
		}
	}
	return nil
}

// next gives a flag the following argument, whatever it looks like.
func (r *reader) next(f flag) error {
	if len(r.args) == 0 {
		r.flaw(f.key, "", "needs a value")
		return nil
	}
	v := r.args[0]
	r.args = r.args[1:]
	return r.give(f, v)
}

// give sets a flag. An empty value is refused where it would silently mean no value, as
// of a --memory "$LIMIT" whose variable is not set.
func (r *reader) give(f flag, v string) error {
	if v == "" && !f.blank {
		r.flaw(f.key, "", "needs a value")
		return nil
	}
	err := f.set(v)
	var flaw api.FieldError
	if errors.As(err, &flaw) {
		r.flaws = append(r.flaws, flaw)
		return nil
	}
	return err
}

func (r *reader) flaw(k Key, v, reason string) {
	r.flaws = append(r.flaws, api.FieldError{Field: string(k), Value: v, Reason: reason})
}

func (r *reader) byName(name string) (flag, bool) {
	if i, ok := index[Key(name)]; ok && !rows[i].Positional {
		return r.fromTable(&rows[i]), true
	}
	for _, e := range r.extras {
		if e.Name == name {
			return fromExtra(e), true
		}
	}
	if l, ok := laterByName(name); ok {
		return r.fromLater(l), true
	}
	return flag{}, false
}

func (r *reader) byLetter(c byte) (flag, bool) {
	if i, ok := shorts[c]; ok {
		return r.fromTable(&rows[i]), true
	}
	for _, e := range r.extras {
		if e.Short == string(c) {
			return fromExtra(e), true
		}
	}
	if l, ok := laterByLetter(c); ok {
		return r.fromLater(l), true
	}
	return flag{}, false
}

func (r *reader) fromTable(row *row) flag {
	set := func(v string) error {
		r.draft.Add(row.Key, v)
		r.gave = row.Key
		return nil
	}
	blank := row.Repeat || row.empty || row.Kind == KindText || row.Kind == KindPath || row.Kind == KindChoice
	return flag{key: row.Key, bare: row.Kind == KindBool, blank: blank, set: set}
}

func fromExtra(e Extra) flag {
	return flag{key: Key(e.Name), bare: e.Bool, blank: true, set: e.Set}
}

func (r *reader) fromLater(l later) flag {
	set := func(v string) error {
		return api.FieldError{Field: l.name, Value: v, Reason: l.reason}
	}
	return flag{key: Key(l.name), bare: l.bare, blank: true, set: set}
}

// meant is the long flag that stands behind one dash by mistake: -name for --name.
func (r *reader) meant(word string) string {
	name, _, _ := strings.Cut(word, "=")
	if len(name) < 2 {
		return ""
	}
	return dashed(nearest(name, r.names()))
}

// names are the long flags that can be meant.
func (r *reader) names() []string {
	out := []string{"help"}
	for i := range rows {
		if !rows[i].Positional {
			out = append(out, string(rows[i].Key))
		}
	}
	for _, e := range r.extras {
		out = append(out, e.Name)
	}
	return out
}

func dashed(name string) string {
	if name == "" {
		return ""
	}
	return "--" + name
}
