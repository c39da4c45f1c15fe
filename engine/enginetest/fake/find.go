package fake

import (
	"context"
	"slices"
	"time"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
)

// Info implements backend.Describer.
func (e *Engine) Info(context.Context) (api.EngineInfo, error) {
	if err := e.record("Info", ""); err != nil {
		return api.EngineInfo{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.conn.Info, nil
}

// Facts implements backend.Describer.
func (e *Engine) Facts(context.Context) (option.Facts, error) {
	if err := e.record("Facts", ""); err != nil {
		return option.Facts{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.facts, nil
}

// Metrics implements backend.Describer.
func (e *Engine) Metrics() api.Metrics {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := api.Metrics{Actions: map[string]api.Action{}, States: map[api.State]int{}}
	for k, v := range e.metrics.Actions {
		m.Actions[k] = v
	}
	for _, b := range e.boxes {
		m.States[b.c.State]++
	}
	return m
}

// Containers implements backend.Finder.
func (e *Engine) Containers(context.Context) ([]api.Container, error) {
	if err := e.record("Containers", ""); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.list(), nil
}

// Find implements backend.Finder.
func (e *Engine) Find(_ context.Context, nameOrID string) (api.Container, error) {
	if err := e.record("Find", nameOrID); err != nil {
		return api.Container{}, err
	}
	return e.Peek(nameOrID)
}

// Inspect implements backend.Finder.
func (e *Engine) Inspect(_ context.Context, id string) (*container.InspectResponse, error) {
	if err := e.record("Inspect", id); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(id)
	if err != nil {
		return nil, err
	}
	c := b.c
	return &container.InspectResponse{
		ID: c.ID, Name: "/" + c.Name, Created: c.CreatedAt.Format(time.RFC3339), Image: c.Image, RestartCount: c.RestartCount,
		State:      &container.State{Status: container.ContainerState(c.State), Running: c.State == api.StateRunning, Pid: int(c.Pid), ExitCode: c.ExitCode, Error: c.Error},
		Config:     b.req.Config,
		HostConfig: b.req.HostConfig,
	}, nil
}

// Request implements backend.Finder.
func (e *Engine) Request(_ context.Context, id string) (api.CreateRequest, error) {
	if err := e.record("Request", id); err != nil {
		return api.CreateRequest{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(id)
	if err != nil {
		return api.CreateRequest{}, err
	}
	return b.req, nil
}

// Traces implements backend.Finder.
func (e *Engine) Traces(_ context.Context, id string) ([]path.Trace, error) {
	if err := e.record("Traces", id); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	b, err := e.find(id)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.traces), nil
}
