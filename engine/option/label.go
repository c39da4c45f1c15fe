package option

import (
	"fmt"
	"strings"
)

// maxLabel is containerd's limit for a label's key and value together.
const maxLabel = 4096

// reservedPrefix is the beginning of a label's key that its owner alone may write: nerdctl's and
// gantry's records, containerd's own labels, and those by which Kubernetes and Docker know their
// containers. They are those that engine/record refuses.
func reservedPrefix(key string) string {
	for _, p := range []string{"nerdctl/", "gantry/", "containerd.io/", "io.containerd.", "io.cri-containerd", "com.docker/engine"} {
		if strings.HasPrefix(key, p) {
			return p
		}
	}
	return ""
}

func putLabel(b *build, v string) {
	key, value, _ := strings.Cut(v, "=")
	switch {
	case key == "":
		b.refuse(fmt.Sprintf("invalid label '%s': empty name", v), "write key=value")
	case len(key)+len(value) > maxLabel:
		b.refuse(fmt.Sprintf("key and value have %d bytes, 4096 is the limit", len(key)+len(value)), "")
	case reservedPrefix(key) != "":
		b.refuse(fmt.Sprintf("labels that begin with %s are reserved", reservedPrefix(key)), "choose another key")
	default:
		b.config.Labels[key] = value
	}
}
