package option

import (
	"slices"
	"strings"
)

// Option is one row of the table: everything that a form, a command line and a help text
// say about it. It is a copy; changing it changes nothing else.
type Option struct {
	Key     Key
	Short   string   // one letter, without its dash; "" when there is none
	Aliases []string // other long flags that mean the same, without dashes
	Label   string   // what the form's row is called
	Note    string   // a few words behind the row's value: "when it exits"; may be empty
	Section Section
	Kind    Kind
	Repeat  bool     // may be given more than once; the order of its values counts
	Default string   // what holds when it is not given; "" when the image or the engine decides
	Choices []string // of a KindChoice
	Own     bool     // of a KindChoice: it takes other values than its choices too
	Unit    string   // of a number: "seconds", "CPUs"
	Example string   // a value a person might write; given wherever Choices does not say it
	Help    string   // one short sentence without a full stop
	Value   string   // what help calls the value: "bytes", "list"; "" for a KindBool
	// Positional stands after the flags and has no dashes.
	Positional bool
	// Client concerns only the caller of run, not the container: a create has no use for it.
	Client bool
	// Form is set when the form shows a row for it.
	Form bool
}

// Table is every option, in the order of the form.
func Table() []Option {
	out := make([]Option, len(rows))
	for i := range rows {
		out[i] = rows[i].copy()
	}
	return out
}

// Find is the option of that key, which may also be an alias.
func Find(k Key) (Option, bool) {
	i, ok := index[k]
	if !ok {
		return Option{}, false
	}
	return rows[i].copy(), true
}

// Sections are the sections that have a row in the form, in its order.
func Sections() []Section {
	var out []Section
	for _, s := range []Section{
		SectionBasics, SectionProcess, SectionNetwork, SectionStorage, SectionResources, SectionSecurity, SectionAdvanced,
	} {
		if len(In(s)) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// In is the rows that the form shows in a section, from top to bottom.
func In(s Section) []Option {
	var out []Option
	for i := range rows {
		if rows[i].Form && rows[i].Section == s {
			out = append(out, rows[i].copy())
		}
	}
	return out
}

// FlagText is the flag as help writes it, "-m, --memory bytes"; where there is no short
// form its place is kept free, so that the long ones stand under each other. A positional
// is its name in capitals.
func (o Option) FlagText() string {
	if o.Positional {
		return o.Value
	}
	s := "    --" + string(o.Key)
	if o.Short != "" {
		s = "-" + o.Short + ", --" + string(o.Key)
	}
	if o.Value != "" {
		s += " " + o.Value
	}
	return s
}

// HelpText is the help with the choices and the default behind it.
func (o Option) HelpText() string {
	s := o.Help
	if len(o.Choices) > 0 {
		s += ": " + strings.Join(o.Choices, ", ")
	}
	if o.Default != "" && o.Kind != KindBool {
		s += " (default " + o.Default + ")"
	}
	return s
}

func (r *row) copy() Option {
	o := r.Option
	o.Aliases = slices.Clone(o.Aliases)
	o.Choices = slices.Clone(o.Choices)
	return o
}
