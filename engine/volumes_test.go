package engine_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// volumes are the names of all volumes.
func (p *place) volumes() (names []string) {
	p.t.Helper()
	all, err := p.Volumes(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	for _, v := range all {
		names = append(names, v.Name)
	}
	return names
}

// clearVolumes removes all volumes, which are to be so many.
func (p *place) clearVolumes(want int) {
	p.t.Helper()
	names := p.volumes()
	if len(names) != want {
		p.t.Errorf("there are the volumes %q, not %d", names, want)
	}
	for _, name := range names {
		if err := p.RemoveVolume(p.t.Context(), name); err != nil {
			p.t.Error(err)
		}
	}
}

func (p *place) removeWithVolumes(id string) {
	p.t.Helper()
	if err := p.Remove(p.t.Context(), id, api.RemoveOptions{Force: true, Volumes: true}, api.Observer{}); err != nil {
		p.t.Error(err)
	}
}

func TestWhatAProcessSeesOfItsMounts(t *testing.T) {
	p := open(t)
	host := t.TempDir()
	if err := os.WriteFile(filepath.Join(host, "file"), []byte("of the host\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		flags  []string
		script string
		want   string
	}{
		{"an empty volume gets what the image has there, with owner and mode", []string{"-v", "home:/home"}, "ls -ln /home | tail -n +2 | awk '{print $1, $3, $9}'", "drwxr-xr-x 1000 app"},
		{"its root takes the image's owner and mode", []string{"-v", "tmp1:/tmp", "-v", "root1:/root", "-v", "app1:/home/app"}, "stat -c '%a %u' /tmp /root /home/app", "1777 0\n700 0\n755 1000"},
		{"links stay links", []string{"-v", "usrbin:/usr/bin"}, "readlink /usr/bin/env; /usr/bin/env | grep -c PATH", "/bin/busybox\n1"},
		{"nocopy leaves it empty", []string{"-v", "none1:/home:nocopy"}, "ls /home | wc -l", "0"},
		{"nocopy the long way", []string{"--mount", "source=none2,target=/home,volume-nocopy"}, "ls /home | wc -l", "0"},
		{"read-only volume", []string{"-v", "ro1:/data:ro"}, "touch /data/x 2>&1 | sed 's/.*: //'", "Read-only file system"},
		{"bind", []string{"-v", host + ":/host"}, "cat /host/file; echo back >/host/back", "of the host"},
		{"a single file", []string{"-v", host + "/file:/etc/single:ro"}, "cat /etc/single; echo x 2>/dev/null >/etc/single || echo no", "of the host\nno"},
		{"the long way, read-only", []string{"--mount", "type=bind,src=" + host + ",dst=/host,readonly"}, "cat /host/back; touch /host/x 2>&1 | sed 's/.*: //'", "back\nRead-only file system"},
		{"tmpfs with Docker's flags", []string{"--tmpfs", "/scratch"}, "grep ' /scratch ' /proc/mounts | cut -d' ' -f3,4 | cut -c1-33", "tmpfs rw,nosuid,nodev,noexec,relat"[:33]},
		{"tmpfs with others", []string{"--tmpfs", "/scratch:size=1m,exec,mode=1770,uid=1000"}, "stat -c '%a %u' /scratch; grep -c noexec.*\\ /scratch /proc/mounts; df -k /scratch | tail -1 | awk '{print $2}'", "1770 1000\n0\n1024"},
		{"memory the long way", []string{"--mount", "type=tmpfs,target=/scratch,tmpfs-size=2m,tmpfs-mode=700"}, "stat -c %a /scratch; df -k /scratch | tail -1 | awk '{print $2}'", "700\n2048"},
		{"one in another, whatever the order", []string{"-v", host + ":/a/b", "--tmpfs", "/a"}, "cat /a/b/file; touch /a/x && echo written", "of the host\nwritten"},
		{"a place of our own can be taken", []string{"-v", host + "/file:/etc/hosts"}, "cat /etc/hosts", "of the host"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := &place{p.Engine, p.env, t}
			words := append(slices.Clone(c.flags), "busybox", "sh", "-c", c.script+" ; true")
			if got := p.output(words...); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
		})
	}
	if _, err := os.Stat(filepath.Join(host, "back")); err != nil {
		t.Errorf("what was written into the directory of the host is not there: %v", err)
	}
}

// A volume keeps its data when its container goes, and is there for the next one; --volume does
// not fill it again.
func TestAVolumeOutlivesItsContainer(t *testing.T) {
	p := open(t)
	first := p.run("-v", "data:/home", "busybox", "sh", "-c", "echo kept >/home/kept; rmdir /home/app; sleep 60")
	p.eventually("the file", func() bool {
		return p.output("-v", "data:/d", "busybox", "sh", "-c", "cat /d/kept 2>/dev/null; true") == "kept"
	})
	var used *api.VolumeInUseError
	if err := p.RemoveVolume(t.Context(), "data"); !errors.As(err, &used) || !slices.Equal(used.By, []string{p.get(first).Name}) {
		t.Errorf("removed while it is used: %v", err)
	}
	p.removeWithVolumes(first)
	if got := p.output("-v", "data:/home", "busybox", "ls", "/home"); got != "kept" {
		t.Errorf("the next one sees %q", got)
	}
	v, err := p.Volume(t.Context(), "data")
	if err != nil || v.Anonymous || len(v.UsedBy) > 0 || v.CreatedAt.IsZero() {
		t.Errorf("%+v, %v", v, err)
	}
	if n, err := p.VolumeSize(t.Context(), "data"); err != nil || n < 5 {
		t.Errorf("its size is %d, %v", n, err)
	}
	if err := p.RemoveVolume(t.Context(), "data"); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(v.Mountpoint); !os.IsNotExist(err) {
		t.Errorf("its data is there still: %v", err)
	}
	as[*api.NotFoundError](t, p.RemoveVolume(t.Context(), "data"))
}

func TestAnonymousVolumesGoOnlyWhenAsked(t *testing.T) {
	p := open(t)
	before := real.Count(t, p.env)
	image := p.image(real.Configured) // it has VOLUME /data
	p.output("-v", "/log", image, "true")
	real.Leftovers(t, p.env, before, "committed snapshot", "volume")
	if left := p.volumes(); len(left) > 0 {
		t.Errorf("--rm left %q", left)
	}
	kept, gone := p.create(image), p.create("-v", "named:/named", "-v", "/log", image)
	if n := len(p.volumes()); n != 4 {
		t.Fatalf("%d volumes: %q", n, p.volumes())
	}
	shared := p.create("--volumes-from", gone, image)
	p.remove(kept)
	p.removeWithVolumes(gone) // those that another has stay
	if n := len(p.volumes()); n != 4 {
		t.Errorf("%d volumes: %q", n, p.volumes())
	}
	unused, err := p.UnusedVolumes(t.Context(), false)
	if err != nil || len(unused) != 1 {
		t.Errorf("a prune would remove %v, %v", unused, err)
	}
	p.removeWithVolumes(shared)
	unused, err = p.UnusedVolumes(t.Context(), true)
	if err != nil || !slices.ContainsFunc(unused, func(v api.Volume) bool { return v.Name == "named" && !v.Anonymous }) {
		t.Errorf("a prune of all would remove %v, %v", unused, err)
	}
	p.clearVolumes(4)
}

func TestVolumesFromAnother(t *testing.T) {
	p := open(t)
	host := t.TempDir()
	a := p.run("--name", "from", "-v", "data:/data", "-v", host+":/host", "--tmpfs", "/own", "busybox", "sh", "-c", "echo 1 >/data/x; echo 2 >/host/y; sleep 60")
	p.eventually("the files", func() bool {
		return p.output("--volumes-from", "from:ro", "busybox", "sh", "-c", "cat /data/x /host/y 2>/dev/null; true") == "1\n2"
	})
	got := p.output("--volumes-from", "from:ro", "-v", "other:/data", "busybox", "sh", "-c", "ls /data; touch /host/z 2>&1 | sed 's/.*: //'; ls -d /own 2>&1 | sed 's/.*: //'")
	if want := "Read-only file system\nNo such file or directory"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	p.remove(a)
	p.clearVolumes(2)
}

// A directory that --volume would make is made, said, and taken back with what failed.
func TestADirectoryOfTheHostIsMade(t *testing.T) {
	p := open(t)
	host := t.TempDir()
	missing := filepath.Join(host, "missing")
	made, err := p.Create(t.Context(), p.request("-v", missing+"/deep:/x", "busybox"), api.Observer{})
	if err != nil || len(made.Warnings) != 1 || !strings.Contains(made.Warnings[0], missing+"/deep was not there") {
		t.Errorf("%q, %v", made.Warnings, err)
	}
	p.remove(made.ID)
	other := filepath.Join(host, "other")
	_, err = p.Create(t.Context(), p.request("-v", other+"/deep:/x", "-v", "data:/etc/passwd", "busybox"), api.Observer{})
	if _, gone := os.Stat(other); err == nil || !os.IsNotExist(gone) {
		t.Errorf("%v; the directory: %v", err, gone)
	}
}

// A start looks again: what is gone is named, and a directory of --volume is made anew.
func TestAStartWithoutItsSource(t *testing.T) {
	p := open(t)
	host := t.TempDir()
	long, short := filepath.Join(host, "long"), filepath.Join(host, "short")
	if err := os.Mkdir(long, 0o755); err != nil {
		t.Fatal(err)
	}
	a := p.create("--mount", "type=bind,src="+long+",dst=/long", "-v", short+":/short", "busybox", "sleep", "60")
	for _, dir := range []string{long, short} {
		if err := os.Remove(dir); err != nil {
			t.Fatal(err)
		}
	}
	_, err := p.Start(t.Context(), a, api.StartOptions{}, api.Observer{})
	if e := as[*api.MountError](t, err); e.Source != long || e.Target != "/long" {
		t.Errorf("%+v", e)
	}
	if err := os.Mkdir(long, 0o755); err != nil {
		t.Fatal(err)
	}
	p.start(a)
	if _, err := os.Stat(short); err != nil {
		t.Error(err)
	}
	p.remove(a)
	b := p.create("-v", "data:/data", "busybox")
	v, err := p.Volume(t.Context(), "data")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(v.Mountpoint); err != nil {
		t.Fatal(err)
	}
	_, err = p.Start(t.Context(), b, api.StartOptions{}, api.Observer{})
	as[*api.MountError](t, err)
	p.remove(b)
}

// Containers that are made at once on one new volume share it, and it is filled once.
func TestManyOnOneVolume(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	var all sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		req := p.request("-v", "data:/home", "busybox", "sleep", "60")
		all.Go(func() {
			made, err := p.Create(t.Context(), req, api.Observer{})
			if err != nil {
				t.Error(err)
			}
			ids[i] = made.ID
		})
	}
	all.Wait()
	if got := p.output("-v", "data:/home", "busybox", "ls", "/home"); got != "app" {
		t.Errorf("the volume has %q", got)
	}
	for _, id := range ids {
		p.removeWithVolumes(id)
	}
	p.clearVolumes(1)
}

func TestInspectTellsTheMounts(t *testing.T) {
	p := open(t)
	host := t.TempDir()
	id := p.create("-v", "data:/data:ro", "-v", host+":/host:rprivate", "-v", "/anonymous", "--tmpfs", "/t:size=1m", "busybox")
	r, err := p.Inspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range r.Mounts {
		name := m.Name
		if len(name) == 64 {
			name = "anonymous"
		}
		got = append(got, strings.Join([]string{string(m.Type), name, m.Destination, m.Mode, string(m.Propagation)}, " "))
	}
	want := []string{"volume data /data ro ", "bind  /host rprivate rprivate", "tmpfs  /t size=1m ", "volume anonymous /anonymous  "}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	p.removeWithVolumes(id)
	p.clearVolumes(1)
}
