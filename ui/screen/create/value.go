package create

import (
	"slices"
	"strings"

	"gantry/engine/option"
	"gantry/ui/widget/field"
)

// nothing is how an empty value is written in a row where it is not the same as none:
// it takes the image's entrypoint away.
const nothing = `""`

// spec says how a row is edited.
func spec(o option.Option) field.Spec {
	sp := field.Spec{Key: string(o.Key), Label: o.Label, Kind: field.Text}
	switch {
	case o.Kind == option.KindBool:
		sp.Kind, sp.Hint = field.Check, o.Note
		return sp
	case option.FillOf(o.Key) == option.FillNetwork:
		sp.Hint = "for example " + o.Default
		if o.Repeat {
			sp.Kind = field.List
		}
		return sp // any network's name, completed from those that there are
	case o.Kind == option.KindChoice:
		sp.Kind, sp.Choices, sp.Own = field.Choice, choices(o), o.Own
		return sp
	case o.Kind == option.KindWords:
	case o.Repeat:
		sp.Kind = field.List
	}
	if o.Key == option.KeyEnv {
		sp.Mask = mask
	}
	if o.Example != "" {
		sp.Hint = "for example " + o.Example
	}
	return sp
}

// choices are an option's choices, what holds when none is made first.
func choices(o option.Option) []string {
	out := slices.DeleteFunc(slices.Clone(o.Choices), func(c string) bool { return c == o.Default })
	if o.Default != "" {
		out = slices.Insert(out, 0, o.Default)
	}
	return out
}

// read is what a row shows of a draft.
func read(o option.Option, d option.Draft) []string {
	switch {
	case o.Kind == option.KindBool:
		if d.Bool(o.Key) {
			return []string{field.On}
		}
		return nil
	case o.Kind == option.KindWords:
		return []string{option.QuoteWords(d.All(o.Key))}
	case !o.Repeat && d.Has(o.Key) && d.Get(o.Key) == "":
		return []string{nothing}
	}
	return d.All(o.Key)
}

// write puts what a row holds into a draft. The error is one of the text as such: a quote
// that is not closed; the draft then holds the words as far as they can be told.
func write(r *row, d *option.Draft) error {
	o := r.opt
	values := r.field.Values()
	switch {
	case o.Kind == option.KindWords:
		words, err := option.SplitWords(r.field.Value())
		d.Set(o.Key, words...)
		return err
	case o.Kind == option.KindChoice && len(values) == 1 && values[0] == o.Default:
		values = nil
	case o.Key == option.KeyEntrypoint && len(values) == 1 && (values[0] == nothing || values[0] == "''"):
		values = []string{""}
	case !o.Repeat && len(values) == 1:
		values[0] = strings.TrimSpace(values[0])
	}
	d.Set(o.Key, values...)
	return nil
}
