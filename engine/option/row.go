package option

import "gantry/engine/api"

// row is an option together with how its values become part of a request.
type row struct {
	Option
	// put reads one value into the request, or says with build.refuse what is wrong with it.
	put func(b *build, v string)
	// take reads the option's values out of a request again; nil for none. The request's
	// Config and HostConfig are never nil.
	take func(r *api.CreateRequest) []string
	// lead is set on the switches that stand first in a rendered line: docker run -d -it --rm.
	lead bool
	// brief is set where a rendered line prefers the short form: -e, -m.
	brief bool
	// empty is set where an empty value is not the same as none: --entrypoint "".
	empty bool
}

// rows is the table. It is made once and never changed.
var rows = makeRows()

// index finds a row by key or alias. It is made once and never changed.
var index = makeIndex()

// shorts finds a row by its short form. It is made once and never changed.
var shorts = makeShorts()

func makeRows() []row {
	var out []row
	for _, part := range [][]row{
		basics(),
		restarts(),
		process(),
		identity(),
		networking(),
		ports(),
		endpoint(),
		resolving(),
		storage(),
		logging(),
		health(),
		{initial()},
		caller(),
		resources(),
		memory(),
		cpu(),
		ulimits(),
		security(),
		confine(),
		devices(),
		sysctls(),
		blkio(),
		cgroup(),
		spaces(),
		runtimes(),
	} {
		out = append(out, part...)
	}
	return out
}

func makeIndex() map[Key]int {
	out := make(map[Key]int, 2*len(rows))
	for i := range rows {
		out[rows[i].Key] = i
		for _, a := range rows[i].Aliases {
			out[Key(a)] = i
		}
	}
	return out
}

func makeShorts() map[byte]int {
	out := make(map[byte]int)
	for i := range rows {
		if s := rows[i].Short; s != "" {
			out[s[0]] = i
		}
	}
	return out
}

// place is where a key stands in the table; keys that are not in it come last.
func place(k Key) int {
	if i, ok := index[k]; ok {
		return i
	}
	return len(rows)
}

// single is set for an option of which only the last value counts.
func (r *row) single() bool { return !r.Repeat }
