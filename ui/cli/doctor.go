package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/themes"
	"gantry/ui/kit"
)

func (p *program) doctorCommand() *cobra.Command {
	var format string
	c := &cobra.Command{
		Use: "doctor", Short: "Look at this host and say what keeps gantry from working", Args: cobra.NoArgs,
		Long: "Look at this host and say what keeps gantry from working, and what to do.\n" +
			"Nothing is changed and nothing is started. The exit code is 1 when something is bad.",
		Hidden: p.Doctor == nil,
		RunE:   func(c *cobra.Command, _ []string) error { return p.doctor(c, format) },
	}
	c.Flags().StringVar(&format, "format", "table", "table, or json: one object a line")
	return c
}

// doctor prints what was found; something bad is exit code 1.
func (p *program) doctor(c *cobra.Command, format string) error {
	if err := checkFormat(format); err != nil {
		return err
	}
	if p.Doctor == nil {
		return errors.New("this gantry has no doctor")
	}
	found := p.Doctor(c.Context(), p.opt)
	if format == "json" {
		if err := p.findingsJSON(found); err != nil {
			return err
		}
	} else {
		p.findings(found)
	}
	if slices.ContainsFunc(found, func(f api.Finding) bool { return f.Level == api.FindingBad }) {
		return ExitError{exitFailed}
	}
	return nil
}

func (p *program) findingsJSON(found []api.Finding) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, f := range found {
		if err := enc.Encode(f); err != nil {
			return err
		}
	}
	return nil
}

// findings prints a line for each finding, what to do below it, and at the end how many
// there are to care about.
func (p *program) findings(found []api.Finding) {
	wide := 0
	for _, f := range found {
		wide = max(wide, ansi.StringWidth(kit.Clean(f.What)))
	}
	count := map[api.FindingLevel]int{}
	for _, f := range found {
		count[f.Level]++
		what := kit.Clean(f.What)
		pad := strings.Repeat(" ", wide-ansi.StringWidth(what))
		fmt.Fprintf(p.Out, "%s %-4s  %s%s  %s\n", p.findingGlyph(f.Level), f.Level, what, pad, kit.Clean(f.Detail))
		if f.Fix != "" {
			fmt.Fprintf(p.Out, "%s%s\n", strings.Repeat(" ", wide+10), kit.Clean(f.Fix))
		}
	}
	fmt.Fprintf(p.Out, "\n%s\n", verdict(count[api.FindingBad], count[api.FindingWarn]))
}

func verdict(bad, warnings int) string {
	switch {
	case bad+warnings == 0:
		return "all well"
	case warnings == 1:
		return fmt.Sprintf("%d bad, 1 warning", bad)
	}
	return fmt.Sprintf("%d bad, %d warnings", bad, warnings)
}

func (p *program) findingGlyph(l api.FindingLevel) string {
	g := themes.ASCII()
	if p.utf8() {
		g = themes.Unicode()
	}
	switch l {
	case api.FindingOK:
		return g.Check
	case api.FindingNote:
		return g.Dot
	case api.FindingWarn:
		return "!"
	}
	return g.Cross
}

// utf8 says whether the locale is one of UTF-8, by the variable that counts.
func (p *program) utf8() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(p.Getenv(name)); v != "" {
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}
