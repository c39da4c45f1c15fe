package kit

import (
	"strings"

	"gantry/engine/api"
)

// ShortImage is an image reference as a person would type it: Docker Hub's own prefix
// and the tag latest are left out, a digest is cut.
func ShortImage(ref string) string {
	ref = strings.TrimPrefix(ref, "docker.io/library/")
	ref = strings.TrimPrefix(ref, "docker.io/")
	if name, digest, ok := strings.Cut(ref, "@sha256:"); ok {
		if strings.Contains(name[strings.LastIndexByte(name, '/')+1:], ":") {
			return name
		}
		return name + "@" + api.ShortID(digest)
	}
	return strings.TrimSuffix(ref, ":latest")
}
