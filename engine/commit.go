package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/core/containers"
	"github.com/containerd/containerd/v2/core/images"
	"github.com/containerd/containerd/v2/pkg/rootfs"
	"github.com/containerd/errdefs"
	"github.com/moby/moby/api/types/container"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
	"gantry/engine/image"
	"gantry/engine/image/commit"
	"gantry/engine/path"
)

// What a lease says of the operation that it is for: which, and which container it has paused.
const (
	labelPurpose = "gantry/purpose"
	labelPaused  = "gantry/paused"
)

// commitSteps are the steps of a commit, in order.
var commitSteps = [...]string{"options", "state", "base", "pause", "diff", "resume", "config", "unpack", "image"}

// Commit makes an image of a container: what it changed as one more layer on the image that it
// was made of, and what it was created with as the configuration. A running one is paused while
// its files are read. What is mounted in it is not its own, and stays out. An image that has
// the name already loses it, as with docker commit.
func (e *Engine) Commit(ctx context.Context, id, ref string, opt api.CommitOptions, o api.Observer) (api.Committed, error) {
	run := e.newRun("commit", commitSteps[:], o)
	c := &committing{joined: joined{e: e}, run: run, opt: opt}
	made, err := c.commit(ctx, id, ref)
	if err != nil {
		if c.l != nil {
			err = c.l.lostUnder(ctx, err)
		}
		if uerr := run.Rollback(e.in(ctx)); uerr != nil {
			e.log.Error("undo of a commit", "id", id, "err", uerr)
		}
	}
	t := run.End(err)
	e.account(t, ref, err)
	e.remember(t)
	return made, err
}

// committing is one commit on its way.
type committing struct {
	joined
	run *path.Run
	opt api.CommitOptions

	name   string // of the new image
	c      api.Container
	rec    containers.Container
	own    *container.Config // what it was created with
	base   commit.Base
	config commit.Config
	paused bool
	layer  ocispec.Descriptor
	target ocispec.Descriptor
	image  client.Image
}

func (c *committing) commit(ctx context.Context, id, ref string) (out api.Committed, err error) {
	if c.l, err = c.e.need(ctx); err != nil {
		return out, err
	}
	ctx = c.e.in(ctx)
	unlock := func() {}
	defer func() { unlock() }()
	err = c.run.Do(ctx, "options", func(context.Context, *path.Scope) error { return c.options(ref) })
	if err == nil {
		err = c.run.Do(ctx, "state", func(ctx context.Context, sc *path.Scope) error {
			if unlock, err = c.l.records.Lock(ctx, id); err != nil {
				unlock = func() {}
				return err
			}
			return c.state(ctx, sc, id)
		})
	}
	if err == nil {
		err = c.run.Do(ctx, "base", c.findBase)
	}
	if err != nil {
		return out, err
	}
	if c.c.State.Alive() {
		unlock() // reading may take long, and must not keep it from being stopped
		unlock = func() {}
	}
	labels := map[string]string{labelPurpose: "commit"}
	if c.pauses() {
		labels[labelPaused] = id
	}
	ctx, release, err := c.lease(ctx, c.run, labels)
	if err != nil {
		return out, err
	}
	for _, s := range []struct {
		name string
		do   func(context.Context, *path.Scope) error
	}{
		{"pause", c.pause},
		{"diff", c.diff},
		{"resume", c.goOn},
		{"config", c.write},
		{"unpack", c.unpack},
		{"image", c.tag},
	} {
		if err := c.run.Do(ctx, s.name, s.do); err != nil {
			return out, err
		}
	}
	if out.Image, err = c.l.images.Summary(ctx, c.image); err != nil {
		return out, fmt.Errorf("read the new image: %w", err)
	}
	release(ctx)
	c.run.Commit()
	if n := c.base.Missing; n > 0 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("%d of the layers below it are here only unpacked: containers can be made of the image, but it cannot be pushed or saved; pull %s to mend that", n, familiar(c.c.Image)))
	}
	return out, nil
}

