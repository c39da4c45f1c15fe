package volume

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/mount"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/engine/record"
)

// Mount is one thing to be mounted into a container.
type Mount struct {
	record.Mount
	Labels    map[string]string // of a volume that is made for it
	Anonymous bool              // a volume that got its name from nobody
	NoCopy    bool              // an empty volume is not filled from the image
	Subpath   string            // of the volume; "" is all of it
	Make      bool              // a source that is missing is made, as an empty directory
	Flat      bool              // mounts below the source are left out
	// Deep says how far being read-only goes to mounts below the source.
	Deep  Depth
	tmpfs []string // further options of a tmpfs
	field string   // the option that asked for it
	index int
	text  string
}

// Flaw is something wrong with the mount, by the option that asked for it.
func (m Mount) Flaw(reason, fix string) api.FieldError {
	return api.FieldError{Field: m.field, Index: m.index, Value: m.text, Reason: reason, Fix: fix}
}

// Depth is how far a read-only mount is so.
type Depth int

// The depths. Docker's default is as far as the kernel can.
const (
	DeepIfPossible Depth = iota
	DeepNot
	DeepOrFail
)

// Plan is what a request wants mounted, in Docker's order: from other containers, --volume, --mount,
// --tmpfs, then anonymous volumes, the image's included, where nothing else is. from is what another
// container has mounted. It changes nothing. What is wrong comes as api.FieldErrors, all of it at
// once.
func Plan(req api.CreateRequest, image map[string]struct{}, from func(container string) ([]record.Mount, error)) ([]Mount, error) {
	p := planning{taken: map[string]bool{}}
	p.binds(req.HostConfig.Binds)
	p.long(req.HostConfig.Mounts)
	p.memory(req.HostConfig.Tmpfs)
	if err := p.others(req.HostConfig.VolumesFrom, from); err != nil {
		return nil, err
	}
	p.anonymous(req.Config.Volumes)
	p.anonymous(image)
	p.checkSources()
	p.checkPropagation()
	if len(p.errs) > 0 {
		return nil, p.errs
	}
	return p.all, nil
}

type planning struct {
	all   []Mount
	taken map[string]bool
	errs  api.FieldErrors
}

func (p *planning) refuse(field string, i int, value, reason, fix string) {
	p.errs = append(p.errs, api.FieldError{Field: field, Index: i, Value: value, Reason: reason, Fix: fix})
}

func (p *planning) add(m Mount) {
	if p.taken[m.Destination] {
		p.refuse(m.field, m.index, m.text, m.Destination+" has something mounted already", "choose another target")
		return
	}
	p.taken[m.Destination] = true
	p.all = append(p.all, m)
}

func (p *planning) binds(binds []string) {
	for i, text := range binds {
		b, reason, fix := option.ReadBind(text)
		if reason != "" {
			p.refuse("volume", i, text, reason, fix)
			continue
		}
		m := Mount{
			Mount:  record.Mount{Type: "bind", Source: b.Source, Destination: b.Target, Mode: b.Mode, RW: !b.ReadOnly, Propagation: b.Propagation},
			NoCopy: b.NoCopy, Make: true, Flat: b.NonRecursive, field: "volume", index: i, text: text,
		}
		if b.Forced {
			m.Deep = DeepOrFail
		}
		if b.Named() {
			m.Type, m.Name, m.Source, m.Driver, m.Make = "volume", b.Source, "", "local", false
		}
		p.add(m)
	}
}

func (p *planning) long(mounts []mount.Mount) {
	for i, o := range mounts {
		m := Mount{
			Mount: record.Mount{Type: string(o.Type), Source: o.Source, Destination: path.Clean(o.Target), RW: !o.ReadOnly},
			field: "mount", index: i, text: o.Source,
		}
		if o.ReadOnly {
			m.Mode = "ro"
		}
		switch o.Type {
		case mount.TypeBind:
			if b := o.BindOptions; b != nil {
				m.Propagation, m.Make, m.Flat = string(b.Propagation), b.CreateMountpoint, b.NonRecursive
				switch {
				case b.ReadOnlyNonRecursive:
					m.Deep = DeepNot
				case b.ReadOnlyForceRecursive:
					m.Deep = DeepOrFail
				}
			}
		case mount.TypeVolume:
			m.Name, m.Source, m.Driver, m.Anonymous = o.Source, "", "local", o.Source == ""
			if v := o.VolumeOptions; v != nil {
				m.NoCopy, m.Subpath, m.Labels = v.NoCopy, v.Subpath, v.Labels
			}
		case mount.TypeTmpfs:
			m.Source = "tmpfs"
			if t := o.TmpfsOptions; t != nil && t.SizeBytes > 0 {
				m.tmpfs = append(m.tmpfs, "size="+strconv.FormatInt(t.SizeBytes, 10))
			}
			if t := o.TmpfsOptions; t != nil && t.Mode != 0 {
				m.tmpfs = append(m.tmpfs, "mode="+strconv.FormatUint(uint64(t.Mode), 8))
			}
		default:
			p.refuse("mount", i, string(o.Type), "mounts of the type "+string(o.Type)+" are not supported", "the types are volume, bind and tmpfs")
			continue
		}
		p.add(m)
	}
}

