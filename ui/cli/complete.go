package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gantry/engine/api"
)

// completeTime is how long a shell waits for names; it starts no engine for them.
const completeTime = 2 * time.Second

// complete gives a shell the names of containers: those whose state is fit.
func (p *program) complete(fit func(api.State) bool) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		ctx, cancel := context.WithTimeout(cmp.Or(c.Context(), context.Background()), completeTime)
		defer cancel()
		e, err := p.connect(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer p.close(e)
		list, err := e.Containers(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		var names []string
		for _, x := range list {
			if n := x.DisplayName(); fit(x.State) && strings.HasPrefix(n, begun) {
				names = append(names, n)
			}
		}
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// anyState fits every container.
func anyState(api.State) bool { return true }

// ended fits those that do not run.
func ended(s api.State) bool { return !s.Alive() }

// first completes only the first argument.
func first(f cobra.CompletionFunc) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, cobra.ShellCompDirectiveDefault
		}
		return f(c, args, begun)
	}
}
