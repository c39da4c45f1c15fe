package cli

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gantry/keymap"
	"gantry/ui/kit"
)

func (p *program) keysCommand() *cobra.Command {
	var check string
	c := &cobra.Command{
		Use: "keys", Short: "List every action with its keys, or check a file of keys", Args: cobra.NoArgs,
		Long: "List every action with its keys, by scope; those that keys.toml changes are marked.\n" +
			"keys.toml stands beside config.toml. It has a table for each scope, and in it actions with\n" +
			"their keys; an empty list takes an action's keys away. A key that hides one of [global] must\n" +
			"say that this is meant:\n\n" +
			"  [containers]\n" +
			"  \"container.remove\" = [\"X\"]\n" +
			"  \"container.copy\" = { keys = [\"D\"], shadows = true }",
		RunE: func(*cobra.Command, []string) error {
			if check != "" {
				return p.checkKeys(check)
			}
			return p.keys()
		},
	}
	c.Flags().StringVar(&check, "check", "", "look whether a `file` of keys can be used, without using it")
	return c
}

func (p *program) keys() error {
	m, usual := p.opt.Config.Keys, keymap.Default()
	var rows [][3]string // of what is one line, but for the heads of the scopes
	var wide [2]int
	for _, scope := range keymap.Scopes() {
		for i, e := range m.Entries(scope) {
			if i == 0 {
				rows = append(rows, [3]string{"", string(scope), scope.Title()})
			}
			text := e.Long
			if e.Changed {
				text += "  (yours; was " + shown(was(usual, e)) + ")"
			}
			r := [3]string{mark(e.Changed) + " " + string(e.Action), shown(e.Keys), text}
			wide[0], wide[1] = max(wide[0], kit.Width(r[0])), max(wide[1], kit.Width(r[1]))
			rows = append(rows, r)
		}
	}
	for i, r := range rows {
		switch {
		case r[0] != "":
			fmt.Fprintln(p.Out, kit.Pad(r[0], wide[0]+2)+kit.Pad(r[1], wide[1]+2)+r[2])
			continue
		case i > 0:
			fmt.Fprintln(p.Out)
		}
		fmt.Fprintln(p.Out, kit.Pad("["+r[1]+"]", wide[0]+wide[1]+4)+r[2])
	}
	if p.opt.Unfit != nil {
		return p.refuse(p.opt.Unfit)
	}
	return nil
}

// was are the keys that gantry comes with for an entry.
func was(usual *keymap.Map, e keymap.Entry) []string {
	entries := usual.Entries(e.Scope)
	if i := slices.IndexFunc(entries, func(o keymap.Entry) bool { return o.Action == e.Action }); i >= 0 {
		return entries[i].Keys
	}
	return nil
}

func shown(keys []string) string {
	if len(keys) == 0 {
		return "none"
	}
	return kit.Clean(strings.Join(keys, ", "))
}

// checkKeys says what is wrong with a file of keys; that is exit code 1.
func (p *program) checkKeys(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	m, err := keymap.Default().Load(f)
	if err != nil {
		fmt.Fprintf(p.Err, "gantry: %s cannot be used:\n", kit.Clean(path))
		for l := range strings.SplitSeq(kit.CleanText(err.Error()), "\n") {
			fmt.Fprintln(p.Err, "  "+l)
		}
		return ExitError{exitFailed}
	}
	changed := 0
	for _, s := range keymap.Scopes() {
		for _, e := range m.Entries(s) {
			if e.Changed {
				changed++
			}
		}
	}
	if changed == 1 {
		fmt.Fprintf(p.Out, "%s can be used: it changes 1 action\n", kit.Clean(path))
	} else {
		fmt.Fprintf(p.Out, "%s can be used: it changes %d actions\n", kit.Clean(path), changed)
	}
	return nil
}
