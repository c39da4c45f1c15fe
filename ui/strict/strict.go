// Package strict reads TOML files of the user so that everything that is wrong with one
// can be told at once, each with its line: a value of the wrong type is still a value
// here, and whoever knows what belongs into the file says so.
package strict

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Most is how many bytes a file may have: far more than anybody writes by hand.
const Most = 1 << 20

// Entry is one key of a file with its value.
type Entry struct {
	Table string // the table it stands in: "colors"; "" before the first one; dotted when nested
	Key   string // its name in the table; dotted keys stay dotted
	Line  int    // from 1
	// Value is a string, bool, int64, float64, []any, map[string]any (an inline table) or
	// one of go-toml's dates.
	Value any
}

// Path is the table and the key: "colors.ok".
func (e Entry) Path() string {
	if e.Table == "" {
		return e.Key
	}
	return e.Table + "." + e.Key
}

// Problem is one thing that is wrong with a file.
type Problem struct {
	Line int // from 1; 0 is the file as a whole
	Text string
}

func (p Problem) Error() string {
	if p.Line == 0 {
		return p.Text
	}
	return fmt.Sprintf("line %d: %s", p.Line, p.Text)
}

// Problems is everything that is wrong with a file.
type Problems []Problem

// Error is a line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, x := range p {
		lines[i] = x.Error()
	}
	return strings.Join(lines, "\n")
}

// Add notes a problem.
func (p *Problems) Add(line int, format string, args ...any) {
	*p = append(*p, Problem{line, fmt.Sprintf(format, args...)})
}

// Err is the problems in the order of their lines, nil when there are none.
func (p Problems) Err() error {
	if len(p) == 0 {
		return nil
	}
	sorted := slices.Clone(p)
	slices.SortStableFunc(sorted, func(a, b Problem) int { return cmp.Compare(a.Line, b.Line) })
	return sorted
}

// Read gives the keys of a file in their order. Text that is not TOML, and a key or a
// table given twice, are Problems.
func Read(r io.Reader) ([]Entry, error) {
	text, err := io.ReadAll(io.LimitReader(r, Most+1))
	if err != nil {
		return nil, err
	}
	if len(text) > Most {
		return nil, Problems{{0, fmt.Sprintf("larger than %d bytes: this is not a file of settings", Most)}}
	}
	var values map[string]any
	if err := toml.Unmarshal(text, &values); err != nil {
		return nil, syntax(err)
	}
	return entries(text, values), nil
}

// syntax is a decoder's error with its line.
func syntax(err error) error {
	var at *toml.DecodeError
	if !errors.As(err, &at) {
		return Problems{{0, "not TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}}
	}
	line, _ := at.Position()
	return Problems{{line, "not TOML: " + strings.TrimPrefix(at.Error(), "toml: ")}}
}

// entries walks through the text for order and lines, and takes the values from what was decoded.
func entries(text []byte, values map[string]any) []Entry {
	var p unstable.Parser
	p.Reset(text)
	var out []Entry
	var table []string
	for p.NextExpression() {
		e := p.Expression()
		key, line := name(&p, e)
		switch e.Kind {
		case unstable.Table, unstable.ArrayTable:
			table = key
			if e.Kind == unstable.ArrayTable { // nothing here is a list of tables: it is told as one value
				out = append(out, Entry{Key: strings.Join(key, "."), Line: line, Value: []any{}})
			}
		case unstable.KeyValue:
			out = append(out, Entry{
				Table: strings.Join(table, "."), Key: strings.Join(key, "."), Line: line,
				Value: value(values, append(slices.Clone(table), key...)),
			})
		}
	}
	return out
}

// name is the parts of an expression's key and its line.
func name(p *unstable.Parser, e *unstable.Node) (parts []string, line int) {
	if e.Kind != unstable.KeyValue && e.Kind != unstable.Table && e.Kind != unstable.ArrayTable {
		return nil, 0
	}
	for it := e.Key(); it.Next(); {
		n := it.Node()
		if line == 0 {
			line = p.Shape(n.Raw).Start.Line
		}
		parts = append(parts, string(n.Data))
	}
	return parts, line
}

func value(values map[string]any, path []string) any {
	var v any = values
	for _, part := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[part]
	}
	return v
}

// Type names a value's type for a person.
func Type(v any) string {
	switch v.(type) {
	case string:
		return "a text"
	case bool:
		return "true or false"
	case int64, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "a table"
	case nil:
		return "a list of tables"
	}
	return "a date"
}
