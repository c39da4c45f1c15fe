package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"gantry/engine/api"
)

const (
	// logTime is Docker's form of a log line's time.
	logTime = "2006-01-02T15:04:05.000000000Z07:00"
	// logBuffer is how much is gathered for one write, in bytes.
	logBuffer = 64 << 10
)

func (p *program) logsCommand() *cobra.Command {
	var follow, stamps bool
	var tail, since, until string
	c := &cobra.Command{
		Use: "logs CONTAINER", Short: "Print what a container has written", Args: cobra.ExactArgs(1),
		ValidArgsFunction: first(p.complete(anyState)),
		RunE: func(c *cobra.Command, args []string) error {
			opt := api.LogOptions{Follow: follow, Tail: -1}
			if tail != "all" {
				n, err := strconv.Atoi(tail)
				if err != nil {
					return fmt.Errorf("--tail %q: must be a number or \"all\"", tail)
				}
				opt.Tail = n
			}
			var err, uerr error
			opt.Since, err = p.moment("since", since)
			opt.Until, uerr = p.moment("until", until)
			if err = errors.Join(err, uerr); err != nil {
				return err
			}
			return p.logs(c.Context(), args[0], opt, stamps)
		},
	}
	c.Flags().BoolVarP(&follow, "follow", "f", false, "go on with what it writes, until it ends")
	c.Flags().BoolVarP(&stamps, "timestamps", "t", false, "print each line's time")
	c.Flags().StringVar(&tail, "tail", "all", "how many `lines` from the end")
	c.Flags().StringVar(&since, "since", "", "only what was written since a `time`, or for so long")
	c.Flags().StringVar(&until, "until", "", "only what was written before a `time`")
	return c
}

// logs prints byte for byte: it is the user's own container, and the user's own terminal.
func (p *program) logs(outer context.Context, name string, opt api.LogOptions, stamps bool) error {
	ctx, stop := signal.NotifyContext(outer, os.Interrupt, syscall.SIGTERM)
	defer stop()
	e, err := p.connect(ctx)
	if err != nil {
		return err
	}
	defer p.close(e)
	x, err := e.Find(ctx, name)
	if err != nil {
		return err
	}
	out, errs := bufio.NewWriterSize(p.Out, logBuffer), bufio.NewWriterSize(p.Err, logBuffer)
	err = e.Logs(ctx, x.ID, opt, func(lines []api.LogLine) error {
		for _, l := range lines {
			w := out
			if l.Stderr {
				w = errs
			}
			if err := writeLine(w, l, stamps); err != nil {
				return err
			}
		}
		if err := out.Flush(); err != nil {
			return err
		}
		return errs.Flush()
	})
	if ctx.Err() != nil && outer.Err() == nil {
		return nil // the user has seen enough
	}
	return err
}

func writeLine(w io.Writer, l api.LogLine, stamps bool) error {
	if stamps {
		if _, err := io.WriteString(w, l.Time.UTC().Format(logTime)+" "); err != nil {
			return err
		}
	}
	_, err := w.Write(l.Text)
	return err
}
