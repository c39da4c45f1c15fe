package engine

import "gantry/engine/api"

// mayChange reports whether gantry may start, stop or remove containers of an owner.
func mayChange(o api.Owner) bool {
	return o == api.OwnerGantry || o == api.OwnerNerdctl || o == api.OwnerOther
}

// ownersOnly refuses an action on a container that somebody else decides about; nil lets it
// pass. A kubelet or dockerd does not look into containerd for what it believes: it would
// undo the change, or go on with a picture that is wrong.
func ownersOnly(action string, c api.Container) error {
	if mayChange(c.Owner) {
		return nil
	}
	return &api.OwnerError{Action: action, Name: c.DisplayName(), Owner: c.Owner, Reason: ownersReason(action, c.Owner)}
}

// ownersReason is what would come of an action on a container of that owner.
func ownersReason(action string, o api.Owner) string {
	switch o {
	case api.OwnerKubernetes:
		if action == "start" {
			return "the kubelet alone starts it, with the rest of its pod"
		}
		return "the kubelet would start it again"
	case api.OwnerDocker:
		if action == "start" {
			return "dockerd holds its log and network, and would not know of the start"
		}
		return "dockerd decides by its restart policy whether it comes back"
	case api.OwnerBuildKit:
		return "it is a step of a build, and buildkitd clears it away"
	}
	return "only its owner can " + action + " it"
}
