// Package preset keeps drafts as files: named ones that people write by hand and share, those
// that gantry brings along, and the last forms that were sent off.
//
// A file is TOML with a sentence about it and the options, by their flags:
//
//	about = "A shell that leaves nothing behind"
//	[options]
//	image = "busybox"
//	rm = true
//	publish = ["8080:80"]
package preset

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"gantry/engine/option"
	"gantry/ui/strict"
)

// Preset is a draft with a name.
type Preset struct {
	Name  string
	About string // a sentence; may be empty
	Draft option.Draft
	// Path is its file; "" when gantry brings it along.
	Path string
	// At is when one of the last forms was sent off; zero for all others.
	At time.Time
}

// Read reads a preset's file; the name is its caller's to give. Everything that is wrong with
// the file comes as strict.Problems, with its lines; values are not checked: Draft.Parse
// does that.
func Read(r io.Reader) (Preset, error) {
	entries, err := strict.Read(r)
	if err != nil {
		return Preset{}, err
	}
	var p Preset
	var wrong strict.Problems
	for _, e := range entries {
		switch {
		case e.Path() == "about":
			text, ok := e.Value.(string)
			if !ok {
				wrong.Add(e.Line, "about is %s; write a text", strict.Type(e.Value))
			}
			p.About = text
		case e.Table != "options":
			wrong.Add(e.Line, "%s has no place here; options stand under [options]", e.Path())
		default:
			p.read(e, &wrong)
		}
	}
	return p, wrong.Err()
}

// read takes one option in.
func (p *Preset) read(e strict.Entry, wrong *strict.Problems) {
	o, ok := option.Find(option.Key(e.Key))
	if !ok {
		wrong.Add(e.Line, "gantry knows no option %s", e.Key)
		return
	}
	if p.Draft.Has(o.Key) {
		wrong.Add(e.Line, "%s is given twice", o.Key)
		return
	}
	list, many := e.Value.([]any)
	if !many {
		list = []any{e.Value}
	}
	if many && !o.Repeat {
		wrong.Add(e.Line, "%s takes one value, not a list", o.Key)
		return
	}
	var values []string
	for _, v := range list {
		s, ok := text(v)
		if !ok {
			wrong.Add(e.Line, "%s is %s; write a text", o.Key, strict.Type(v))
			return
		}
		values = append(values, s)
	}
	p.Draft.Set(o.Key, values...)
}

// text is a value as a flag would have it.
func text(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

// Write writes a preset as Read reads it, in the order of the form.
func Write(w io.Writer, p Preset) error {
	var b bytes.Buffer
	if p.About != "" {
		fmt.Fprintf(&b, "about = %s\n\n", quoted(p.About))
	}
	b.WriteString("[options]\n")
	for _, e := range p.Draft.Entries() {
		o, known := option.Find(e.Key)
		switch {
		case known && o.Kind == option.KindBool && (e.Values[0] == "true" || e.Values[0] == "false"):
			fmt.Fprintf(&b, "%s = %s\n", e.Key, e.Values[0])
		case !known || o.Repeat:
			all := make([]string, len(e.Values))
			for i, v := range e.Values {
				all[i] = quoted(v)
			}
			fmt.Fprintf(&b, "%s = [%s]\n", e.Key, strings.Join(all, ", "))
		default:
			fmt.Fprintf(&b, "%s = %s\n", e.Key, quoted(e.Values[0]))
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// quoted is a text as TOML writes it. What is no UTF-8 loses the bytes that are not: no
// option takes those.
func quoted(s string) string {
	b, err := toml.Marshal(map[string]string{"v": strings.ToValidUTF8(s, "\ufffd")})
	if err != nil {
		return `""`
	}
	return strings.TrimSpace(strings.TrimPrefix(string(b), "v = "))
}
