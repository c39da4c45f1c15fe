package image

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/containerd/errdefs"

	"gantry/engine/api"
)

// engineError says which image a failed look-up was about.
func engineError(r Ref, err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("image %s: %w", r.Familiar, err)
}

// verdict is what an error turns out to be; without a cause it is something else.
type verdict struct {
	cause  api.PullCause
	detail string
	server string // host[:port] to blame, "" for the one that was asked
}

// explain finds out why a pull failed. The order matters: a refusal may look like
// something that was not found, and what containerd reports comes as text.
func (p *pull) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var known *api.PullError
	if errors.As(err, &known) {
		return known
	}
	e := &api.PullError{Ref: p.ref.Familiar, Registry: p.ref.Host, Err: err, Cause: api.PullOther}
	for _, find := range []func(error) verdict{
		fromFiles, fromSize, p.fromStatus, p.fromAuth, fromLoop, fromProxy, fromTLS,
		fromDisk, fromEngine, fromNet, fromContent, p.fromNotFound,
	} {
		if v := find(err); v.cause != "" {
			e.Cause, e.Detail, e.Server = v.cause, v.detail, v.server
			break
		}
	}
	if e.Server == "" {
		e.Server = asked(err)
	}
	if sameHost(e.Registry, e.Server) {
		e.Server = ""
	}
	return e
}

// asked is the server that an error came from, "" when it does not say.
func asked(err error) string {
	var way *wayError
	if errors.As(err, &way) {
		return way.Host
	}
	if u, perr := url.Parse(addressOf(err)); perr == nil {
		return u.Host
	}
	return ""
}

// fromFiles reads trouble with this host's settings.
func fromFiles(err error) verdict {
	var config *configError
	if errors.As(err, &config) {
		return verdict{cause: api.PullSettings, detail: config.Error()}
	}
	return verdict{}
}

func fromEngine(err error) verdict {
	var gone *goneError
	if errors.As(err, &gone) || errdefs.IsUnavailable(err) || errdefs.IsCanceled(err) {
		return verdict{cause: api.PullEngine}
	}
	// The writer of content says with what it failed, but not that it was the connection.
	for _, words := range []string{"client connection is closing", "failed to send write", "failed to get status", "error reading from server"} {
		if strings.Contains(err.Error(), words) {
			return verdict{cause: api.PullEngine}
		}
	}
	return verdict{}
}

func (p *pull) fromNotFound(err error) verdict {
	switch {
	case !errdefs.IsNotFound(err):
		return verdict{}
	case p.resolved && strings.Contains(err.Error(), "from remote"):
		return verdict{cause: api.PullServer, detail: "it has lost a part of the image"}
	case p.resolved:
		return verdict{}
	case p.ref.Digest != "":
		return verdict{cause: api.PullNoTag, detail: "nothing with that digest in " + p.ref.Repo}
	}
	return verdict{cause: api.PullNoTag, detail: "no tag " + p.ref.Tag + " in " + p.ref.Repo}
}