// options looks at the name of the image, and at the instructions: they must do on any
// configuration.
func (c *committing) options(ref string) error {
	var errs api.FieldErrors
	r, err := image.Parse(ref)
	var bad *api.PullError
	switch {
	case ref == "":
		errs = append(errs, api.FieldError{Field: "image", Reason: "a name for the image is needed", Fix: "containerd keeps no image without one"})
	case errors.As(err, &bad):
		errs = append(errs, api.FieldError{Field: "image", Value: ref, Reason: "not an image name: " + bad.Detail})
	case err != nil:
		return err
	case r.Digest != "":
		errs = append(errs, api.FieldError{Field: "image", Value: ref, Reason: "a digest comes of what is in the image", Fix: "write a name and a tag"})
	}
	c.name = r.Full
	var more api.FieldErrors
	if errors.As(commit.Instruct(new(commit.Config), c.opt.Changes), &more) {
		errs = append(errs, more...)
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func (c *committing) state(ctx context.Context, sc *path.Scope, id string) error {
	var ok bool
	var err error
	c.c, ok, err = c.e.load(ctx, c.l, id)
	switch {
	case err != nil:
		return err
	case !ok:
		return &api.NotFoundError{Kind: "container", Name: id}
	}
	c.run.Subject(c.c.ID, c.c.Name)
	if err := ownersOnly(api.ActCommit, c.c); err != nil {
		return err
	}
	if c.rec, err = c.l.snapshotOf(ctx, c.c, "committing "+c.c.DisplayName()); err != nil {
		return err
	}
	known, err := c.e.Remembered(ctx, id)
	if err != nil {
		return err
	}
	c.own = known.Request.Config
	sc.Detail("%s, %s", c.c.DisplayName(), c.c.State)
	return nil
}

// snapshotOf is the record of a container that has files of its own; what is what cannot be
// done without.
func (l *link) snapshotOf(ctx context.Context, c api.Container, what string) (containers.Container, error) {
	rec, err := l.recordOf(ctx, c.ID)
	if err != nil {
		return rec, err
	}
	if rec.SnapshotKey == "" {
		return rec, &api.UnsupportedError{What: what, Reason: "containerd keeps no files of its own for it"}
	}
	return rec, nil
}

// findBase finds the image below, and lays the container's own configuration over that one's.
func (c *committing) findBase(ctx context.Context, sc *path.Scope) error {
	info, err := c.l.client.SnapshotService(c.rec.Snapshotter).Stat(ctx, c.rec.SnapshotKey)
	if err != nil {
		return fmt.Errorf("find the container's files: %w", err)
	}
	match, err := image.Matcher(c.c.Platform)
	if err != nil {
		return err
	}
	c.base, err = commit.FindBase(ctx, c.l.client, c.c.Image, info.Parent, match)
	if isNotFound(err, "image") {
		return &api.UnsupportedError{What: "committing " + c.c.DisplayName(), Reason: "the image that it was made of, " + familiar(c.c.Image) + ", is not here any more"}
	}
	if err != nil {
		return err
	}
	sc.Detail("%s", familiar(c.c.Image))
	if n := c.base.Missing; n > 0 {
		sc.Detail("%s, %d of its layers only unpacked", familiar(c.c.Image), n)
	}
	c.config = commit.Over(c.base.Image.Config, c.own)
	return commit.Instruct(&c.config, c.opt.Changes)
}

// pauses reports whether the container is to be paused: one that runs, unless that is not
// wanted. One that somebody else has paused stays so.
func (c *committing) pauses() bool { return c.c.State == api.StateRunning && !c.opt.NoPause }

func (c *committing) pause(ctx context.Context, sc *path.Scope) error {
	if !c.pauses() {
		sc.Skip("%s", c.c.State)
		return nil
	}
	box, err := c.l.client.LoadContainer(ctx, c.c.ID)
	if err != nil {
		return fmt.Errorf("load container: %w", err)
	}
	t, err := box.Task(ctx, nil)
	if err != nil {
		return fmt.Errorf("load task: %w", err)
	}
	c.paused = true
	sc.Undo("have it go on", c.undo(func(ctx context.Context, l *link) error {
		if !c.paused {
			return nil
		}
		return resume(ctx, l, c.c.ID)
	}))
	if err := t.Pause(ctx); err != nil {
		return fmt.Errorf("pause it: %w", err)
	}
	return nil
}

// diff has containerd make a layer of what the container changed.
func (c *committing) diff(ctx context.Context, sc *path.Scope) (err error) {
	c.layer, err = rootfs.CreateDiff(ctx, c.rec.SnapshotKey, c.l.client.SnapshotService(c.rec.Snapshotter), c.l.client.DiffService())
	if err != nil {
		return fmt.Errorf("compare its files with the image's: %w", err)
	}
	sc.Detail("%d bytes", c.layer.Size)
	return nil
}

func (c *committing) goOn(ctx context.Context, sc *path.Scope) error {
	if !c.paused {
		sc.Skip("was not paused")
		return nil
	}
	if err := resume(ctx, c.l, c.c.ID); err != nil {
		return err
	}
	c.paused = false
	return nil
}

// resume has a container go on if it is paused.
func resume(ctx context.Context, l *link, id string) error {
	box, err := l.client.LoadContainer(ctx, id)
	if err != nil {
		return ignoreNotFound(err)
	}
	t, err := box.Task(ctx, nil)
	if err != nil {
		return ignoreNotFound(err)
	}
	switch st, err := t.Status(ctx); {
	case err != nil:
		return ignoreNotFound(err)
	case st.Status != client.Paused && st.Status != client.Pausing:
		return nil
	}
	if err := t.Resume(ctx); err != nil {
		return fmt.Errorf("have the container go on: %w", err)
	}
	return nil
}

func (c *committing) write(ctx context.Context, sc *path.Scope) (err error) {
	by := strings.Join(c.c.Command, " ")
	c.target, err = commit.Write(ctx, c.l.client.ContentStore(), c.l.caps.Snapshotter, c.base, c.config, commit.Layer{
		Blob: c.layer, By: by, Author: c.opt.Author, Comment: c.opt.Comment, At: c.e.cfg.Now().UTC(),
	})
	return err
}

// unpack makes a snapshot of the new layer, so that a container of the image begins at once.
func (c *committing) unpack(ctx context.Context, _ *path.Scope) error {
	match, err := image.Matcher(c.c.Platform)
	if err != nil {
		return err
	}
	c.image = client.NewImageWithPlatform(c.l.client, images.Image{Name: c.name, Target: c.target}, match)
	return c.l.images.EnsureUnpacked(ctx, c.image)
}

// tag gives the image its name. From here it is there.
func (c *committing) tag(ctx context.Context, sc *path.Scope) error {
	is := c.l.client.ImageService()
	img := images.Image{Name: c.name, Target: c.target}
	_, err := is.Create(ctx, img)
	if errdefs.IsAlreadyExists(err) {
		_, err = is.Update(ctx, img, "target")
	}
	if err != nil {
		return fmt.Errorf("name the image: %w", err)
	}
	sc.Detail("%s", familiar(c.name))
	return nil
}
