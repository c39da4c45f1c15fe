package api

import (
	"fmt"
	"strings"
	"time"
)

// Image is a tagged image in the image store.
type Image struct {
	Name      string // full reference
	Digest    string // of what the name points to: an index or a manifest
	Platforms []string
	Size      int64 // compressed bytes of this host's platform
	CreatedAt time.Time
	UpdatedAt time.Time
	Labels    map[string]string
}

// ImageConfig is what an image brings to a container: the defaults that a form shows
// as ghost text.
type ImageConfig struct {
	Name         string
	Platform     string
	Entrypoint   []string
	Cmd          []string
	Env          []string
	WorkingDir   string
	User         string
	StopSignal   string
	ExposedPorts []string
	Volumes      []string
	Labels       map[string]string
	Healthcheck  []string // as Docker writes it: CMD or CMD-SHELL first; nil: none
}

// ImageInUseError is an image that cannot be removed: containers were made of it.
type ImageInUseError struct {
	Name string
	By   []string // names of containers
}

func (e *ImageInUseError) Error() string {
	return fmt.Sprintf("image %s is used by %s", e.Name, strings.Join(e.By, ", "))
}
