package config

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gantry/keymap"
	"gantry/themes"
	"gantry/ui/strict"
)

// Origin is where a value comes from.
type Origin int

// The origins; a later one goes before an earlier one.
const (
	FromDefault Origin = iota
	FromFile
	FromEnv
	FromFlag
)

// Value is a setting as it holds.
type Value struct {
	Setting
	Text   string // "" is not set
	Origin Origin
	Line   int // in config.toml, with FromFile
}

// From says where the value comes from.
func (v Value) From() string {
	switch v.Origin {
	case FromFlag:
		return "--" + v.Flag
	case FromEnv:
		return "$" + v.Env
	case FromFile:
		return "config.toml, line " + strconv.Itoa(v.Line)
	}
	return "default"
}

// Config is all that is set, as it holds for this call.
type Config struct {
	Place   Place
	Files   []string // those that are there, in the order config.toml, keys.toml
	Keys    *keymap.Map
	Palette *themes.Palette // nil: chosen after the terminal
	values  map[string]Value
}

// Load reads the files and puts flags and environment over them. flags are those that
// were given, by name. Everything that is wrong with any file is an *Error; what is
// wrong with a flag or a variable is told by itself. The Config is never nil, and holds
// the defaults for what could not be read.
func Load(w World, flags map[string]string) (*Config, error) {
	c := &Config{Place: Locate(w), Keys: keymap.Default(), values: map[string]Value{}}
	var bad Error
	file, here, err := readFile(c.Place.Config())
	bad.add(c.Place.Config(), err)
	if here {
		c.Files = append(c.Files, c.Place.Config())
	}
	var outside []error
	for _, s := range Settings() {
		v, err := settle(s, file, w.Getenv, flags)
		if err != nil {
			outside = append(outside, err)
		}
		c.values[s.Key] = v
	}
	c.oneEngine()
	bad.add(c.Place.Keys(), c.loadKeys())
	if err := c.loadTheme(); err != nil {
		if v := c.values[Theme]; v.Origin == FromFile {
			bad.add(c.Place.Config(), strict.Problems{{Line: v.Line, Text: "theme: " + err.Error()}})
		} else {
			outside = append(outside, fmt.Errorf("%s: %w", v.From(), err))
		}
	}
	if len(bad.Files) > 0 {
		outside = append([]error{&bad}, outside...)
	}
	return c, errors.Join(outside...)
}

// add notes what is wrong with a file, in one place with what is known of it already.
func (e *Error) add(path string, err error) {
	if err == nil {
		return
	}
	i := slices.IndexFunc(e.Files, func(f FileError) bool { return f.Path == path })
	if i < 0 {
		e.Files = append(e.Files, FileError{path, err})
		return
	}
	var all, more strict.Problems
	if errors.As(e.Files[i].Err, &all) && errors.As(err, &more) {
		e.Files[i].Err = append(slices.Clone(all), more...).Err()
	}
}

// settle is a setting's value: the flag's, else the environment's, the file's, the default.
func settle(s Setting, file map[string]entry, getenv func(string) string, flags map[string]string) (Value, error) {
	v := Value{Setting: s, Text: s.Default}
	if e, ok := file[s.Key]; ok {
		v.Text, v.Origin, v.Line = e.text, FromFile, e.line
	}
	given, origin := "", FromDefault
	if s.Env != "" && getenv(s.Env) != "" {
		given, origin = getenv(s.Env), FromEnv
	}
	if f, ok := flags[s.Flag]; ok && s.Flag != "" {
		given, origin = f, FromFlag
	}
	if origin == FromDefault {
		return v, nil
	}
	over := Value{Setting: s, Text: given, Origin: origin}
	if s.Key != Theme && s.Key != ASCII {
		return over, nil // whoever is given the address or the folder says what is wrong with it
	}
	var raw any = given
	if s.Key == ASCII {
		raw = flagText(given)
	}
	text, err := s.read(raw)
	if err != nil {
		return v, fmt.Errorf("%s: %w", over.From(), err)
	}
	over.Text = text
	return over, nil
}

// oneEngine keeps what was asked for in one place from being undone by the other half of
// it from a lower one: an engine by flag is not held to the address of a file, nor is an
// address by flag or variable held to the engine of a file.
func (c *Config) oneEngine() {
	use, at := c.values[Engine], c.values[Address]
	switch {
	case use.Origin == FromFlag && use.Text != "auto" && at.Origin < FromFlag:
		c.values[Address] = Value{Setting: at.Setting, Text: at.Default}
	case at.Origin > use.Origin && use.Origin == FromFile:
		c.values[Engine] = Value{Setting: use.Setting, Text: use.Default}
	}
}

func (c *Config) loadKeys() error {
	f, here, err := open(c.Place.Keys())
	if !here || err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	c.Files = append(c.Files, c.Place.Keys())
	keys, err := c.Keys.Load(f)
	if err != nil {
		return err
	}
	c.Keys = keys
	return nil
}

func (c *Config) loadTheme() error {
	name := c.Text(Theme)
	if name == "auto" {
		return nil
	}
	p, err := themes.Find(c.Place.Themes(), name)
	if err != nil {
		return err
	}
	c.Palette = &p
	return nil
}

// Values are all settings as they hold, in the order of Settings.
func (c *Config) Values() []Value {
	var out []Value
	for _, s := range Settings() {
		out = append(out, c.values[s.Key])
	}
	return out
}

// Text is a setting's text.
func (c *Config) Text(key string) string { return c.values[key].Text }

// Origin is where a setting's value comes from.
func (c *Config) Origin(key string) Origin { return c.values[key].Origin }

// Bool is a setting that is on or off; def where neither was set.
func (c *Config) Bool(key string, def bool) bool {
	b, err := strconv.ParseBool(c.Text(key))
	if err != nil {
		return def
	}
	return b
}

// List is a setting of several texts.
func (c *Config) List(key string) []string {
	return strings.FieldsFunc(c.Text(key), func(r rune) bool { return r == ',' })
}

// Duration is a setting that is a time; nil where none was set.
func (c *Config) Duration(key string) *time.Duration {
	d, err := time.ParseDuration(c.Text(key))
	if err != nil {
		return nil
	}
	return &d
}

// notDir reports whether a folder on the way to a file is none.
func notDir(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, fs.ErrInvalid)
}
