package kit

import (
	"context"
	"errors"
	"os"
	"strings"
	"syscall"

	"gantry/engine/api"
)

// Explanation is an error in words for a person. All texts are clean.
type Explanation struct {
	Title  string // what happened: "registry.example is not reachable"
	Detail string // why, or what it means; may have several lines; may be empty
	Fix    string // what to do; may be empty
}

// Line is the explanation in one line, for a notice or the command line.
func (e Explanation) Line() string {
	s := e.Title
	if e.Detail != "" {
		s += ": " + Clean(e.Detail)
	}
	if e.Fix != "" {
		s += " (" + e.Fix + ")"
	}
	return s
}

// Explain puts an error of the engine into words: the one place where that is done,
// for screens and command line alike. A nil error is an empty Explanation.
func Explain(err error) Explanation {
	if err == nil {
		return Explanation{}
	}
	e := explain(err)
	if strings.TrimSpace(Clean(e.Title)) == "" {
		e.Title = "It failed, and no reason was given"
	}
	return Explanation{Title: Clean(e.Title), Detail: strings.TrimRight(CleanText(e.Detail), "\n "), Fix: Clean(e.Fix)}
}

func explain(err error) Explanation {
	if r, ok := errors.AsType[*api.RecreateError](err); ok {
		return explainRecreate(r)
	}
	if errors.Is(err, context.Canceled) {
		return Explanation{Title: "Cancelled"}
	}
	if e, ok := explainTyped(err); ok {
		return e
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return Explanation{Title: "It took too long", Detail: err.Error(), Fix: "try again; if it goes on, restart the engine"}
	case errors.Is(err, api.ErrDetached):
		return Explanation{Title: "Detached", Detail: "the container goes on running"}
	case errors.Is(err, syscall.ENOSPC):
		return Explanation{Title: "The disk is full", Detail: err.Error(), Fix: "free some space and try again"}
	case errors.Is(err, os.ErrPermission):
		return Explanation{Title: "Not permitted", Detail: err.Error(), Fix: "run gantry as root"}
	}
	return Explanation{Title: Sentence(Clean(err.Error()))}
}

func explainTyped(err error) (Explanation, bool) {
	var (
		pull        *api.PullError
		start       *api.StartError
		unavailable *api.UnavailableError
		field       api.FieldError
		fields      api.FieldErrors
	)
	switch {
	case errors.As(err, &unavailable):
		return explainUnavailable(unavailable), true
	case errors.As(err, &pull):
		return explainPull(pull), true
	case errors.As(err, &start):
		return explainStart(start), true
	case errors.As(err, &fields):
		return explainFields(fields), true
	case errors.As(err, &field):
		return explainFields(api.FieldErrors{field}), true
	}
	return explainRefusal(err)
}

// Sentence begins s with a capital letter, where it begins with a small one. A name stays
// as it is: a host, a path, an image.
func Sentence(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	if first, _, _ := strings.Cut(s, " "); strings.ContainsAny(strings.TrimRight(first, ".,:;"), "./:@_-0123456789") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
