package image

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/containerd/containerd/v2/core/remotes/docker"

	"gantry/engine/api"
)

// manyTags is how many tags are told of when the one that was asked for does not exist.
const manyTags = 10

// lookAround finds out whether it is the tag or the whole repository that does not
// exist, which the answer to a pull does not say. Without an answer the error stays as
// it is.
func (p *pull) lookAround(ctx context.Context, err error) {
	var e *api.PullError
	if !errors.As(err, &e) || e.Cause != api.PullNoTag || p.ref.Tag == "" || p.resolved {
		return
	}
	tags, status := p.tags(ctx)
	switch status {
	case http.StatusOK:
		e.Tags = tags
	case http.StatusNotFound:
		e.NoRepo, e.Detail = true, ""
	}
}

// tags asks the registry for the tags of the repository: an answer of many, of which the
// first are enough.
func (p *pull) tags(ctx context.Context) (names []string, status int) {
	hosts, err := p.remote.hosts(p.ref.Host)
	if err != nil || len(hosts) == 0 {
		return nil, 0
	}
	host := hosts[len(hosts)-1] // the registry itself stands after its mirrors
	ctx = docker.WithScope(ctx, "repository:"+p.ref.Repo+":pull")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, host.Scheme+"://"+host.Host+host.Path+"/"+p.ref.Repo+"/tags/list?n=100", nil)
	if err != nil {
		return nil, 0
	}
	if host.Authorizer != nil {
		if err := host.Authorizer.Authorize(ctx, req); err != nil {
			return nil, 0
		}
	}
	resp, err := host.Client.Do(req)
	if err != nil {
		return nil, 0
	}
	defer resp.Body.Close()
	var list struct {
		Tags []string `json:"tags"`
	}
	if resp.StatusCode == http.StatusOK && json.NewDecoder(resp.Body).Decode(&list) != nil {
		return nil, 0
	}
	slices.Sort(list.Tags)
	return list.Tags[:min(len(list.Tags), manyTags)], resp.StatusCode
}
