package option

import "gantry/engine/api"

// Parsed is a draft read against the facts of a host.
type Parsed struct {
	// Request holds every value that could be read. It is fit for create when there are no
	// problems.
	Request api.CreateRequest
	// Detach is set when the caller does not stay with the container.
	Detach bool
	// Client is what else only the caller is to do.
	Client Client
	// Problems are everything that is wrong, in the order of the table, then rules across
	// options.
	Problems api.FieldErrors
	// Warnings are what will be otherwise than written; the request already says it so.
	Warnings api.FieldErrors
}

// Client is what was asked of the caller alone, and no request says.
type Client struct {
	Quiet       bool   // nothing is told of pulls
	DetachKeys  string // that let go of the container; "" is ctrl-p,ctrl-q
	KeepSignals bool   // signals are not passed on
}

// Err is the problems as an error; nil when there are none.
func (p Parsed) Err() error {
	if len(p.Problems) == 0 {
		return nil
	}
	return p.Problems
}

// Parse reads the draft into a request and finds everything that is wrong with it. Of facts
// that are zero nothing is concluded. It does no I/O but to read env files, by Facts.Host.File.
func (d Draft) Parse(f Facts) Parsed {
	b := newBuild(f)
	for _, e := range d.entries {
		i, ok := index[e.Key]
		if !ok {
			b.refuseAt(e.Key, 0, e.Values[0], "gantry does not know this option", "")
			continue
		}
		for n, v := range e.Values {
			b.read(&rows[i], n, v)
		}
	}
	b.across(d)
	return Parsed{Request: b.req, Detach: b.detach, Client: b.client, Problems: b.problems, Warnings: b.warnings}
}

// Check is what is wrong with one value by itself, i its index among the option's values;
// nil when nothing is. It is made for every key press.
func Check(f Facts, k Key, i int, v string) *api.FieldError {
	at, ok := index[k]
	if !ok {
		return &api.FieldError{Field: string(k), Index: i, Value: v, Reason: "gantry does not know this option"}
	}
	r := &rows[at]
	b := newBuild(f)
	switch {
	case v == "" && r.Key == KeyImage:
		b.needImage()
	case v == "" && r.single() && !r.empty:
	default:
		b.read(r, i, v)
	}
	if len(b.problems) == 0 {
		return nil
	}
	return &b.problems[0]
}
