package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/record"
	"gantry/engine/stdio/wire"
)

// Docker's defaults of a health check.
const (
	healthInterval      = 30 * time.Second
	healthTimeout       = 30 * time.Second
	healthStartInterval = 5 * time.Second
	healthRetries       = 3
)

// imageExtra is what Docker writes into an image's config over the OCI's fields.
type imageExtra struct {
	Config struct {
		Healthcheck *container.HealthConfig
		Shell       []string
	} `json:"config"`
}

// healthCheck settles how the container's health is looked at: as the request says, in what
// it leaves open as the image says, in what that leaves open as Docker does. The logger looks.
func (c *creation) healthCheck(ctx context.Context) error {
	extra, err := c.imageExtra(ctx)
	if err != nil {
		return err
	}
	check := mergeHealth(c.req.Config.Healthcheck, extra.Config.Healthcheck)
	if check != nil && len(check.Test) == 0 {
		c.warn = append(c.warn, "--health-interval and the like have no effect: neither --health-cmd nor the image says what to run")
		check = nil
	}
	c.health = check
	args := healthArgs(check, extra.Config.Shell)
	if len(args) == 0 {
		return nil
	}
	err = wire.WriteHealthCheck(c.l.records.Dir(c.id), wire.HealthCheck{
		Args: args, Interval: cmp.Or(check.Interval, healthInterval), Timeout: cmp.Or(check.Timeout, healthTimeout),
		StartPeriod: check.StartPeriod, StartInterval: cmp.Or(check.StartInterval, healthStartInterval),
		Retries: cmp.Or(check.Retries, healthRetries), At: c.reapNote(),
	})
	if err != nil {
		return fmt.Errorf("note how its health is looked at: %w", err)
	}
	return nil
}

func (c *creation) imageExtra(ctx context.Context) (x imageExtra, err error) {
	b, err := c.l.images.RawConfig(ctx, c.image)
	if err == nil {
		err = json.Unmarshal(b, &x)
	}
	if err != nil {
		return x, fmt.Errorf("read the image's config: %w", err)
	}
	return x, nil
}

// mergeHealth is the request's check over the image's, field by field; nil when neither has
// one.
func mergeHealth(user, image *container.HealthConfig) *container.HealthConfig {
	if user == nil {
		return image
	}
	m := *user
	if image == nil || len(m.Test) > 0 && m.Test[0] == "NONE" {
		return &m
	}
	if len(m.Test) == 0 {
		m.Test = image.Test
	}
	m.Interval, m.Timeout = cmp.Or(m.Interval, image.Interval), cmp.Or(m.Timeout, image.Timeout)
	m.StartPeriod, m.StartInterval = cmp.Or(m.StartPeriod, image.StartPeriod), cmp.Or(m.StartInterval, image.StartInterval)
	m.Retries = cmp.Or(m.Retries, image.Retries)
	return &m
}

// healthArgs is what a check runs; nothing when it is none.
func healthArgs(check *container.HealthConfig, shell []string) []string {
	if check == nil || len(check.Test) < 2 {
		return nil
	}
	switch check.Test[0] {
	case "CMD":
		return check.Test[1:]
	case "CMD-SHELL":
		if len(shell) == 0 {
			shell = []string{"/bin/sh", "-c"}
		}
		return append(append([]string(nil), shell...), check.Test[1])
	}
	return nil
}

// health adds how the container's check finds it. While it runs the logger's record is what
// counts: the label is brought up to date only when the status changes.
func (e *Engine) health(l *link, labels map[string]string, c *api.Container) {
	state, ok := record.ReadHealthState(labels)
	if !ok || !c.State.Alive() {
		return
	}
	c.Health = api.Health(state.Status)
	h, err := wire.ReadHealth(l.records.Dir(c.ID))
	if err != nil {
		e.log.Warn("read the health", "id", c.ID, "err", err)
	} else if h.Status != "" {
		c.Health = api.Health(h.Status)
	}
}

// inspectHealth is the health in Docker's shape; nil for a container without a check.
func (e *Engine) inspectHealth(l *link, labels map[string]string, id string) *container.Health {
	state, ok := record.ReadHealthState(labels)
	if !ok {
		return nil
	}
	out := &container.Health{Status: container.HealthStatus(state.Status), FailingStreak: state.FailingStreak, Log: []*container.HealthcheckResult{}}
	h, err := wire.ReadHealth(l.records.Dir(id))
	if err != nil || h.Status == "" {
		return out
	}
	out.Status, out.FailingStreak = container.HealthStatus(h.Status), h.FailingStreak
	for _, r := range h.Log {
		out.Log = append(out.Log, &container.HealthcheckResult{Start: r.Start, End: r.End, ExitCode: r.ExitCode, Output: r.Output})
	}
	return out
}

// beginHealth has the label say that a run begins; its logger has written that down already.
func (s *starting) beginHealth(ctx context.Context) {
	was, ok := record.ReadHealthState(s.rec.Labels)
	if !ok || was.Status == wire.HealthStarting && was.LastProbeAt.IsZero() {
		return
	}
	if err := relabel(ctx, s.l, s.c.ID, map[string]string{record.LabelHealthState: record.HealthState{Status: wire.HealthStarting}.Label()}); err != nil {
		s.e.log.Warn("label the health", "id", s.c.ID, "err", err)
	}
}

// LabelHealth puts a container's health into its label, where nerdctl looks for it, and by
// that tells every gantry that watches. The container's logger starts `gantry internal
// health` for it when the status has changed.
func LabelHealth(ctx context.Context, stateDir string, log *slog.Logger) error {
	check, ok, err := wire.ReadHealthCheck(stateDir)
	if err != nil || !ok {
		return err
	}
	if check.At.Version > wire.ReapVersion {
		return fmt.Errorf("%s was made by a newer gantry", api.ShortID(check.At.ID))
	}
	ctx, cancel := context.WithTimeout(ctx, reapTime)
	defer cancel()
	e := unconnected(Config{Namespace: check.At.Namespace, Log: log})
	l, err := reach(ctx, check.At)
	if err != nil {
		return err
	}
	h, err := wire.ReadHealth(stateDir)
	if err == nil && h.Status != "" {
		s := record.HealthState{Status: h.Status, FailingStreak: h.FailingStreak, InStartPeriod: h.Status == wire.HealthStarting && check.StartPeriod > 0}
		if n := len(h.Log); n > 0 {
			s.LastProbeAt = h.Log[n-1].Start
		}
		err = ignoreNotFound(relabel(e.in(ctx), l, check.At.ID, map[string]string{record.LabelHealthState: s.Label()}))
	}
	return errors.Join(err, e.Close(), l.client.Close())
}
