package cli

import (
	"context"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/engine/option"
)

// choice is a flag that stands among Docker's, with what a shell is told of it.
type choice struct {
	flag, short, help string
	bare              bool // takes no value
	values            []string
	of                option.Key // the option of the table; "" for gantry's own and the caller's
}

// flags are all flags of run, or of a command that takes them.
func flags(more ...choice) []choice {
	var out []choice
	for _, o := range option.Table() {
		if !o.Positional {
			out = append(out, choice{flag: string(o.Key), short: o.Short, help: o.Help, bare: o.Kind == option.KindBool, values: o.Choices, of: o.Key})
		}
	}
	return append(append(out, more...),
		choice{flag: "trace", help: "Print the steps of the path with their times", bare: true},
		choice{flag: "engine", help: "Which containerd", values: []string{"auto", "system", "embedded"}},
		choice{flag: "address", help: "containerd's socket"},
		choice{flag: "namespace", short: "n", help: "containerd's namespace"},
		choice{flag: "data-root", help: "Folder of gantry's own engine"},
	)
}

// againFlags are those of recreate and duplicate.
func againFlags() []choice {
	return []choice{
		{flag: "without", help: "Leave an option of the old container out"},
		{flag: "keep", help: "Keep the old container", bare: true},
		{flag: "no-start", help: "Leave the new container to be started", bare: true},
		{flag: "dry-run", help: "Say what would change, and do nothing", bare: true},
		{flag: "run", help: "Create and start it", bare: true},
	}
}

// completeOptions gives a shell what can follow in the arguments of run: a flag, the value of
// the one before, the image. What follows that is the container's own.
func (p *program) completeOptions(all []choice) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		waiting, image := read(all, args)
		switch name, value, given := strings.Cut(begun, "="); {
		case image:
			return nil, cobra.ShellCompDirectiveDefault
		case waiting != nil:
			return p.completeValue(c, *waiting, "", begun)
		case given && strings.HasPrefix(begun, "--"):
			if f := find(all, name); f != nil {
				return p.completeValue(c, *f, name+"=", value)
			}
			return nil, cobra.ShellCompDirectiveNoFileComp
		case strings.HasPrefix(begun, "-"):
			var out []string
			for _, f := range all {
				if flag := "--" + f.flag; strings.HasPrefix(flag, begun) {
					out = append(out, flag+"\t"+f.help)
				}
			}
			return out, cobra.ShellCompDirectiveNoFileComp
		}
		return p.completeImages(c, nil, begun)
	}
}

// read goes through the arguments that stand already: the flag whose value is next, and whether
// the image is there.
func read(all []choice, args []string) (waiting *choice, image bool) {
	for _, a := range args {
		switch {
		case waiting != nil:
			waiting = nil
		case a == "--" || len(a) < 2 || a[0] != '-':
			return nil, a != "--"
		case strings.Contains(a, "="):
		default:
			if f := find(all, a); f != nil && !f.bare {
				waiting = f
			}
		}
	}
	return waiting, false
}

