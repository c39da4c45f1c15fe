package create

import (
	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/widget/field"
)

// section is a page of the form.
type section struct {
	name  option.Section
	rows  []*row
	label label
}

// row is one option with its editor.
type row struct {
	opt   option.Option
	field *field.Model

	touched bool             // the user or the draft gave it a value, so what is wrong with it is shown
	quiet   bool             // it is being typed: what has just become wrong is not shown yet
	flaw    error            // of its text, before it is a value: a quote that is not closed
	ghost   string           // what the image brings along
	below   map[int][]remark // by value, what stands under it
	drawn   drawing
}

func newSection(env *kit.Env, name option.Section, d option.Draft) *section {
	sec := &section{name: name}
	for _, o := range option.In(name) {
		r := &row{opt: o, field: field.New(env, spec(o)), touched: d.Has(o.Key)}
		r.field.Set(read(o, d)...)
		sec.rows = append(sec.rows, r)
	}
	return sec
}

// here is the section that is shown.
func (s *Screen) here() *section { return s.sections[s.at] }

// current is the focused row; nil while a button is focused.
func (s *Screen) current() *row {
	if rows := s.here().rows; s.row < len(rows) {
		return rows[s.row]
	}
	return nil
}

// find is a row by its option.
func (s *Screen) find(k option.Key) (sec, row int, ok bool) {
	for i, page := range s.sections {
		for j, r := range page.rows {
			if r.opt.Key == k {
				return i, j, true
			}
		}
	}
	return 0, 0, false
}

// each calls fn for every row of the form, in order.
func (s *Screen) each(fn func(*row)) {
	for _, sec := range s.sections {
		for _, r := range sec.rows {
			fn(r)
		}
	}
}
