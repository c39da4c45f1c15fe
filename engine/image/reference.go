package image

import (
	"errors"
	"strings"

	"github.com/distribution/reference"
	"github.com/opencontainers/go-digest"

	"gantry/engine/api"
)

// Ref is an image reference in its several spellings.
type Ref struct {
	Full     string // as the image store names it: "docker.io/library/busybox:latest"; of an ID: "sha256:…"
	Familiar string // as a person writes it: "busybox:latest"
	Host     string // registry, with its port: "docker.io"; "" of an ID
	Repo     string // within the registry: "library/busybox"; "" of an ID
	Tag      string // "" when the reference has only a digest
	Digest   string // "sha256:…"; "" when the reference has none
}

// IsID reports whether the reference is a bare image ID, which no registry knows.
func (r Ref) IsID() bool { return r.Repo == "" }

// isImageID says whether ref is an image's whole ID, with or without its algorithm.
func isImageID(ref string) bool {
	hex := strings.TrimPrefix(ref, "sha256:")
	return len(hex) == 64 && strings.Trim(hex, "0123456789abcdef") == ""
}

// Parse reads a reference as Docker does: a name without a registry is Docker Hub's, one
// without tag and digest means "latest", and 64 hex digits are an image ID. Anything else
// is an *api.PullError with cause PullBadReference that says what is wrong with it.
func Parse(ref string) (Ref, error) {
	if isImageID(ref) {
		d := "sha256:" + strings.TrimPrefix(ref, "sha256:")
		return Ref{Full: d, Familiar: api.ShortID(strings.TrimPrefix(d, "sha256:")), Digest: d}, nil
	}
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return Ref{}, &api.PullError{Ref: ref, Cause: api.PullBadReference, Detail: whyBad(ref, err), Err: err}
	}
	named = reference.TagNameOnly(named)
	r := Ref{
		Full:     named.String(),
		Familiar: reference.FamiliarString(named),
		Host:     reference.Domain(named),
		Repo:     reference.Path(named),
	}
	if t, ok := named.(reference.Tagged); ok {
		r.Tag = t.Tag()
	}
	if d, ok := named.(reference.Digested); ok {
		r.Digest = d.Digest().String()
	}
	return r, nil
}

// whyBad says in words what the grammar of references does not allow in ref.
func whyBad(ref string, err error) string {
	name, dgst, hasDigest := strings.Cut(ref, "@")
	switch {
	case ref == "":
		return "it is empty"
	case strings.TrimSpace(ref) != ref || strings.ContainsAny(ref, " \t\r\n"):
		return "it has a space in it"
	case strings.Contains(ref, "://"):
		return "leave out " + ref[:strings.Index(ref, "://")+3]
	case strings.Contains(err.Error(), "must be lowercase"): // the library has no name for this error
		return "names are lower case"
	case errors.Is(err, reference.ErrNameTooLong):
		return "the name is longer than 255 characters"
	case hasDigest && badDigest(dgst):
		return "after @ stands a digest: sha256: and 64 hex digits"
	case strings.HasSuffix(name, ":"):
		return "the tag after : is empty"
	case strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.Contains(name, "//"):
		return "a part of the name is empty"
	case strings.HasPrefix(name, "-"):
		return "a name does not begin with -"
	}
	return "a name is [registry/]repository[:tag], of lower case letters, digits and . _ -"
}

func badDigest(s string) bool {
	_, err := digest.Parse(s)
	return err != nil
}
