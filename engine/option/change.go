package option

import (
	"slices"
	"strings"
)

// Change is an option that two drafts differ in.
type Change struct {
	Key      Key
	From, To []string // nil where it is not given
}

// Gone are the values that are no longer there, in their order.
func (c Change) Gone() []string { return without(c.From, c.To) }

// Come are the values that were not there, in their order.
func (c Change) Come() []string { return without(c.To, c.From) }

func without(all, other []string) (out []string) {
	for _, v := range all {
		if !slices.Contains(other, v) {
			out = append(out, v)
		}
	}
	return out
}

// Moved is set when the same values stand in another order, or were given a different number
// of times.
func (c Change) Moved() bool { return len(c.Gone()) == 0 && len(c.Come()) == 0 }

// String is the change in a line: "publish: 8080:80 → 8081:80".
func (c Change) String() string {
	from, to := c.Gone(), c.Come()
	if c.Key == KeyArgs || c.Moved() {
		from, to = c.From, c.To
	}
	say := func(v []string) string {
		if len(v) == 0 {
			return "not given"
		}
		return QuoteWords(v)
	}
	return string(c.Key) + ": " + say(from) + " → " + say(to)
}

// Changes are the options that differ from one draft to another, in the order of the table.
// A default that is written out is no change.
func Changes(from, to Draft) []Change {
	var out []Change
	var keys []Key
	for _, e := range slices.Concat(from.entries, to.entries) {
		if !slices.Contains(keys, e.Key) {
			keys = append(keys, e.Key)
		}
	}
	slices.SortStableFunc(keys, func(a, b Key) int { return place(a) - place(b) })
	for _, k := range keys {
		a, b := from.said(k), to.said(k)
		if !slices.Equal(a, b) {
			out = append(out, Change{Key: k, From: a, To: b})
		}
	}
	return out
}

// said is the values of an option; none where they are its default.
func (d Draft) said(k Key) []string {
	v := d.All(k)
	if i, ok := index[k]; ok && len(v) == 1 && rows[i].single() && v[0] == rows[i].Default {
		return nil
	}
	return v
}

// With is the draft with the options of another in place of its own: each one that over has
// is taken from there with all its values.
func (d Draft) With(over Draft) Draft {
	out := d
	for _, e := range over.entries {
		out.Set(e.Key, e.Values...)
	}
	return out
}

// Secret reports whether a variable's name looks as if its value were one to be kept.
func Secret(name string) bool {
	name = strings.ToUpper(name)
	for _, end := range []string{"_FILE", "_PATH", "_DIR", "_TTL"} {
		if strings.HasSuffix(name, end) {
			return false // it says where the secret is, or for how long
		}
	}
	for _, s := range []string{"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "AUTH_KEY", "AUTHKEY", "ENCRYPTION_KEY"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return name == "KEY" || name == "PWORD" || strings.HasSuffix(name, "PASS") || strings.HasSuffix(name, "_PWD") || strings.HasSuffix(name, "_KEY")
}
