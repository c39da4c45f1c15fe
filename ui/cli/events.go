package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"gantry/engine/api"
	"gantry/ui/kit"
)

func (p *program) eventsCommand() *cobra.Command {
	var since, until, format string
	var filters []string
	c := &cobra.Command{
		Use: "events", Short: "Show what happens, whoever does it, until interrupted", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if since != "" {
				return errors.New("--since: containerd keeps no past events; leave it out to see what happens from now on")
			}
			if format != "" && format != "json" {
				return fmt.Errorf("--format %q: must be json, or left out", format)
			}
			end, err := p.moment("until", until)
			if err != nil {
				return err
			}
			want, err := eventFilter(filters)
			if err != nil {
				return err
			}
			ctx, stop := signal.NotifyContext(c.Context(), os.Interrupt, syscall.SIGTERM)
			defer stop()
			if !end.IsZero() {
				var cancel context.CancelFunc
				ctx, cancel = context.WithTimeout(ctx, end.Sub(p.Now()))
				defer cancel()
			}
			err = p.with(ctx, func(e Engine) error {
				return e.Events(ctx, func(ev api.Event) error {
					if !want(ev) {
						return nil
					}
					return p.event(ev, format == "json")
				})
			})
			if ctx.Err() != nil {
				return nil // told to end
			}
			return err
		},
	}
	f := c.Flags()
	f.StringVar(&since, "since", "", "not possible: containerd keeps no past events")
	f.StringVar(&until, "until", "", "end at a `time`")
	f.StringArrayVarP(&filters, "filter", "f", nil, "only those where `key=value`: container, event, image, label, type")
	f.StringVar(&format, "format", "", "json: one object a line")
	return c
}

// eventFilter is what --filter lets through: values of one key are alternatives, keys add up.
func eventFilter(filters []string) (func(api.Event) bool, error) {
	wanted := map[string][]string{}
	for _, f := range filters {
		key, value, ok := strings.Cut(f, "=")
		if !ok {
			return nil, fmt.Errorf("--filter %q: must be KEY=VALUE", f)
		}
		switch key {
		case "container", "event", "image", "label", "type":
		default:
			return nil, fmt.Errorf("--filter %q: the key must be container, event, image, label or type", f)
		}
		wanted[key] = append(wanted[key], value)
	}
	return func(ev api.Event) bool {
		for key, values := range wanted {
			if !slices.ContainsFunc(values, func(v string) bool { return eventHas(ev, key, v) }) {
				return false
			}
		}
		return true
	}, nil
}

func eventHas(ev api.Event, key, value string) bool {
	switch key {
	case "type":
		return ev.Type == value
	case "event":
		return ev.Action == value
	case "container":
		return ev.Type == api.EventContainer && (ev.Attributes["name"] == value || strings.HasPrefix(ev.ID, value))
	case "image":
		name := ev.Attributes["image"]
		if ev.Type == api.EventImage {
			name = ev.ID
		}
		return name == value || strings.HasPrefix(name, value+":")
	case "label":
		name, want, given := strings.Cut(value, "=")
		has, ok := ev.Attributes[name]
		return ok && (!given || has == want)
	}
	return false
}

// eventShape is an event in the fields of docker events --format json.
type eventShape struct {
	Status   string     `json:"status,omitempty"`
	ID       string     `json:"id,omitempty"`
	From     string     `json:"from,omitempty"`
	Type     string     `json:"Type"`
	Action   string     `json:"Action"`
	Actor    eventActor `json:"Actor"`
	Scope    string     `json:"scope"`
	Time     int64      `json:"time"`
	TimeNano int64      `json:"timeNano"`
	By       string     `json:"by,omitempty"` // gantry's own
}

type eventActor struct {
	ID         string
	Attributes map[string]string
}

func (p *program) event(ev api.Event, asJSON bool) error {
	if asJSON {
		enc := json.NewEncoder(p.Out)
		enc.SetEscapeHTML(false)
		return enc.Encode(eventShape{
			Status: ev.Action, ID: ev.ID, From: ev.Attributes["image"], Type: ev.Type, Action: ev.Action,
			Actor: eventActor{ev.ID, ev.Attributes}, Scope: "local", Time: ev.At.Unix(), TimeNano: ev.At.UnixNano(), By: ev.By,
		})
	}
	var more []string
	for _, k := range slices.Sorted(maps.Keys(ev.Attributes)) {
		more = append(more, k+"="+ev.Attributes[k])
	}
	if ev.By != "" {
		more = append(more, "by="+ev.By)
	}
	line := fmt.Sprintf("%s %s %s %s", ev.At.Local().Format(logTime), ev.Type, ev.Action, ev.ID)
	if len(more) > 0 {
		line += " (" + strings.Join(more, ", ") + ")"
	}
	_, err := fmt.Fprintln(p.Out, kit.Clean(line))
	return err
}
