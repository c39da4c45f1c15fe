package option

import (
	"strings"

	"github.com/distribution/reference"
)

// putImage checks a reference. What was written stays as it is: the engine completes it.
func putImage(b *build, v string) {
	if _, err := reference.ParseAnyReference(v); err != nil {
		b.refuse(imageFlaw(v))
		return
	}
	b.config.Image = v
}

// imageFlaw finds words for why a reference is not one.
func imageFlaw(v string) (reason, fix string) {
	for _, scheme := range []string{"https://", "http://", "docker://"} {
		if rest, ok := strings.CutPrefix(v, scheme); ok {
			return "an image has no " + scheme, "write " + rest
		}
	}
	name, digest, hasDigest := strings.Cut(v, "@")
	tag := ""
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	rest := v[len(name):]
	lower := strings.ToLower(name)
	switch {
	case strings.ContainsAny(v, " \t\n"):
		return "an image has no spaces", ""
	case name == "":
		return "the name is missing before " + rest, ""
	case lower != name && valid(lower+rest):
		return "repository names are lower case", "write " + lower + rest
	case hasDigest && !valid("a@"+digest):
		return "the digest is not a valid one", "it is sha256: and 64 hexadecimal digits"
	case rest == ":":
		return "the tag is missing after the colon", "write " + name + ":latest"
	case valid(name) && tag != "":
		return "the tag " + tag + " is not a valid one", "letters, digits, _ . and -, at most 128, not beginning with . or -"
	}
	return "not a valid image name", "write it like nginx:1.27 or ghcr.io/owner/name:tag"
}

func valid(ref string) bool {
	_, err := reference.ParseAnyReference(ref)
	return err == nil
}
