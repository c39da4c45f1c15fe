package volume

import (
	"path/filepath"
	"strings"

	"github.com/moby/sys/mountinfo"
)

// checkPropagation finds the folders of the host whose mounts are to be shared with the container
// and cannot be: they lie on a mount that is the host's alone, and nothing would be passed on.
func (p *planning) checkPropagation() {
	for _, m := range p.all {
		kind := strings.TrimPrefix(m.Propagation, "r")
		if m.Type != "bind" || kind != "shared" && kind != "slave" {
			continue
		}
		on, tags, err := mountOf(m.Source)
		if err != nil {
			continue // the runtime will say it
		}
		is := func(tag string) bool { return strings.Contains(" "+tags, " "+tag+":") }
		needs := "a shared mount"
		if kind == "slave" {
			needs = "a shared or slave mount"
		}
		if !is("shared") && (kind == "shared" || !is("master")) {
			p.refuse(m.field, m.index, m.text, m.Source+" is mounted on "+on+" but it is not "+needs, "mount --make-rshared "+on)
		}
	}
}

// mountOf is the mount that a path of the host lies on, and what it is shared with. Of a path that
// is yet to be made the folder counts that is there.
func mountOf(path string) (on, tags string, err error) {
	real, err := filepath.EvalSymlinks(path)
	for ; err != nil && path != "/"; real, err = filepath.EvalSymlinks(path) {
		path = filepath.Dir(path)
	}
	if err != nil {
		return "", "", err
	}
	mounts, err := mountinfo.GetMounts(mountinfo.ParentsFilter(real))
	for _, m := range mounts {
		if len(m.Mountpoint) >= len(on) { // of several at one place the last is on top
			on, tags = m.Mountpoint, m.Optional
		}
	}
	return on, tags, err
}
