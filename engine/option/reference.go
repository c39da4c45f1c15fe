package option

import (
	"fmt"
	"slices"
	"strings"
)

// Reference is the page REFERENCE.md: every option by section, as the table has it, and the
// flags of Docker's that are refused, each with the reason.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Options of `gantry run` and `gantry create`\n\n" +
		"Made from the table in this package by `go test -run Reference ./engine -update-reference`; do not edit it. Flags, words and units are\n" +
		"Docker's. An option is carried out as written, or refused by name before anything is changed.\n")
	all := Table()
	for _, s := range []Section{
		SectionBasics, SectionProcess, SectionNetwork, SectionStorage, SectionResources, SectionSecurity, SectionAdvanced,
	} {
		fmt.Fprintf(&b, "\n## %s\n\n| option | value | default | what it does | example |\n|---|---|---|---|---|\n", s)
		for _, o := range all {
			if o.Section == s {
				fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", o.names(), o.values(), code(o.fallback()), cell(o.described()), code(o.Example))
			}
		}
	}
	b.WriteString("\n## Refused by name\n\n| option | reason |\n|---|---|\n")
	refused := laters()
	slices.SortFunc(refused, func(x, y later) int { return strings.Compare(x.name, y.name) })
	for _, l := range refused {
		fmt.Fprintf(&b, "| %s | %s |\n", code("--"+l.name), cell(l.reason))
	}
	return b.String()
}

// names are the ways to write the option.
func (o Option) names() string {
	if o.Positional {
		return code(o.Value)
	}
	out := []string{code("--" + string(o.Key))}
	if o.Short != "" {
		out = append(out, code("-"+o.Short))
	}
	for _, a := range o.Aliases {
		out = append(out, code("--"+a))
	}
	return strings.Join(out, ", ")
}

// values is what the option takes: a kind, or the choices.
func (o Option) values() string {
	s := string(o.Kind)
	switch {
	case len(o.Choices) > 0:
		s = strings.Join(o.Choices, ", ")
	case o.Kind == KindBool:
		s = "switch"
	case o.Unit != "":
		s = o.Unit
	}
	if o.Repeat && !o.Positional {
		s += ", repeatable"
	}
	return cell(s)
}

// fallback is what holds without the option; a switch is off.
func (o Option) fallback() string {
	if o.Kind == KindBool {
		return ""
	}
	return o.Default
}

func (o Option) described() string {
	if o.Client {
		return o.Help + " (of the command line alone)"
	}
	return o.Help
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + cell(s) + "`"
}

// cell keeps a text within its cell of a table.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
