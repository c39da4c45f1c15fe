package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

func (p *program) pullCommand() *cobra.Command {
	var platform string
	c := &cobra.Command{
		Use: "pull IMAGE", Short: "Fetch an image from its registry", Args: cobra.ExactArgs(1),
		ValidArgsFunction: first(p.completeImages),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			e, err := p.connect(ctx)
			if err != nil {
				return err
			}
			defer p.close(e)
			r := p.reporter(false, false)
			observer, source := r.hearing()
			img, err := e.Pull(ctx, args[0], platform, observer)
			r.end()
			if err != nil {
				return err
			}
			if s := source(); s != "" {
				fmt.Fprintln(p.Err, "Served by", kit.Clean(s))
			}
			fmt.Fprintln(p.Out, img.Name)
			return nil
		},
	}
	c.Flags().StringVar(&platform, "platform", "", "`os/arch[/variant]` to fetch")
	return c
}

// hearing is the reporter's observer that also says what holds a pull up, a line each,
// and remembers which mirror serves it.
func (r *reporter) hearing() (o api.Observer, source func() string) {
	o = r.observer()
	var last api.PullProgress
	told := o.Pull
	o.Pull = func(pr api.PullProgress) {
		told(pr)
		r.mu.Lock()
		defer r.mu.Unlock()
		if pr.Note != "" && pr.Note != last.Note {
			r.clear()
			fmt.Fprintln(r.w, kit.Clean(pr.Note))
		}
		last = pr
	}
	return o, func() string {
		r.mu.Lock()
		defer r.mu.Unlock()
		return last.Source
	}
}

func (p *program) imagesCommand() *cobra.Command {
	var quiet bool
	var format string
	c := &cobra.Command{
		Use: "images", Short: "List local images", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := checkFormat(format); err != nil {
				return err
			}
			e, err := p.connect(c.Context())
			if err != nil {
				return err
			}
			defer p.close(e)
			list, err := e.Images(c.Context())
			if err != nil {
				return err
			}
			switch {
			case quiet:
				for _, i := range list {
					fmt.Fprintln(p.Out, shortDigest(i.Digest))
				}
				return nil
			case format == "json":
				return p.imagesJSON(list)
			}
			return p.imagesTable(list)
		},
	}
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "only IDs")
	c.Flags().StringVar(&format, "format", "table", "table, or json: one object a line")
	return c
}

func (p *program) rmiCommand() *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "rmi IMAGE [IMAGE...]", Short: "Remove images", Args: cobra.MinimumNArgs(1),
		ValidArgsFunction: p.completeImages,
		RunE: func(c *cobra.Command, names []string) error {
			e, err := p.connect(c.Context())
			if err != nil {
				return err
			}
			defer p.close(e)
			return p.many(names, func(n string) error {
				err := e.RemoveImage(c.Context(), n, force)
				if err == nil {
					fmt.Fprintln(p.Out, "Untagged: "+kit.Clean(n))
				}
				return err
			})
		},
	}
	c.Flags().BoolVarP(&force, "force", "f", false, "also if containers were made of it; they keep what they have")
	return c
}

// imageRow is an image in the fields of docker images --format json.
type imageRow struct{ CreatedAt, CreatedSince, Digest, ID, Platform, Repository, Size, Tag string }

func (p *program) imageRow(i api.Image) imageRow {
	repo, tag := shortImage(i.Name), "<none>"
	repo, _, _ = strings.Cut(repo, "@")
	if c := strings.LastIndexByte(repo, ':'); c > strings.LastIndexByte(repo, '/') {
		repo, tag = repo[:c], repo[c+1:]
	}
	r := imageRow{
		Repository: repo, Tag: tag, ID: shortDigest(i.Digest), Digest: i.Digest,
		Platform: strings.Join(i.Platforms, ", "), Size: kit.Size(i.Size),
		CreatedAt: dockerTime(i.CreatedAt), CreatedSince: p.ago(i.CreatedAt),
	}
	if i.CreatedAt.Unix() <= 0 { // images made to be reproducible carry no date
		r.CreatedAt, r.CreatedSince = "N/A", "N/A"
	}
	return r
}

func (p *program) imagesJSON(list []api.Image) error {
	enc := json.NewEncoder(p.Out)
	enc.SetEscapeHTML(false)
	for _, i := range list {
		if err := enc.Encode(p.imageRow(i)); err != nil {
			return err
		}
	}
	return nil
}

func (p *program) imagesTable(list []api.Image) error {
	w := tabwriter.NewWriter(p.Out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "REPOSITORY\tTAG\tIMAGE ID\tPLATFORM\tCREATED\tSIZE")
	for _, i := range list {
		r := p.imageRow(i)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", kit.Clean(r.Repository), kit.Clean(r.Tag), r.ID, kit.Clean(r.Platform), r.CreatedSince, r.Size)
	}
	return w.Flush()
}

// shortDigest is twelve digits of a digest, as Docker shows an image's ID.
func shortDigest(d string) string {
	_, hex, ok := strings.Cut(d, ":")
	if !ok {
		hex = d
	}
	return api.ShortID(hex)
}
