package cli

import (
	"cmp"
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"gantry/engine/api"
)

// completeTime is how long a shell waits for names; an engine is brought up for them.
const completeTime = 2 * time.Second

// complete gives a shell the names of containers: those whose state is fit.
func (p *program) complete(fit func(api.State) bool) cobra.CompletionFunc {
	return func(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
		var names []string
		p.asking(c, func(ctx context.Context, e Engine) error {
			list, err := e.Containers(ctx)
			for _, x := range list {
				if n := x.DisplayName(); fit(x.State) && strings.HasPrefix(n, begun) {
					names = append(names, n)
				}
			}
			return err
		})
		return names, cobra.ShellCompDirectiveNoFileComp
	}
}

// asking asks the engine for a shell. What goes wrong gives no names, and no words either.
func (p *program) asking(c *cobra.Command, ask func(context.Context, Engine) error) {
	ctx, cancel := context.WithTimeout(cmp.Or(c.Context(), context.Background()), completeTime)
	defer cancel()
	e, err := p.connect(ctx)
	if err != nil {
		return
	}
	defer p.close(e)
	_ = ask(ctx, e)
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
