package option

import (
	"maps"
	"slices"
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// FromRequest is the draft that makes a request: what a form shows of an existing
// container. Parsed again it gives the same request, as far as the table's options go.
// Defaults are left out. A variable that was copied from the caller's environment comes
// back with the value it had then; one that was not there comes back as its name.
func FromRequest(r api.CreateRequest) Draft {
	if r.Config == nil {
		r.Config = &container.Config{}
	}
	if r.HostConfig == nil {
		r.HostConfig = &container.HostConfig{}
	}
	var d Draft
	for i := range rows {
		if v := rows[i].take(&r); len(v) > 0 {
			d.Set(rows[i].Key, v...)
		}
	}
	return d
}

// takeEntrypoint is the program; further words of an entrypoint are taken by takeArgs,
// since a command line has room for one.
func takeEntrypoint(r *api.CreateRequest) []string {
	if len(r.Config.Entrypoint) == 0 {
		return nil
	}
	return r.Config.Entrypoint[:1]
}

func takeArgs(r *api.CreateRequest) []string {
	if len(r.Config.Entrypoint) > 1 {
		return slices.Concat(r.Config.Entrypoint[1:], r.Config.Cmd)
	}
	return r.Config.Cmd
}

func takeEnv(r *api.CreateRequest) []string {
	out := slices.Clone(r.Config.Env)
	for _, name := range r.EnvFromHost {
		found := slices.ContainsFunc(r.Config.Env, func(e string) bool { return strings.HasPrefix(e, name+"=") })
		if !found && !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

func takeLabels(r *api.CreateRequest) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(r.Config.Labels)) {
		out = append(out, k+"="+r.Config.Labels[k])
	}
	return out
}

// text is a value that is not given when empty.
func text(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// unless is a value that is not given when it is the default.
func unless(def, s string) []string {
	if s == def {
		return nil
	}
	return text(s)
}

// on is a switch that is not given when off.
func on(set bool) []string {
	if !set {
		return nil
	}
	return []string{"true"}
}
