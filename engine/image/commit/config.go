package commit

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	docker "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/container"
)

// Over is an image's configuration with that of a container made of it over it, by Docker's
// rules: what a container of the new image gets is what this one had.
func Over(image Config, c *container.Config) Config {
	out := image
	out.OnBuild = nil // for what is built on the image, which this one was
	if c == nil {
		return out
	}
	out.User, out.WorkingDir = cmp.Or(c.User, image.User), cmp.Or(c.WorkingDir, image.WorkingDir)
	out.StopSignal = cmp.Or(c.StopSignal, image.StopSignal)
	switch {
	case len(c.Entrypoint) == 1 && c.Entrypoint[0] == "":
		out.Entrypoint, out.Cmd = nil, c.Cmd
	case len(c.Entrypoint) > 0:
		out.Entrypoint, out.Cmd = c.Entrypoint, c.Cmd
	case len(c.Cmd) > 0:
		out.Cmd = c.Cmd
	}
	out.Env = slices.Clone(image.Env)
	for _, kv := range c.Env {
		name, value, ok := strings.Cut(kv, "=")
		if ok {
			out.Env = setEnv(out.Env, name, value)
			continue
		}
		out.Env = slices.DeleteFunc(out.Env, func(kv string) bool { return kv == name || strings.HasPrefix(kv, name+"=") })
	}
	out.Labels, out.Volumes, out.ExposedPorts = maps.Clone(image.Labels), maps.Clone(image.Volumes), maps.Clone(image.ExposedPorts)
	for k, v := range c.Labels {
		if out.Labels == nil {
			out.Labels = map[string]string{}
		}
		out.Labels[k] = v
	}
	for v := range c.Volumes {
		set(&out.Volumes, v)
	}
	for p := range c.ExposedPorts {
		set(&out.ExposedPorts, p.String())
	}
	out.Healthcheck = overHealth(image.Healthcheck, c.Healthcheck)
	return out
}

func overHealth(image *docker.HealthcheckConfig, c *container.HealthConfig) *docker.HealthcheckConfig {
	if c == nil {
		return image
	}
	out := docker.HealthcheckConfig(*c)
	if image == nil || len(c.Test) > 0 && c.Test[0] == "NONE" {
		return &out
	}
	if len(out.Test) == 0 {
		out.Test = image.Test
	}
	out.Interval, out.Timeout = cmp.Or(out.Interval, image.Interval), cmp.Or(out.Timeout, image.Timeout)
	out.StartPeriod, out.StartInterval = cmp.Or(out.StartPeriod, image.StartPeriod), cmp.Or(out.StartInterval, image.StartInterval)
	out.Retries = cmp.Or(out.Retries, image.Retries)
	return &out
}
