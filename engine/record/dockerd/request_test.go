package dockerd_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gantry/engine/api"

	"gantry/engine/option"
	"gantry/engine/record/dockerd"
)

// recorded is the folder of a container that dockerd 20.10.24 has written, as docker run was asked
// for it; below testdata lies what was below its data root.
func recorded(t *testing.T, name string) string {
	t.Helper()
	all, err := filepath.Glob("testdata/containers/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range all {
		if b, err := dockerd.Read(dir); err == nil && b.Name == name {
			return dir
		}
	}
	t.Fatalf("no container %s is recorded", name)
	return ""
}

func TestTheLineIsTheOneThatDockerWasAskedFor(t *testing.T) {
	for name, want := range map[string]struct{ line, unread string }{
		"web": {
			"gantry run -d --name web --restart on-failure:3 -e APP=mine -e MODE=fast -w /data -u 0:0 --hostname web1 --label tier=front " +
				"--stop-signal SIGINT --stop-timeout 7 --network back -p 127.0.0.1:5353:53/udp -p 8080:80 --network-alias www --ip 10.77.0.9 " +
				"--dns 9.9.9.9 --add-host db:10.0.0.5 -v files:/files -v /srv/site:/data:ro --mount type=tmpfs,target=/scratch,tmpfs-size=67108864 " +
				"--tmpfs /run:size=1m --log-opt max-file=3 --log-opt max-size=1m --health-interval 10s --init -m 256m --cpus 0.5 --pids-limit 100 " +
				"--shm-size 32m --ulimit nofile=1024:2048 --read-only --cap-add CHOWN --cap-drop ALL --security-opt no-new-privileges " +
				`--device /dev/null:/dev/thing:rw --sysctl net.core.somaxconn=128 site:1 "sleep 2000"`,
			"what is in its volumes (files, the one at /srv): they are dockerd's, and gantry's of the same name are others",
		},
		"db": {
			"gantry run -d -it --name db -e EMPTY= --network bridge --network name=front,alias=second --publish-all --expose 9000 --expose 9001 " +
				`--link plain:other -v /anon --log-driver none --health-cmd "test -e /x" --ipc shareable site:1`,
			"what is in its volumes (the one at /anon, the one at /srv): they are dockerd's, and gantry's of the same name are others",
		},
		"plain": {"gantry run -d --name plain busybox sleep 1000", ""},
		"priv": {
			"gantry run --name priv --entrypoint sleep --network host --privileged --pid host site:1 5",
			"what is in its volumes (the one at /srv): they are dockerd's, and gantry's of the same name are others",
		},
	} {
		t.Run(name, func(t *testing.T) {
			b, err := dockerd.Read(recorded(t, name))
			if err != nil {
				t.Fatal(err)
			}
			own, err := b.ImageConfig()
			if err != nil {
				t.Fatal(err)
			}
			req, unread := b.Request(own, false)
			if got := option.FromRequest(req).Line("gantry run"); got != want.line {
				t.Errorf("the line is\n%s\nwant\n%s", got, want.line)
			}
			if got := strings.Join(unread, "; "); got != want.unread {
				t.Errorf("not known is %q, want %q", got, want.unread)
			}
		})
	}
}

// copied is a recorded container's folder, below a data root that can be changed.
func copied(t *testing.T, name string) string {
	t.Helper()
	root := t.TempDir()
	if err := os.CopyFS(root, os.DirFS("testdata")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, "containers", filepath.Base(recorded(t, name)))
}

func TestWhatCannotBeReadOfDockersIsSaid(t *testing.T) {
	dir := copied(t, "web")
	if err := os.Remove(filepath.Join(dir, "hostconfig.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "..", "..", "image")); err != nil {
		t.Fatal(err)
	}
	b, err := dockerd.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.ImageConfig(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an image that is not there: %v", err)
	}
	req, unread := b.Request(nil, false)
	said := strings.Join(unread, "\n")
	for _, want := range []string{"what is the image's own", "ports, mounts, restart policy, limits", "hostconfig.json: no such file"} {
		if !strings.Contains(said, want) {
			t.Errorf("it is not said that %q is not known: %q", want, said)
		}
	}
	// All of it is given then, the image's too: the new container is as the old one was.
	if line := option.FromRequest(req).Line("gantry run"); !strings.Contains(line, "-e PATH=/bin") || !strings.Contains(line, `--entrypoint sh`) || !strings.Contains(line, "--label of=image") {
		t.Errorf("the line is %s", line)
	}

	if err := os.WriteFile(filepath.Join(dir, "config.v2.json"), []byte(`{"ID":"other","Config":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := dockerd.Read(dir); err == nil {
		t.Errorf("a file about another container was taken for its own: %+v", b)
	}
}

func TestPublishedPortsAreThoseThatDockerHasGiven(t *testing.T) {
	b, err := dockerd.Read(recorded(t, "web"))
	if err != nil {
		t.Fatal(err)
	}
	want := []api.Port{
		{HostIP: "127.0.0.1", HostPort: 5353, ContainerPort: 53, Protocol: "udp"},
		{HostIP: "0.0.0.0", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"},
		{HostIP: "::", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"},
	}
	if !slices.Equal(b.Ports, want) {
		t.Errorf("ports are %v, want %v", b.Ports, want)
	}
}

func TestTheSpecTellsWhereDockerKeepsItsContainers(t *testing.T) {
	spec, err := os.ReadFile("testdata/web.spec.json")
	if err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(t.TempDir(), "daemon.json")
	if err := os.WriteFile(settings, []byte(`{"data-root":"/data/docker"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	// The network of one is shared by others: its files are mounted there.
	for _, c := range []struct{ spec, settings, want string }{
		{string(spec), settings, "/var/lib/docker/containers/ID"},
		{`{"mounts":[{"destination":"/etc/hosts","source":"/home/me/hosts"}]}`, settings, "/data/docker/containers/ID"},
		{`{}`, filepath.Join(t.TempDir(), "none"), "/var/lib/docker/containers/ID"},
	} {
		if got := dockerd.Dir([]byte(c.spec), "ID", c.settings); got != c.want {
			t.Errorf("it is looked for in %s, want %s", got, c.want)
		}
	}
}
