package option

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
)

// Draft is what a person wrote: raw strings by option. Options stand in the order of the
// table, the values of one option in the order they were given. The zero value is an empty
// draft. A Draft is a value: a copy is independent of the original.
type Draft struct {
	entries []Entry // sorted by place; each has at least one value; never changed in place
}

// Entry is one option of a draft with its values, at least one.
type Entry struct {
	Key    Key      `json:"key" toml:"key"`
	Values []string `json:"values" toml:"values"`
}

// Get is the value of an option, the first of a repeated one; "" when it has none.
func (d Draft) Get(k Key) string {
	if v := d.values(k); len(v) > 0 {
		return v[0]
	}
	return ""
}

// Bool reports whether a switch is on.
func (d Draft) Bool(k Key) bool {
	on, err := strconv.ParseBool(d.Get(k))
	return err == nil && on
}

// All is the values of an option, in order; a copy.
func (d Draft) All(k Key) []string { return slices.Clone(d.values(k)) }

// Has reports whether the option was given.
func (d Draft) Has(k Key) bool { return len(d.values(k)) > 0 }

// Empty reports whether nothing was given.
func (d Draft) Empty() bool { return len(d.entries) == 0 }

// Set replaces the values of an option. Of several values for an option that takes one the
// last counts, as on Docker's command line; an empty one unsets it, but for entrypoint,
// where it takes the image's entrypoint away. Aliases are stored under the option's key.
func (d *Draft) Set(k Key, v ...string) {
	k, v = normal(k, v)
	at, found := d.find(k)
	entries := make([]Entry, 0, len(d.entries)+1)
	entries = append(entries, d.entries[:at]...)
	if len(v) > 0 {
		entries = append(entries, Entry{Key: k, Values: slices.Clone(v)})
	}
	if found {
		at++
	}
	d.entries = append(entries, d.entries[at:]...)
}

// Add puts one more value behind those of a repeatable option, and replaces that of another.
func (d *Draft) Add(k Key, v string) { d.Set(k, append(d.All(k), v)...) }

// Unset takes an option away.
func (d *Draft) Unset(k Key) { d.Set(k) }

// SetIndex replaces value i, from 0; beyond the last it adds one.
func (d *Draft) SetIndex(k Key, i int, v string) {
	all := d.All(k)
	if i < 0 || i >= len(all) {
		d.Set(k, append(all, v)...)
		return
	}
	all[i] = v
	d.Set(k, all...)
}

// RemoveIndex takes value i away, from 0; there may be none.
func (d *Draft) RemoveIndex(k Key, i int) {
	all := d.All(k)
	if i < 0 || i >= len(all) {
		return
	}
	d.Set(k, slices.Delete(all, i, i+1)...)
}

// Clone is an independent copy.
func (d Draft) Clone() Draft { return FromEntries(d.Entries()) }

// Equal reports whether both drafts say the same.
func (d Draft) Equal(o Draft) bool {
	return slices.EqualFunc(d.entries, o.entries, func(a, b Entry) bool {
		return a.Key == b.Key && slices.Equal(a.Values, b.Values)
	})
}

// Changed counts the values of a section that differ from their default. The image is not
// counted, since there is always one; a command counts once.
func (d Draft) Changed(s Section) int {
	n := 0
	for _, e := range d.entries {
		i, ok := index[e.Key]
		if !ok || rows[i].Section != s || !rows[i].Form || e.Key == KeyImage {
			continue
		}
		switch {
		case e.Key == KeyArgs:
			n++
		case rows[i].Repeat:
			for _, v := range e.Values {
				if v != rows[i].Default {
					n++
				}
			}
		case e.Values[0] != rows[i].Default:
			n++
		}
	}
	return n
}

// Entries is the draft as plain data, in the order of the table; a copy.
func (d Draft) Entries() []Entry {
	out := make([]Entry, len(d.entries))
	for i, e := range d.entries {
		out[i] = Entry{Key: e.Key, Values: slices.Clone(e.Values)}
	}
	return out
}

// FromEntries makes a draft of plain data. Keys that the table does not know are kept, so
// that Parse can name them.
func FromEntries(entries []Entry) Draft {
	var d Draft
	for _, e := range entries {
		d.Set(e.Key, append(d.All(e.Key), e.Values...)...)
	}
	return d
}

// MarshalJSON writes the entries.
func (d Draft) MarshalJSON() ([]byte, error) { return json.Marshal(d.Entries()) }

// UnmarshalJSON reads entries.
func (d *Draft) UnmarshalJSON(data []byte) error {
	var entries []Entry
	if err := json.Unmarshal(data, &entries); err != nil {
		return err
	}
	*d = FromEntries(entries)
	return nil
}

// values is the draft's own slice; it must not be changed.
func (d Draft) values(k Key) []string {
	k, _ = normal(k, nil)
	if at, ok := d.find(k); ok {
		return d.entries[at].Values
	}
	return nil
}

// find is where the entry of a key is, or where it belongs.
func (d Draft) find(k Key) (int, bool) {
	at := place(k)
	return slices.BinarySearchFunc(d.entries, k, func(e Entry, k Key) int {
		return cmp.Or(cmp.Compare(place(e.Key), at), cmp.Compare(e.Key, k))
	})
}

// normal is the key behind an alias, and the values that count.
func normal(k Key, v []string) (Key, []string) {
	i, ok := index[k]
	if !ok {
		return k, v
	}
	r := &rows[i]
	if r.single() && len(v) > 0 {
		v = v[len(v)-1:]
		if v[0] == "" && !r.empty {
			v = nil
		}
	}
	return r.Key, v
}
