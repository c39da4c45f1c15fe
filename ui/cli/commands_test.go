package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

func TestALineMakesTheCommandThatItNamesAndNoOther(t *testing.T) {
	made := func(line string) string {
		p := &program{Deps: Deps{Getenv: func(string) string { return "" }}}
		root := p.root()
		p.addCommands(root, strings.Fields(line))
		var names []string
		for _, c := range root.Commands() {
			names = append(names, c.Name())
		}
		if len(names) > 1 {
			return "all"
		}
		return strings.Join(names, " ")
	}
	for line, want := range map[string]string{
		"": "", "--data-root /r -n ns --ascii": "", "--data-root=/r": "",
		"ps -a": "ps", "-n ps create": "create", "-nps create": "create", "--ascii rm ps": "rm", "--namespace ps run": "run",
		"ns ls": "namespace", "create --help": "create",
		"--help": "all", "-h": "all", "help ps": "all", "__complete p": "all", "sp": "all", "--frob ps": "all", "-- ps": "all", "-": "all", "--engine": "all",
	} {
		if got := made(line); got != want {
			t.Errorf("gantry %s: %q, want %q", line, got, want)
		}
	}
}

func TestEveryCommandIsFoundByItsNameAndItsAliases(t *testing.T) {
	p := &program{Deps: Deps{Getenv: func(string) string { return "" }}}
	all := p.commands()
	for name, one := range all {
		c := one()
		if c.Name() != name && !slices.Contains(c.Aliases, name) {
			t.Errorf("%s makes %s", name, c.Name())
		}
		for _, n := range append([]string{c.Name()}, c.Aliases...) {
			if all[n] == nil {
				t.Errorf("%s, which is %s, is not found", n, c.Name())
			}
		}
	}
	root := p.root()
	p.addCommands(root, []string{"help"})
	if i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "namespace" }); i < 0 {
		t.Error("help has no namespace")
	}
}
