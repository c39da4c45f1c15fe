package option

import "strings"

// Words are the words after `docker run` that mean the same as the draft: switches first,
// then the other flags in the order of the table, the image and its arguments. FromArgs
// reads them back into the same draft. Options that the table does not know are left out.
func (d Draft) Words() []string {
	var out []string
	out = d.leading(out)
	for _, e := range d.entries {
		i, ok := index[e.Key]
		if !ok || rows[i].Positional {
			continue
		}
		r := &rows[i]
		for _, v := range e.Values {
			out = r.words(out, v)
		}
	}
	return d.positional(out)
}

// leading are the switches that stand first; -i and -t become -it.
func (d Draft) leading(out []string) []string {
	set := func(k Key) bool { return d.Get(k) == "true" }
	if set(KeyDetach) {
		out = append(out, "-d")
	}
	switch {
	case set(KeyInteractive) && set(KeyTty):
		out = append(out, "-it")
	case set(KeyInteractive):
		out = append(out, "-i")
	case set(KeyTty):
		out = append(out, "-t")
	}
	if set(KeyRemove) {
		out = append(out, "--rm")
	}
	return out
}

// words are one value of a flag.
func (r *row) words(out []string, v string) []string {
	flag := "--" + string(r.Key)
	switch {
	case r.Kind == KindBool && v == "true":
		if r.lead {
			return out // leading has written it
		}
		return append(out, flag)
	case r.Kind == KindBool:
		return append(out, flag+"="+v)
	case r.brief:
		flag = "-" + r.Short
	}
	return append(out, flag, v)
}

// positional are the image and its arguments. Without an image its place is kept with an
// empty word when arguments follow; one that looks like a flag is kept from being read so.
func (d Draft) positional(out []string) []string {
	image, args := d.Get(KeyImage), d.values(KeyArgs)
	if image == "" && len(args) == 0 {
		return out
	}
	if strings.HasPrefix(image, "-") {
		out = append(out, "--")
	}
	return append(append(out, image), args...)
}

// Line is the draft as a line for a shell, beginning with program: "docker run", "gantry
// run", "nerdctl run". It contains no control character.
func (d Draft) Line(program string) string {
	words := QuoteWords(d.Words())
	if words == "" {
		return program
	}
	return program + " " + words
}
