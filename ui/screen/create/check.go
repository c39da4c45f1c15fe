package create

import (
	"strconv"
	"strings"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
)

// gravity says what a remark under a row is.
type gravity int

const (
	aside   gravity = iota // good to know
	warning                // will be otherwise than written
	problem                // has to be mended
)

// remark is something said under a value.
type remark struct {
	gravity gravity
	text    string // clean
}

// check reads the draft anew and puts what there is to say under the rows.
func (s *Screen) check() {
	s.dirty = true
	s.parsed = s.detached().Parse(s.facts())
	s.wrong = s.problems()
	s.each(func(r *row) { r.below = nil })
	for _, e := range s.wrong {
		s.remark(e, problem)
	}
	for _, e := range s.parsed.Warnings {
		s.remark(e, warning)
	}
	s.imageRemark()
	s.notes()
	s.marked()
	s.ghosts()
}

func (s *Screen) facts() option.Facts {
	if s.deps.Facts == nil {
		return option.Facts{}
	}
	return s.deps.Facts()
}

// detached is the draft as it is carried out: nobody stays with the container.
func (s *Screen) detached() option.Draft { return detached(s.draft) }

func detached(d option.Draft) option.Draft {
	d.Set(option.KeyDetach, "true") // a value: the caller's own stays as it is
	return d
}

// problems are everything that is wrong: of the texts, of the values, of the world, and
// what the engine said of them.
func (s *Screen) problems() api.FieldErrors {
	var out api.FieldErrors
	s.each(func(r *row) {
		if r.flaw != nil {
			out = append(out, api.FieldError{Field: string(r.opt.Key), Value: r.field.Value(), Reason: r.flaw.Error()})
		}
	})
	out = append(out, s.parsed.Problems...)
	e, taken := s.nameTaken()
	if taken {
		out = append(out, e)
	}
	s.mine = len(out)
	out = append(out, s.outside(taken)...)
	if e, ok := s.unpullable(); ok {
		out = append(out, e)
	}
	return append(out, s.engine...)
}

// hinders reports whether what the world has in the way counts: a container that is only
// created holds no port.
func (s *Screen) hinders(start bool) bool {
	for _, e := range s.wrong {
		if start || e.Field != string(option.KeyPublish) {
			return true
		}
	}
	return false
}

// nameTaken tells who has the name.
func (s *Screen) nameTaken() (api.FieldError, bool) {
	name := s.parsed.Request.Name
	if name == "" || s.deps.NameInUse == nil {
		return api.FieldError{}, false
	}
	c, taken := s.deps.NameInUse(name)
	if !taken {
		return api.FieldError{}, false
	}
	who := c.DisplayName()
	if c.ID != "" && c.Name != "" {
		who += " (" + c.ShortID() + ")"
	}
	if c.State != "" {
		who += ", " + string(c.State)
	}
	return api.FieldError{Field: string(option.KeyName), Value: name, Reason: "in use by " + who}, true
}

// remark puts an error under its value, if the row is one whose errors are shown.
func (s *Screen) remark(e api.FieldError, g gravity) {
	sec, i, ok := s.find(option.Key(e.Field))
	if !ok {
		return
	}
	r := s.sections[sec].rows[i]
	if !s.asked && (!r.touched || r.quiet) {
		return
	}
	if r.opt.Key == option.KeyArgs {
		e.Index = 0 // its words are edited as one line
	}
	r.say(e.Index, remark{g, words(e)})
}

// say puts a remark under a value. Where there is a problem, anything less has to wait.
func (r *row) say(index int, m remark) {
	for _, other := range r.below[index] {
		if other.gravity == problem && m.gravity < problem {
			return
		}
	}
	if r.below == nil {
		r.below = map[int][]remark{}
	}
	r.below[index] = append(r.below[index], m)
}

// words are an error as it stands under its row: the label says which it is.
func words(e api.FieldError) string {
	s := e.Reason
	if e.Fix != "" {
		s += "; " + e.Fix
	}
	return kit.Clean(s)
}

// bad reports whether the row shows a problem.
func (r *row) bad() bool {
	for _, at := range r.below {
		for _, m := range at {
			if m.gravity == problem {
				return true
			}
		}
	}
	return false
}

// SetProblems puts what the engine refused at its fields and goes to the first of them.
// They stay until their value is changed or the form is sent again.
func (s *Screen) SetProblems(all []api.FieldError) {
	s.engine, s.sent, s.asked = append(api.FieldErrors(nil), all...), false, true
	s.check()
	s.toFirst()
}

// toFirst focuses the first row with a problem.
func (s *Screen) toFirst() {
	for i, sec := range s.sections {
		for j, r := range sec.rows {
			if r.bad() {
				s.goTo(i, j, false)
				return
			}
		}
	}
}

// summary says what keeps the form from being sent off; "" when nothing does or nobody asked.
func (s *Screen) summary() string {
	if !s.asked || len(s.wrong) == 0 {
		return ""
	}
	var labels []string
	s.each(func(r *row) {
		if r.bad() {
			labels = append(labels, r.opt.Label)
		}
	})
	for _, e := range s.wrong {
		if _, _, ok := s.find(option.Key(e.Field)); !ok {
			labels = append(labels, kit.Clean(e.Error()))
		}
	}
	things := "things"
	if len(labels) == 1 {
		things = "thing"
	}
	text := strconv.Itoa(len(labels)) + " " + things + " to mend: " + strings.Join(labels, ", ")
	if s.insist != "" && s.mine == 0 {
		text += "; once more tries it all the same"
	}
	return text
}
