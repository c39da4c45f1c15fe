package app

import (
	"context"
	"slices"
	"strings"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/screen/create"
)

// suggest is what a text in the form can become. It runs in the background; the containers
// are those that were listed when it was asked.
func (m *Model) suggest(ctx context.Context, from option.Fill, text string) (out []create.Suggestion, err error) {
	switch from {
	case option.FillImage:
		return m.suggestImages(ctx, text)
	case option.FillNetwork:
		if strings.HasPrefix(text, "container:") {
			return m.suggestContainers("container:"), nil
		}
		all, err := m.engine.Networks(ctx)
		for _, n := range all {
			out = append(out, create.Suggestion{Text: n.Name, Note: n.Driver})
		}
		return append(out, create.Suggestion{Text: "container:", Note: "that of another container"}), err
	case option.FillContainer:
		return m.suggestContainers(""), nil
	case option.FillVolume:
		if strings.ContainsAny(text[:1], "/.~") {
			return m.suggestPaths(ctx, text)
		}
		all, err := m.engine.Volumes(ctx)
		for _, v := range all {
			if !v.Anonymous {
				out = append(out, create.Suggestion{Text: v.Name, Note: "volume"})
			}
		}
		return out, err
	case option.FillDevice:
		if strings.HasPrefix(text, "/") {
			return m.suggestPaths(ctx, text)
		}
		all, err := m.engine.Devices(ctx)
		for _, d := range all {
			out = append(out, create.Suggestion{Text: d, Note: "of this host"})
		}
		return out, err
	case option.FillPath:
		return m.suggestPaths(ctx, text)
	case option.FillEnv:
		facts, err := m.engine.Facts(ctx)
		for _, e := range facts.Host.Env {
			name, _, _ := strings.Cut(e, "=")
			out = append(out, create.Suggestion{Text: name, Note: "of this host"})
		}
		return out, err
	}
	return nil, nil
}

func (m *Model) suggestPaths(ctx context.Context, text string) (out []create.Suggestion, err error) {
	paths, err := m.engine.HostPaths(ctx, text)
	for _, p := range paths {
		out = append(out, create.Suggestion{Text: p})
	}
	return out, err
}

func (m *Model) suggestContainers(before string) (out []create.Suggestion) {
	for _, c := range m.roster.list() {
		if c.Name != "" {
			out = append(out, create.Suggestion{Text: before + c.Name, Note: string(c.State)})
		}
	}
	slices.SortFunc(out, func(a, b create.Suggestion) int { return strings.Compare(a.Text, b.Text) })
	return out
}

// suggestImages are those that are here, those that containers have, and once there is a
// colon the tags that the registry tells of.
func (m *Model) suggestImages(ctx context.Context, text string) (out []create.Suggestion, err error) {
	seen := map[string]bool{}
	add := func(ref, note string) {
		if ref = short(ref); !seen[ref] {
			seen[ref] = true
			out = append(out, create.Suggestion{Text: ref, Note: note})
		}
	}
	all, err := m.engine.Images(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if !strings.Contains(i.Name, "@") {
			add(i.Name, "here")
		}
	}
	used := m.roster.list()
	slices.SortFunc(used, func(a, b api.Container) int { return b.CreatedAt.Compare(a.CreatedAt) })
	for _, c := range used {
		if !strings.Contains(c.Image, "@") {
			add(c.Image, "used by "+c.DisplayName())
		}
	}
	name, _, tagged := cutTag(text)
	if !tagged || name == "" {
		return out, nil
	}
	tags, err := m.engine.Tags(ctx, name)
	if err != nil {
		return out, nil // what is here is still worth showing
	}
	for _, t := range tags {
		add(name+":"+t, "at the registry")
	}
	return out, nil
}

// cutTag cuts an image at the colon before its tag, which may be empty still.
func cutTag(ref string) (name, tag string, ok bool) {
	i := strings.LastIndexByte(ref, ':')
	if i < 0 || i < strings.LastIndexByte(ref, '/') || strings.Contains(ref, "@") {
		return ref, "", false
	}
	return ref[:i], ref[i+1:], true
}

// short is an image as a person writes it.
func short(ref string) string {
	ref = strings.TrimPrefix(ref, "docker.io/library/")
	return strings.TrimPrefix(ref, "docker.io/")
}
