package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"gantry/engine/option"
	"gantry/ui/kit"
)

// The columns of the help of run and create, which has room in 80.
const (
	helpWidth = 80
	helpAt    = 32 // where the words begin
)

// optionHelp lists the flags of the table by section.
func (p *program) optionHelp(c *cobra.Command) {
	fmt.Fprintf(p.Out, "%s\n\nUsage:  gantry %s\n", c.Short, c.Use)
	for _, s := range option.Sections() {
		fmt.Fprintf(p.Out, "\n%s:\n", s)
		for _, o := range option.Table() { // not only what the form shows
			if o.Section == s && !o.Positional && (o.Key != option.KeyDetach || c.Name() == "run") {
				p.helpLine(o.FlagText(), o.HelpText())
			}
		}
	}
	fmt.Fprint(p.Out, "\nOf gantry's own:\n")
	p.helpLine("    --trace", "print the steps of the path with their times to stderr")
}

// helpLine writes a flag, and its words in a column of their own: below it, where it is long.
func (p *program) helpLine(flag, words string) {
	lines := kit.Wrap(words, helpWidth-helpAt)
	head := "  " + flag
	if kit.Width(head) > helpAt-2 {
		fmt.Fprintln(p.Out, head)
		head = ""
	}
	for _, l := range lines {
		fmt.Fprintf(p.Out, "%s%s\n", head+strings.Repeat(" ", helpAt-kit.Width(head)), l)
		head = ""
	}
}
