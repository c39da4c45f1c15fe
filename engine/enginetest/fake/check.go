package fake

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"

	"gantry/engine/api"
	"gantry/engine/option"
)

// TakePort makes a port of the host, as "8080/tcp", somebody's: "nginx (process 812)".
func (e *Engine) TakePort(port, who string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ports[port] = who
}

// FreePort lets a port go again.
func (e *Engine) FreePort(port string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.ports, port)
}

// AddTags gives a repository tags at its registry.
func (e *Engine) AddTags(repo string, tags ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.tags[repository(repo)] = append(e.tags[repository(repo)], tags...)
}

// AddPaths puts paths on the host; directories end with a slash.
func (e *Engine) AddPaths(paths ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.paths = append(e.paths, paths...)
}

// AddDevices gives the host devices by their vendors' names.
func (e *Engine) AddDevices(names ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.devices = append(e.devices, names...)
}

func repository(ref string) string {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return ref
	}
	return reference.FamiliarName(named)
}

// Check implements backend.Foreseer: names, ports, devices, and directories that are not there.
func (e *Engine) Check(_ context.Context, req api.CreateRequest) (api.Checked, error) {
	if err := e.record("Check", req.Name); err != nil {
		return api.Checked{}, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var out api.Checked
	for _, b := range e.boxes {
		if req.Name != "" && b.c.Name == req.Name {
			out.Problems = append(out.Problems, api.FieldError{Field: "name", Value: req.Name, Reason: "in use by " + b.c.Name + " (" + b.c.ShortID() + "), " + string(b.c.State)})
		}
	}
	if req.HostConfig == nil {
		return out, nil
	}
	for inside, binds := range req.HostConfig.PortBindings {
		for _, b := range binds {
			port := b.HostPort + "/" + string(inside.Proto())
			if who := e.ports[port]; who != "" {
				out.Problems = append(out.Problems, api.FieldError{
					Field: "publish", Value: "0.0.0.0:" + port, Reason: fmt.Sprintf("port %s of this host is in use by %s", port, who), Fix: "publish it on another port",
				})
			}
		}
	}
	for _, r := range req.HostConfig.DeviceRequests {
		for _, d := range r.DeviceIDs {
			if option.IsCDI(r) && !slices.Contains(e.devices, d) {
				out.Problems = append(out.Problems, api.FieldError{Field: "device", Value: d, Reason: "no vendor describes a device " + d + " on this host"})
			}
		}
	}
	slices.SortFunc(out.Problems, func(a, b api.FieldError) int { return strings.Compare(a.Value, b.Value) })
	for i, text := range req.HostConfig.Binds {
		b, reason, _ := option.ReadBind(text)
		if reason == "" && !b.Named() && len(e.paths) > 0 && !slices.Contains(e.paths, b.Source+"/") && !slices.Contains(e.paths, b.Source) {
			out.Notes = append(out.Notes, api.FieldError{Field: "volume", Index: i, Value: text, Reason: b.Source + " is not there on this host: an empty directory will be made"})
			out.Dirs = append(out.Dirs, b.Source)
		}
	}
	return out, nil
}

// Remote implements backend.Foreseer: what OnPull has scripted, else one layer of 30 MB.
func (e *Engine) Remote(_ context.Context, ref, platform string) (api.RemoteImage, error) {
	if err := e.record("Remote", ref); err != nil {
		return api.RemoteImage{}, err
	}
	e.mu.Lock()
	p := e.pulls[familiar(ref)]
	e.mu.Unlock()
	out := api.RemoteImage{Name: full(ref), Platform: "linux/amd64", Platforms: []string{"linux/amd64", "linux/arm64"}, Layers: 1, Size: 30_000_000}
	if platform != "" {
		out.Platform = platform
	}
	if p == nil {
		return out, nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	out.Layers, out.Size = len(p.p.Layers), p.p.Total
	return out, p.err
}

// Tags implements backend.Foreseer.
func (e *Engine) Tags(_ context.Context, ref string) ([]string, error) {
	if err := e.record("Tags", ref); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.tags[repository(ref)]), nil
}

// Devices implements backend.Foreseer.
func (e *Engine) Devices(context.Context) ([]string, error) {
	if err := e.record("Devices", ""); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.devices), nil
}

// HostPaths implements backend.Foreseer.
func (e *Engine) HostPaths(_ context.Context, beginning string) ([]string, error) {
	if err := e.record("HostPaths", beginning); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []string
	for _, p := range e.paths {
		rest, ok := strings.CutPrefix(p, beginning)
		if ok && !strings.Contains(strings.TrimSuffix(rest, "/"), "/") {
			out = append(out, p)
		}
	}
	return out, nil
}
