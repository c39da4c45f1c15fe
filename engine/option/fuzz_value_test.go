package option

import (
	"path"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/moby/api/types/mount"
)

// edited holds the parts of a value to the value: a form that takes it apart and puts it
// together again changes nothing of what it means.
func edited(t *testing.T, k Key, v string) {
	t.Helper()
	parts, ok := TakeApart(k, v)
	if !ok {
		return
	}
	before, after := draft("image", "a", string(k), v), draft("image", "a", string(k), PutTogether(k, parts))
	a, aok := accepted(t, before)
	b, bok := accepted(t, after)
	if aok != bok || aok && FromRequest(a.Request).Line("run") != FromRequest(b.Request).Line("run") {
		t.Errorf("%s\nin parts is %q\nand together %s", before.Line("run"), parts, after.Line("run"))
	}
}

// FuzzPorts publishes and exposes whatever is written: as many ports as the ranges have, each
// of them one that there is, and none without a protocol.
func FuzzPorts(f *testing.F) {
	f.Add("127.0.0.1:8080:80/udp", "8000-8010:80")
	f.Add("[::1]:8080-8081:80-81", "80/tcp")
	f.Fuzz(func(t *testing.T, v, exposed string) {
		d := draft("image", "a", "publish", v)
		if exposed != "" {
			d.Set(KeyExpose, exposed)
		}
		roundTrip(t, d)
		edited(t, KeyPublish, v)
		p, ok := accepted(t, d)
		if !ok || v == "" {
			return
		}
		read, reason, _ := readPublish(v)
		if reason != "" {
			t.Fatalf("%q is accepted, and refused by itself: %s", v, reason)
		}
		n := 0
		for port, binds := range p.Request.HostConfig.PortBindings {
			n += len(binds)
			if _, there := p.Request.Config.ExposedPorts[port]; !there || port.Num() == 0 || string(port.Proto()) != read.protocol {
				t.Errorf("%q: %v is published", v, port)
			}
			for _, b := range binds {
				first, last, ok := portRange(b.HostPort)
				if b.HostPort != "" && (!ok || first == 0 || last < first) || b.HostIP != read.address {
					t.Errorf("%q: %v is published at %v", v, port, b)
				}
			}
		}
		if n != int(read.contain) {
			t.Errorf("%q: %d bindings of %d ports", v, n, read.contain)
		}
	})
}

// FuzzMounts mounts whatever is written: nothing but volumes' names and whole paths as
// sources, and nothing over the container's root.
func FuzzMounts(f *testing.F) {
	f.Add(byte(0), "data:/var/lib/data:ro,nocopy")
	f.Add(byte(1), `type=bind,"source=/a,b",target=/srv/../srv,bind-propagation=rslave,ro`)
	f.Add(byte(2), "/run:size=64m,mode=1777")
	f.Add(byte(3), "web:ro")
	f.Fuzz(func(t *testing.T, which byte, v string) {
		k := []Key{KeyVolume, KeyMount, KeyTmpfs, KeyVolumesFrom}[which%4]
		d := draft("image", "a", string(k), v)
		roundTrip(t, d)
		edited(t, k, v)
		p, ok := accepted(t, d)
		if !ok {
			return
		}
		h := p.Request.HostConfig
		target := func(at string) {
			if !path.IsAbs(at) || at == "/" || path.Clean(at) != at {
				t.Errorf("%q is mounted at %q", v, at)
			}
		}
		for _, b := range h.Binds {
			r, reason, _ := ReadBind(b)
			if target(r.Target); reason != "" || r.Named() && !volumeName().MatchString(r.Source) {
				t.Errorf("%q is bound as %q: %s", v, b, reason)
			}
		}
		for _, m := range h.Mounts {
			target(m.Target)
			if m.Type == mount.TypeBind && !path.IsAbs(m.Source) || m.Type == mount.TypeVolume && m.Source != "" && !volumeName().MatchString(m.Source) || m.Type == mount.TypeTmpfs && m.Source != "" {
				t.Errorf("%q is mounted as %+v", v, m)
			}
		}
		for at := range h.Tmpfs {
			target(at)
		}
		for at := range p.Request.Config.Volumes {
			target(at)
		}
	})
}

// FuzzLabels gives labels by flag and by file: those that are kept fit containerd and steer
// nobody's records, and the flag has the last word.
func FuzzLabels(f *testing.F) {
	f.Add("tier=front", "tier=back\n# a comment\nbare\n")
	f.Add("nerdctl/name=x", "a=b=c\r\n")
	f.Fuzz(func(t *testing.T, v, file string) {
		d := draft("image", "a", "label", v)
		roundTrip(t, d)
		edited(t, KeyLabel, v)
		accepted(t, d)
		world := facts()
		world.Host.File = func(string) ([]byte, error) { return []byte(file), nil }
		d.Set(KeyLabelFile, "labels")
		p := d.Parse(world)
		if p.Err() != nil {
			return
		}
		labels := p.Request.Config.Labels
		for k, val := range labels {
			if k == "" || len(k)+len(val) > maxLabel || reservedPrefix(k) != "" {
				t.Errorf("%q and %q: the label %q is kept", v, file, k)
			}
		}
		if k, val, _ := strings.Cut(v, "="); v != "" && labels[k] != val {
			t.Errorf("%q and %q: %q", v, file, labels)
		}
	})
}

// FuzzDevices gives devices, rules about them and limits on them.
func FuzzDevices(f *testing.F) {
	f.Add(byte(0), "/dev/fuse:/dev/x:rm")
	f.Add(byte(1), "c 10:* rwm")
	f.Add(byte(2), "/dev/sda:10mb")
	f.Add(byte(3), "/dev/sda:500")
	f.Fuzz(func(t *testing.T, which byte, v string) {
		k := []Key{KeyDevice, KeyDeviceCgroupRule, KeyDeviceReadBps, KeyBlkioWeightDevice}[which%4]
		d := draft("image", "a", string(k), v)
		roundTrip(t, d)
		edited(t, k, v)
		p, ok := accepted(t, d)
		if !ok {
			return
		}
		h := p.Request.HostConfig
		for _, dev := range h.Devices {
			if !path.IsAbs(dev.PathOnHost) || !path.IsAbs(dev.PathInContainer) || path.Clean(dev.PathInContainer) != dev.PathInContainer || !deviceMode(dev.CgroupPermissions) {
				t.Errorf("%q is the device %+v", v, dev)
			}
		}
		for _, rule := range h.DeviceCgroupRules {
			words := strings.Fields(rule)
			if len(words) != 3 || strings.Trim(words[2], "rwm") != "" {
				t.Errorf("%q is the rule %q", v, rule)
			}
			for n := range strings.SplitSeq(words[1], ":") {
				if _, err := strconv.ParseUint(n, 10, 32); err != nil && n != "*" {
					t.Errorf("%q is the rule %q", v, rule)
				}
			}
		}
		for _, w := range h.BlkioWeightDevice {
			if !strings.HasPrefix(w.Path, "/dev/") || w.Weight != 0 && (w.Weight < 10 || w.Weight > 1000) {
				t.Errorf("%q is the weight %+v", v, w)
			}
		}
		for _, r := range h.BlkioDeviceReadBps {
			if !strings.HasPrefix(r.Path, "/dev/") {
				t.Errorf("%q is the limit %+v", v, r)
			}
		}
	})
}
