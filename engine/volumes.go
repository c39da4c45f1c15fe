package engine

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/core/mount"
	securejoin "github.com/cyphar/filepath-securejoin"
	mobymount "github.com/moby/moby/api/types/mount"
	specs "github.com/opencontainers/runtime-spec/specs-go"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/path"
	"gantry/engine/record"
	"gantry/engine/volume"
)

// planMounts finds what is to be mounted. It changes nothing.
func (c *creation) planMounts(ctx context.Context, image map[string]struct{}) (err error) {
	c.vols, err = volume.Plan(c.req, image, func(name string) ([]record.Mount, error) {
		other, err := c.e.findOn(ctx, c.l, name)
		if err != nil {
			return nil, err
		}
		info, err := c.e.labels(ctx, c.l, other.ID)
		return info.Mounts, err
	})
	for i := range c.vols {
		if m := &c.vols[i]; m.Anonymous && m.Name == "" {
			m.Name = c.carried[m.Destination]
		}
	}
	return err
}

// volumes makes the volumes that the container is to have, and fills empty ones from the
// image; a directory of the host that --volume names and is not there is made too.
func (c *creation) volumes(ctx context.Context, s *path.Scope) error {
	if err := c.planMounts(ctx, c.config.Config.Volumes); err != nil {
		return err
	}
	if len(c.vols) == 0 {
		s.Skip("none")
		return nil
	}
	for _, dir := range volume.Missing(c.vols) {
		if err := c.makeDir(s, dir); err != nil {
			return err
		}
	}
	var fill []volume.Mount
	for i := range c.vols {
		m := &c.vols[i]
		if m.Type != "volume" {
			continue
		}
		if err := c.makeVolume(ctx, s, m); err != nil {
			return err
		}
		if !m.NoCopy && m.Subpath == "" {
			fill = append(fill, *m)
		}
	}
	filled, err := c.fill(ctx, fill)
	if err != nil {
		return err
	}
	for i := range c.vols {
		if m := &c.vols[i]; m.Type == "volume" {
			if err := c.l.volumes.Locate(m); err != nil {
				return err
			}
		}
	}
	s.Detail("%s", mountText(c.vols, filled))
	return nil
}

// makeDir makes a directory of the host, as dockerd does for --volume.
func (c *creation) makeDir(s *path.Scope, dir string) error {
	top := dir // the first that is not there
	for {
		up := filepath.Dir(top)
		if _, err := os.Lstat(up); err == nil || up == top {
			break
		}
		top = up
	}
	s.Undo("remove "+dir, func(context.Context) error {
		// Only what is empty still: somebody may have put something there meanwhile.
		for at := dir; ; at = filepath.Dir(at) {
			if err := os.Remove(at); err != nil || at == top {
				return nil
			}
		}
	})
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the directory to be mounted: %w", err)
	}
	c.warn = append(c.warn, dir+" was not there on this host: it was made, and is empty")
	return nil
}

// makeVolume makes one volume, if it is not there, and holds it until the container exists.
func (c *creation) makeVolume(ctx context.Context, s *path.Scope, m *volume.Mount) (err error) {
	if m.Anonymous && m.Name == "" {
		if m.Name, err = record.NewID(c.e.random); err != nil {
			return err
		}
	}
	if !c.l.volumes.Whole(m.Name) {
		// Written down before it is made, so that what a crash leaves is known.
		state := c.l.records.State(c.id)
		if err := state.SetMadeVolumes(append(c.made, m.Name)); err != nil {
			return err
		}
		made, err := c.l.volumes.Make(m.Name, m.Labels, m.Anonymous)
		if err != nil {
			return err
		}
		if made {
			c.made = append(c.made, m.Name)
			name := m.Name
			s.Undo("remove the volume "+api.ShortID(name), c.undo(func(ctx context.Context, l *link) error {
				return removeUnused(ctx, l, name, c.id)
			}))
		}
	}
	release, err := c.l.volumes.Hold(ctx, m.Name)
	if err != nil {
		return err
	}
	// Given back before the volume is removed: undos run from the last to the first.
	give := func() { release(); release = func() {} }
	s.Undo("let go of the volume", func(context.Context) error { give(); return nil })
	c.holds = append(c.holds, give)
	return nil
}

// fill looks whether what is mounted fits to the image's files, and fills volumes from those.
func (c *creation) fill(ctx context.Context, vols []volume.Mount) (filled int, err error) {
	var ferr error
	err = mount.WithReadonlyTempMount(ctx, c.mounts, func(root string) error {
		if ferr = c.fits(root); ferr == nil {
			filled, ferr = c.fillFrom(ctx, root, vols)
		}
		return nil // so that the error is told without that of the mount around it
	})
	return filled, errors.Join(err, ferr)
}

