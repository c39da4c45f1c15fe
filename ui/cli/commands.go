package cli

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// commands makes every command, by its name and by its aliases.
func (p *program) commands() map[string]func() *cobra.Command {
	return map[string]func() *cobra.Command{
		"attach": p.attachCommand, "commit": p.commitCommand, "completion": p.completionCommand, "config": p.configCommand,
		"container": p.containerCommand, "cp": p.cpCommand, "create": p.createCommand, "diff": p.diffCommand,
		"doctor": p.doctorCommand, "duplicate": p.duplicateCommand, "engine": p.engineCommand, "events": p.eventsCommand,
		"exec": p.execCommand, "export": p.exportCommand, "image": p.imageCommand, "images": p.imagesCommand,
		"inspect": p.inspectCommand, "keys": p.keysCommand, "kill": p.killCommand, "logs": p.logsCommand,
		"namespace": p.namespaceCommand, "network": p.networkCommand, "new": p.newCommand, "ns": p.namespaceCommand,
		"pause": p.pauseCommand, "port": p.portCommand, "presets": p.presetsCommand, "ps": p.psCommand,
		"pull": p.pullCommand, "recreate": p.recreateCommand, "rename": p.renameCommand, "restart": p.restartCommand,
		"rm": p.rmCommand, "rmi": p.rmiCommand, "run": p.runCommand, "start": p.startCommand, "stats": p.statsCommand,
		"stop": p.stopCommand, "themes": p.themesCommand, "top": p.topCommand, "unpause": p.unpauseCommand,
		"update": p.updateCommand, "version": p.versionCommand, "volume": p.volumeCommand, "wait": p.waitCommand,
	}
}

// addCommands adds those commands that a line is about. Each flag of each costs time, and most
// lines are of one command, or of none and open the screen; only what lists commands, completes
// their names or has one that is not known needs them all.
func (p *program) addCommands(root *cobra.Command, args []string) {
	all := p.commands()
	name, ok := commandOf(root.PersistentFlags(), args)
	one, known := all[name]
	switch {
	case ok && name == "":
		return
	case ok && known:
		root.AddCommand(one())
		return
	}
	for name, one := range all {
		if c := one(); c.Name() == name { // else it is an alias
			root.AddCommand(c)
		}
	}
}

// commandOf is the command that a line names; "" if it names none. It is not ok where that takes
// more than telling flags from what is none.
func commandOf(flags *pflag.FlagSet, args []string) (name string, ok bool) {
	for len(args) > 0 {
		a := args[0]
		args = args[1:]
		if !strings.HasPrefix(a, "-") {
			return a, a != ""
		}
		var f *pflag.Flag
		long, _, whole := strings.Cut(a, "=")
		switch {
		case strings.HasPrefix(a, "--"):
			f = flags.Lookup(long[2:])
		case len(a) > 1:
			f = flags.ShorthandLookup(a[1:2])
			whole = len(a) > 2
		}
		if f == nil {
			return "", false
		}
		if !whole && f.NoOptDefVal == "" {
			if len(args) == 0 {
				return "", false
			}
			args = args[1:]
		}
	}
	return "", true
}
