package option

import (
	"slices"
	"unicode/utf8"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// build is a request in the making. put functions see one value at a time through it.
type build struct {
	facts  Facts
	req    api.CreateRequest
	config *container.Config
	host   *container.HostConfig
	detach bool
	client Client
	// attach are the streams that are named; none leaves them to the rest.
	attach []string
	// fileLabels are the labels of label files.
	fileLabels []string
	// noHealth is set when not even the image's check is to be run.
	noHealth bool
	// fileEnv are the variables of env files, which stand before all others.
	fileEnv []string
	// nets are the networks that are named, in order.
	nets []asked
	// first is what flags ask of the first network.
	first *network.EndpointSettings
	// targets are where something is to be mounted.
	targets []targeted

	// The value being read.
	key   Key
	index int
	value string

	problems api.FieldErrors
	warnings api.FieldErrors
}

// newBuild begins with what Docker's client sends when no option is given.
func newBuild(f Facts) *build {
	b := &build{
		facts: f,
		config: &container.Config{
			AttachStdout: true,
			AttachStderr: true,
			Labels:       map[string]string{},
		},
		host: &container.HostConfig{
			NetworkMode:   defaultNetwork,
			RestartPolicy: container.RestartPolicy{Name: container.RestartPolicyDisabled},
		},
	}
	b.req = api.CreateRequest{Pull: api.PullMissing, Config: b.config, HostConfig: b.host}
	return b
}

// read puts one value into the request. What is not UTF-8 would be refused by containerd, or
// become something else in the container without a word.
func (b *build) read(r *row, i int, v string) {
	b.key, b.index, b.value = r.Key, i, v
	if hasNUL(v) {
		b.refuse("contains a NUL byte", "leave it out")
		return
	}
	if !utf8.ValidString(v) {
		b.refuse("is not valid UTF-8", "")
		return
	}
	r.put(b, v)
}

// refuse says why the value being read cannot be honoured, and what to write instead.
func (b *build) refuse(reason, fix string) { b.refuseAt(b.key, b.index, b.value, reason, fix) }

func (b *build) refuseAt(k Key, i int, v, reason, fix string) {
	b.problems = append(b.problems, api.FieldError{Field: string(k), Index: i, Value: v, Reason: reason, Fix: fix})
}

// refused reports that something is wrong with an option by itself.
func (b *build) refused(k Key) bool {
	return slices.ContainsFunc(b.problems, func(e api.FieldError) bool { return e.Field == string(k) })
}

// warn says what will be otherwise than written, or surprises.
func (b *build) warn(reason, fix string) { b.warnAt(b.key, b.index, b.value, reason, fix) }

func (b *build) warnAt(k Key, i int, v, reason, fix string) {
	b.warnings = append(b.warnings, api.FieldError{Field: string(k), Index: i, Value: v, Reason: reason, Fix: fix})
}

// without reports that this host has no such cgroup controller. Facts that were not read
// yet rule nothing out.
func (b *build) without(controller string) bool {
	c := b.facts.Host.Controllers
	return c != nil && !c[controller]
}

func hasNUL(s string) bool {
	for i := range len(s) {
		if s[i] == 0 {
			return true
		}
	}
	return false
}