// fits says which mounts are a file where the image has a directory, or the other way round: the
// runtime could not make them. Those within other mounts are not looked at.
func (c *creation) fits(root string) error {
	var errs api.FieldErrors
	for _, m := range c.vols {
		within := slices.ContainsFunc(c.vols, func(o volume.Mount) bool {
			return strings.HasPrefix(m.Destination, strings.TrimSuffix(o.Destination, "/")+"/") && o.Destination != m.Destination
		})
		if within || m.Subpath != "" {
			continue
		}
		at, err := securejoin.SecureJoin(root, m.Destination)
		if err != nil {
			return fmt.Errorf("look for %s in the image: %w", m.Destination, err)
		}
		image, err := os.Stat(at)
		if err != nil {
			continue // it is made for the mount
		}
		what, file := "a "+m.Type, false
		if m.Type == "bind" {
			st, err := os.Stat(m.Source)
			if err != nil {
				continue
			}
			what, file = m.Source, !st.IsDir()
		}
		switch {
		case file && image.IsDir():
			errs = append(errs, m.Flaw("is a directory in the image, and "+what+" is a file", "choose another target"))
		case !file && !image.IsDir():
			errs = append(errs, m.Flaw("is a file in the image, and "+what+" is a directory", "choose another target"))
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

// fillFrom fills volumes from the image's file system at root.
func (c *creation) fillFrom(ctx context.Context, root string, vols []volume.Mount) (filled int, err error) {
	for _, m := range vols {
		from, err := securejoin.SecureJoin(root, m.Destination)
		if err == nil {
			_, err = os.Stat(from)
		}
		switch {
		case errors.Is(err, fs.ErrNotExist):
			continue
		case err != nil:
			return filled, fmt.Errorf("look for %s in the image: %w", m.Destination, err)
		}
		did, err := c.l.volumes.Fill(ctx, m.Name, from)
		if err != nil {
			return filled, err
		}
		if did {
			filled++
		}
	}
	return filled, nil
}

// mountText is what is mounted, in a few words.
func mountText(mounts []volume.Mount, filled int) string {
	count := map[string]int{}
	for _, m := range mounts {
		count[m.Type]++
	}
	var words []string
	for _, t := range []string{"volume", "bind", "tmpfs"} {
		if n := count[t]; n > 0 {
			words = append(words, fmt.Sprintf("%d %s", n, t))
		}
	}
	s := strings.Join(words, ", ")
	if filled > 0 {
		s += fmt.Sprintf(", %d filled from the image", filled)
	}
	return s
}

// specMounts are the mounts for the runtime, labelMounts those for the record.
func (c *creation) specMounts() (out []specs.Mount) {
	for _, m := range c.vols {
		out = append(out, m.Spec(c.l.end.Kind == api.EngineEmbedded && c.l.facts.Host.RecursiveReadOnly))
	}
	return out
}

func (c *creation) labelMounts() (mounts []record.Mount, anonymous []string) {
	for _, m := range c.vols {
		mounts = append(mounts, m.Mount)
		if m.Anonymous {
			anonymous = append(anonymous, m.Name)
		}
	}
	return mounts, anonymous
}

// settled ends what protected the volumes until the container existed.
func (c *creation) settled() {
	if err := c.l.records.State(c.id).SetMadeVolumes(nil); err != nil {
		c.e.log.Warn("forget the volumes that were made", "id", c.id, "err", err)
	}
	for _, give := range c.holds {
		give()
	}
}

// remount looks, before a start, at what is to be mounted; a directory that --volume named is
// made again where it is missing.
func (s *starting) remount() error {
	if len(s.info.Mounts) == 0 {
		return nil
	}
	req, err := s.l.records.State(s.c.ID).Request()
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	may := func(m record.Mount) bool {
		if req.HostConfig == nil {
			return false
		}
		for _, text := range req.HostConfig.Binds {
			if b, reason, _ := option.ReadBind(text); reason == "" && b.Source == m.Source {
				return true
			}
		}
		return slices.ContainsFunc(req.HostConfig.Mounts, func(o mobymount.Mount) bool {
			return o.Source == m.Source && o.BindOptions != nil && o.BindOptions.CreateMountpoint
		})
	}
	return volume.Recheck(s.info.Mounts, may)
}
