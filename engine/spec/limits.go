package spec

import (
	"github.com/moby/moby/api/types/container"
	"github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/host"
)

// Limits are the resources of a request: what may be changed while a container runs.
func Limits(req api.CreateRequest, h host.Facts) (*specs.LinuxResources, error) {
	b := &builder{Input: Input{Request: req, Host: h}, cfg: req.Config, host: req.HostConfig, s: &specs.Spec{Linux: &specs.Linux{}}}
	if b.cfg == nil {
		b.cfg = &container.Config{}
	}
	if b.host == nil {
		b.host = &container.HostConfig{}
	}
	if err := b.resources(); err != nil {
		return nil, err
	}
	return b.s.Linux.Resources, nil
}
