package engine

import "gantry/engine/api"

// ownersOnly refuses an action on a container that somebody else decides about; nil lets it
// pass, also what is only warned about.
func ownersOnly(a api.Act, c api.Container) error {
	r := c.May(a)
	if r.Verdict != api.Deny {
		return nil
	}
	return &api.OwnerError{Action: a.Verb(), Name: c.DisplayName(), Owner: c.Owner, Reason: r.Reason}
}
