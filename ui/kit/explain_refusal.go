package kit

import (
	"errors"
	"fmt"
	"strings"

	"gantry/engine/api"
)

// explainRefusal puts into words what the engine refuses to do.
func explainRefusal(err error) (Explanation, bool) {
	var (
		notFound    *api.NotFoundError
		ambiguous   *api.AmbiguousError
		name        *api.NameInUseError
		state       *api.StateError
		owner       *api.OwnerError
		unsupported *api.UnsupportedError
		network     *api.NetworkInUseError
		volume      *api.VolumeInUseError
		image       *api.ImageInUseError
		mount       *api.MountError
	)
	switch {
	case errors.As(err, &notFound):
		return Explanation{Title: fmt.Sprintf("No such %s: %s", notFound.Kind, notFound.Name), Fix: findFix(notFound.Kind)}, true
	case errors.As(err, &ambiguous):
		return Explanation{
			Title:  fmt.Sprintf("%s is the beginning of %d IDs", ambiguous.Prefix, len(ambiguous.IDs)),
			Detail: shortIDs(ambiguous.IDs), Fix: "type more of it",
		}, true
	case errors.As(err, &name):
		return Explanation{
			Title:  fmt.Sprintf("The name %s is taken", name.Name),
			Detail: fmt.Sprintf("by %s, which is %s", api.ShortID(name.ID), name.State),
			Fix:    "choose another name, or remove that container",
		}, true
	case errors.As(err, &network):
		return Explanation{
			Title:  fmt.Sprintf("The network %s is in use", network.Name),
			Detail: "by " + strings.Join(network.By, ", "), Fix: "remove these containers first, or leave it",
		}, true
	case errors.As(err, &volume):
		by := "by " + strings.Join(volume.By, ", ")
		if len(volume.By) == 0 {
			by = "by a container that is being made"
		}
		return Explanation{
			Title: fmt.Sprintf("The volume %s is in use", volume.Name), Detail: by, Fix: "remove these containers first, or leave it",
		}, true
	case errors.As(err, &image):
		return Explanation{
			Title: fmt.Sprintf("The image %s is in use", ShortImage(image.Name)), Detail: "by " + strings.Join(image.By, ", "), Fix: "remove these containers first, or leave it",
		}, true
	case errors.As(err, &mount):
		return Explanation{Title: "Cannot mount " + mount.Source, Detail: "at " + mount.Target + ": it " + mount.Reason, Fix: mount.Fix}, true
	case errors.As(err, &state):
		return Explanation{Title: fmt.Sprintf("Cannot %s %s", state.Action, state.Name), Detail: "it is " + string(state.State), Fix: state.Fix}, true
	case errors.As(err, &owner):
		return Explanation{
			Title:  fmt.Sprintf("Cannot %s %s", owner.Action, owner.Name),
			Detail: fmt.Sprintf("it belongs to %s: %s", OwnerName(owner.Owner), owner.Reason),
			Fix:    ownerFix(owner.Owner),
		}, true
	case errors.As(err, &unsupported):
		return Explanation{Title: Sentence(unsupported.What) + " is not supported here", Detail: unsupported.Reason}, true
	}
	return Explanation{}, false
}

func findFix(kind string) string {
	switch kind {
	case "container":
		return "see gantry ps -a"
	case "image":
		return "see gantry images, or pull it with gantry pull"
	case "network":
		return "see gantry network ls"
	case "volume":
		return "see gantry volume ls"
	}
	return ""
}

func shortIDs(ids []string) string {
	const most = 5
	var short []string
	for _, id := range ids[:min(most, len(ids))] {
		short = append(short, api.ShortID(id))
	}
	s := strings.Join(short, ", ")
	if n := len(ids) - most; n > 0 {
		s += fmt.Sprintf(" and %d more", n)
	}
	return s
}

// OwnerName is an owner by its own name.
func OwnerName(o api.Owner) string {
	switch o {
	case api.OwnerKubernetes:
		return "Kubernetes"
	case api.OwnerDocker:
		return "Docker"
	case api.OwnerBuildKit:
		return "BuildKit"
	case api.OwnerOther, "":
		return "another program"
	}
	return string(o)
}

func ownerFix(o api.Owner) string {
	switch o {
	case api.OwnerKubernetes:
		return "use kubectl"
	case api.OwnerDocker:
		return "use docker"
	case api.OwnerBuildKit:
		return "use buildctl"
	}
	return ""
}

// explainFields puts the problems of a request into words: one by itself, several as a list.
func explainFields(errs api.FieldErrors) Explanation {
	switch len(errs) {
	case 0:
		return Explanation{Title: "The request is not valid"}
	case 1:
		f := errs[0]
		return Explanation{Title: Sentence(api.FieldError{Field: f.Field, Reason: f.Reason}.Error()), Fix: f.Fix}
	}
	lines := make([]string, len(errs))
	for i, f := range errs {
		lines[i] = Clean(f.Error())
	}
	return Explanation{Title: fmt.Sprintf("%d things to mend", len(errs)), Detail: strings.Join(lines, "\n")}
}