// find is the flag that an argument ends with: --flag, -f, or the last letter of -itf. It is nil
// where its value stands directly behind it.
func find(all []choice, arg string) *choice {
	byLetter := func(c string) *choice {
		if i := slices.IndexFunc(all, func(f choice) bool { return f.short == c && c != "" }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	if name, ok := strings.CutPrefix(arg, "--"); ok {
		if o, ok := option.Find(option.Key(name)); ok {
			name = string(o.Key) // which may have other names
		}
		if i := slices.IndexFunc(all, func(f choice) bool { return f.flag == name }); i >= 0 {
			return &all[i]
		}
		return nil
	}
	for i := 1; i < len(arg); i++ {
		f := byLetter(arg[i : i+1])
		if f == nil || !f.bare {
			if i < len(arg)-1 {
				return nil
			}
			return f
		}
	}
	return nil
}

// completeValue gives what a flag's value can be; before is what stands before it in the word.
func (p *program) completeValue(c *cobra.Command, f choice, before, begun string) ([]string, cobra.ShellCompDirective) {
	var all []string
	fill := option.FillNone
	if f.of != "" {
		fill = option.FillOf(f.of)
		all = append(all, option.Words(f.of)...)
	}
	for _, v := range f.values {
		if !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	o, _ := option.Find(f.of)
	switch {
	case f.flag == "without":
		for _, x := range option.Table() {
			all = append(all, string(x.Key))
		}
	case f.flag == "namespace":
		p.asking(c, func(ctx context.Context, e Engine) error {
			spaces, err := e.Namespaces(ctx)
			for _, n := range spaces {
				all = append(all, n.Name)
			}
			return err
		})
	case fill == option.FillVolume && begun != "" && strings.ContainsAny(begun[:1], "/.~"),
		fill == option.FillPath, o.Kind == option.KindPath && f.of != "", f.flag == "address", f.flag == "data-root":
		return nil, cobra.ShellCompDirectiveDefault // the shell knows the files
	case fill == option.FillEnv:
		for _, e := range os.Environ() {
			name, _, _ := strings.Cut(e, "=")
			all = append(all, name)
		}
	case fill == option.FillNetwork, fill == option.FillVolume, fill == option.FillContainer:
		all = append(all, p.names(c, fill, begun)...)
	case (f.of == "ipc" || f.of == "pid") && strings.HasPrefix(begun, "container:"):
		all = append(all, p.names(c, option.FillNetwork, begun)...)
	case f.of == "ipc" || f.of == "pid":
		all = append(all, "container:")
	}
	var out []string
	directive := cobra.ShellCompDirectiveNoFileComp
	for _, v := range all {
		if strings.HasPrefix(v, begun) {
			out = append(out, before+v)
		}
		if strings.HasSuffix(v, ":") {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return out, directive
}

// names are those of what a value can name: networks, volumes, containers.
func (p *program) names(c *cobra.Command, of option.Fill, begun string) (out []string) {
	p.asking(c, func(ctx context.Context, e Engine) error {
		if of == option.FillContainer || strings.HasPrefix(begun, "container:") {
			list, err := e.Containers(ctx)
			before := ""
			if of != option.FillContainer {
				before = "container:"
			}
			for _, x := range list {
				out = append(out, before+x.DisplayName())
			}
			return err
		}
		if of == option.FillVolume {
			list, err := e.Volumes(ctx)
			for _, v := range list {
				if !v.Anonymous {
					out = append(out, v.Name+":")
				}
			}
			return err
		}
		list, err := e.Networks(ctx)
		for _, n := range list {
			out = append(out, n.Name)
		}
		out = append(out, "container:")
		return err
	})
	return out
}

// completeAgain gives the container first, then what can follow among the options of run.
func (p *program) completeAgain(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return p.complete(anyState)(c, args, begun)
	}
	return p.completeOptions(flags(againFlags()...))(c, args[1:], begun)
}

// completeThings gives the names of networks or volumes.
func (p *program) completeThings(of option.Fill) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) (out []string, _ cobra.ShellCompDirective) {
		for _, n := range p.names(c, of, "") {
			if n = strings.TrimSuffix(n, ":"); strings.HasPrefix(n, begun) && n != "container" && !slices.Contains(args, n) {
				out = append(out, n)
			}
		}
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// completePresets gives the names of presets.
func (p *program) completePresets(_ *cobra.Command, args []string, begun string) (out []string, _ cobra.ShellCompDirective) {
	all, _ := p.opt.Presets().List() // those that cannot be used are left out
	for _, x := range all {
		if len(args) == 0 && strings.HasPrefix(x.Name, begun) {
			out = append(out, x.Name+"\t"+x.About)
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

// completePaths gives containers, whose paths only they know, and the files of this host.
func (p *program) completePaths(c *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) {
	if begun != "" && strings.ContainsAny(begun, "/.~:") {
		return nil, cobra.ShellCompDirectiveDefault
	}
	names, _ := p.complete(func(api.State) bool { return true })(c, nil, begun)
	for i := range names {
		names[i] += ":"
	}
	return names, cobra.ShellCompDirectiveNoSpace
}