func (p *planning) memory(tmpfs map[string]string) {
	for i, target := range slices.Sorted(maps.Keys(tmpfs)) {
		m := Mount{
			Mount: record.Mount{Type: "tmpfs", Source: "tmpfs", Destination: target, Mode: tmpfs[target], RW: true},
			field: "tmpfs", index: i, text: target,
		}
		if o := tmpfs[target]; o != "" {
			m.tmpfs = strings.Split(o, ",")
			m.RW = !slices.Contains(m.tmpfs, "ro")
		}
		p.add(m)
	}
}

// others adds what other containers have mounted; the container's own at the same place is kept.
func (p *planning) others(list []string, from func(string) ([]record.Mount, error)) error {
	for i, text := range list {
		name, mode, _ := strings.Cut(text, ":")
		mounts, err := from(name)
		if _, none := errors.AsType[*api.NotFoundError](err); none {
			p.refuse("volumes-from", i, text, "there is no container "+name, "")
			continue
		}
		if err != nil {
			return err
		}
		for _, m := range mounts {
			if m.Type == "tmpfs" || p.taken[m.Destination] {
				continue
			}
			if mode == "ro" {
				m.RW = false
			}
			p.taken[m.Destination] = true
			p.all = append(p.all, Mount{Mount: m, NoCopy: true, field: "volumes-from", index: i, text: text})
		}
	}
	return nil
}

func (p *planning) anonymous(targets map[string]struct{}) {
	for _, target := range slices.Sorted(maps.Keys(targets)) {
		at := path.Clean(target)
		if !path.IsAbs(at) || at == "/" || p.taken[at] {
			continue // of an image; the request's were checked
		}
		p.taken[at] = true
		p.all = append(p.all, Mount{
			Mount: record.Mount{Type: "volume", Destination: at, Driver: "local", RW: true}, Anonymous: true, field: "volume", text: target,
		})
	}
}

// checkSources looks at what is to be there on this host.
func (p *planning) checkSources() {
	for _, m := range p.all {
		if m.Type != "bind" {
			continue
		}
		_, err := os.Stat(m.Source)
		switch {
		case err == nil:
		case !errors.Is(err, fs.ErrNotExist):
			p.refuse(m.field, m.index, m.text, "the source "+m.Source+" cannot be used: "+why(err), "")
		case !m.Make:
			p.refuse(m.field, m.index, m.text, "the source "+m.Source+" does not exist on this host", "make it first, or add bind-create-src")
		}
	}
}

// why is an error of the file system without the path, which is told already.
func why(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}

// Missing are the directories of this host that the mounts would make.
func Missing(mounts []Mount) (dirs []string) {
	for _, m := range mounts {
		if _, err := os.Stat(m.Source); m.Type == "bind" && m.Make && errors.Is(err, fs.ErrNotExist) {
			dirs = append(dirs, m.Source)
		}
	}
	return dirs
}

// Unborn are the directories of this host and the volumes that the mounts would make, at their
// fields. known tells whether a volume is there.
func Unborn(mounts []Mount, known func(volume string) bool) (notes api.FieldErrors) {
	for _, m := range mounts {
		note := api.FieldError{Field: m.field, Index: m.index, Value: m.text}
		switch {
		case m.Type == "volume" && m.Name != "" && !known(m.Name):
			note.Reason = "there is no volume " + m.Name + " yet: it will be made"
		case len(Missing([]Mount{m})) > 0:
			note.Reason = m.Source + " is not there on this host: an empty directory will be made"
		default:
			continue
		}
		notes = append(notes, note)
	}
	return notes
}
