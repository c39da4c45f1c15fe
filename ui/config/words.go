package config

import (
	"fmt"
	"strings"

	"gantry/engine/api"
)

// Whose says whose files are read, when they are not simply those of who runs gantry:
// "alice's, who called sudo"; "" when there is nothing to say.
func (c *Config) Whose() string {
	if c.Place.User == "" || len(c.Files) == 0 {
		return ""
	}
	return c.Place.User + "'s, who called sudo"
}

// Hello is what is said when the screen opens: whose settings these are, or that some
// were not taken; "" when there is nothing to say.
func (c *Config) Hello() string {
	switch {
	case c.Place.Passed != "":
		return "settings were not read from " + c.Place.Passed
	case c.Whose() != "":
		return "settings are " + c.Whose() + ": " + c.Place.Dir
	}
	return ""
}

// Finding is what a doctor has to say about the files; err is Load's.
func (c *Config) Finding(err error) api.Finding {
	f := api.Finding{Level: api.FindingOK, What: "settings", Detail: "none: " + c.Place.Config() + " is not there"}
	if len(c.Files) > 0 {
		f.Detail = strings.Join(c.Files, ", ")
	}
	if w := c.Whose(); w != "" {
		f.Detail += " (" + w + ")"
	}
	switch {
	case err != nil:
		f.Level, f.Detail = api.FindingBad, strings.Join(strings.Fields(err.Error()), " ")
		f.Fix = "mend the file or move it away; 'gantry config --example' prints one"
	case c.Place.Passed != "":
		f.Level, f.Detail = api.FindingWarn, "not read: "+c.Place.Passed
		f.Fix = "give it to who calls sudo, and let nobody else write to it"
	case c.Place.Dir == "":
		f.Level, f.Detail = api.FindingNote, "no home to look for them in"
	}
	return f
}

// Example is a config.toml with every setting, each as a comment.
func Example() string {
	var b strings.Builder
	b.WriteString("# Settings of gantry: $XDG_CONFIG_HOME/gantry/config.toml, or ~/.config/gantry/config.toml.\n" +
		"# A flag goes before a variable of the environment, and that before this file.\n")
	table := ""
	for _, s := range Settings() {
		key := s.Key
		if t, k, ok := strings.Cut(s.Key, "."); ok {
			if key = k; t != table {
				table = t
				fmt.Fprintf(&b, "\n[%s]\n", t)
			}
		}
		b.WriteString("\n")
		for l := range strings.SplitSeq(s.Help, "\n") {
			b.WriteString("# " + l + "\n")
		}
		var also []string
		if s.Flag != "" {
			also = append(also, "--"+s.Flag)
		}
		if s.Env != "" {
			also = append(also, "$"+s.Env)
		}
		if len(also) > 0 {
			b.WriteString("# Also " + strings.Join(also, ", ") + ".\n")
		}
		b.WriteString("#" + key + " = " + s.Example + "\n")
	}
	return b.String()
}
