package image

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/containerd/containerd/v2/core/remotes/docker"

	"gantry/engine/api"
)

const (
	manyTags  = 10   // told of when the one that was asked for does not exist
	fewTags   = 100  // asked for then
	askedTags = 1000 // asked for when all are wanted; registries give fewer if they like
)

// lookAround finds out whether it is the tag or the whole repository that does not
// exist, which the answer to a pull does not say. Without an answer the error stays as
// it is.
func (p *pull) lookAround(ctx context.Context, err error) {
	var e *api.PullError
	if !errors.As(err, &e) || e.Cause != api.PullNoTag || p.ref.Tag == "" || p.resolved {
		return
	}
	tags, status := p.tagList(ctx, fewTags)
	switch status {
	case http.StatusOK:
		slices.Sort(tags)
		e.Tags = tags[:min(len(tags), manyTags)]
	case http.StatusNotFound:
		e.NoRepo, e.Detail = true, ""
	}
}

// tagList asks the registry for so many tags of the repository, in one question.
func (p *pull) tagList(ctx context.Context, most int) (names []string, status int) {
	hosts, err := p.remote.hosts(p.ref.Host)
	if err != nil || len(hosts) == 0 {
		return nil, 0
	}
	host := hosts[len(hosts)-1] // the registry itself stands after its mirrors
	ctx = docker.WithScope(ctx, "repository:"+p.ref.Repo+":pull")
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, host.Scheme+"://"+host.Host+host.Path+"/"+p.ref.Repo+"/tags/list?n="+strconv.Itoa(most), nil)
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
	if resp.StatusCode == http.StatusOK && json.NewDecoder(io.LimitReader(resp.Body, maxDocument)).Decode(&list) != nil {
		return nil, 0
	}
	return list.Tags, resp.StatusCode
}
