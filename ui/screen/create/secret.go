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
	if !given || value == "" || !secret(name) {
		return v
	}
	return name + "=" + hidden
}

// secret reports whether a variable's name says that its value is not for everyone's eyes.
func secret(name string) bool {
	name = strings.ToUpper(name)
	if strings.HasSuffix(name, "_FILE") || strings.HasSuffix(name, "_PATH") || strings.HasSuffix(name, "_TTL") {
		return false // it says where the secret is
	}
	for _, s := range []string{"PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "TOKEN", "CREDENTIAL", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "AUTH_KEY"} {
		if strings.Contains(name, s) {
			return true
		}
	}
	return strings.HasSuffix(name, "_PASS") || strings.HasSuffix(name, "_PWD") || name == "PASS"
}

// masked is a row's value as it is shown.
func (s *Screen) masked(r *row, v string) string {
	if r.opt.Key == option.KeyEnv && !s.reveal {
		return mask(v)
	}
	return v
}
