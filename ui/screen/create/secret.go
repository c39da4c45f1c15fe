package create

import (
	"strings"

	"gantry/engine/option"
)

// hidden stands in the place of a value that looks secret.
const hidden = "********"

// mask hides the value of a variable whose name says that it is secret.
func mask(v string) string {
	name, value, given := strings.Cut(v, "=")
	if !given || value == "" || !option.Secret(name) {
		return v
	}
	return name + "=" + hidden
}

// masked is a row's value as it is shown.
func (s *Screen) masked(r *row, v string) string {
	if r.opt.Key == option.KeyEnv && !s.reveal {
		return mask(v)
	}
	return v
}
