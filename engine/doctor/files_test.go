package doctor

import (
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

func TestDataRoot(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"file": ""})
	for _, tc := range []struct {
		name, root string
		flags      int64
		level      api.FindingLevel
		words      []string
	}{
		{"there", dir, 0, api.FindingOK, []string{dir}},
		{"to be made, some levels down", dir + "/a/b/c", 0, api.FindingNote, []string{"first start makes it"}},
		{"a file", dir + "/file", 0, api.FindingBad, []string{"not a folder"}},
		{"below a file", dir + "/file/x", 0, api.FindingBad, []string{dir + "/file is not a folder"}},
		{"noexec", dir, unix.ST_NOEXEC, api.FindingBad, []string{"noexec", "--data-root"}},
		{"read-only", dir, unix.ST_RDONLY, api.FindingBad, []string{"read-only"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := bench(t, tc.root, nil)
			e.statfs = func(_ string, st *unix.Statfs_t) error { st.Flags = tc.flags; return nil }
			want(t, e.dataRoot(t.Context())[0], tc.level, tc.words...)
		})
	}
}

func TestFreeSpace(t *testing.T) {
	for blocks, level := range map[uint64]api.FindingLevel{1 << 18: api.FindingOK, 1<<18 - 1: api.FindingWarn} {
		e := bench(t, filepath.Join(t.TempDir(), "later"), nil)
		e.statfs = func(_ string, st *unix.Statfs_t) error { st.Bavail, st.Frsize = blocks, 4096; return nil }
		want(t, e.space(t.Context())[0], level, "1.0 GiB")
	}
}

func TestLastError(t *testing.T) {
	const logged = `time="2026-01-01T00:00:00Z" level=error msg="failed to load plugin" error="no disk"` + "\n"
	for _, tc := range []struct {
		name, log, last string
		fatal           bool
	}{
		{"nothing", "", "", false},
		{"a warning only", `time="x" level=warning msg="hm"` + "\n", "", false},
		{"an error, then a warning", logged + `time="x" level=warning msg="hm"` + "\n", `"failed to load plugin" error="no disk"`, false},
		{"the word with which it ended", logged + "containerd: timeout\n\n", "timeout", true},
		{"started again since", "containerd: timeout\n" + `time="x" level=warning msg="hm"` + "\n", "timeout", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if last, fatal := lastError(tc.log); last != tc.last || fatal != tc.fatal {
				t.Errorf("%q, %v; want %q, %v", last, fatal, tc.last, tc.fatal)
			}
		})
	}
}

func TestClientConfig(t *testing.T) {
	for _, tc := range []struct {
		name, text string // "-" is no file
		level      api.FindingLevel
		words      []string
	}{
		{"none", "-", api.FindingOK, []string{"no logins, no proxies"}},
		{"a login and a proxy", `{"auths":{"a.example":{"auth":"dTpw"}},"proxies":{"default":{}}}`, api.FindingOK, []string{"1 logins", "1 proxy settings"}},
		{"cut off", `{"auths":`, api.FindingWarn, []string{"not used", "mend it"}},
		{"a store that is not installed", `{"credsStore":"no-such-thing"}`, api.FindingWarn, []string{"docker-credential-no-such-thing", "PATH"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			e := bench(t, t.TempDir(), nil)
			e.DockerConfigDir = t.TempDir()
			if tc.text != "-" {
				write(t, e.DockerConfigDir, map[string]string{"config.json": tc.text})
			}
			want(t, e.clientConfig(t.Context())[0], tc.level, tc.words...)
		})
	}
}

func TestClientDirIsTheOneThatPullsUse(t *testing.T) {
	for _, tc := range []struct {
		env  map[string]string
		want string
	}{
		{map[string]string{"DOCKER_CONFIG": "/d", "HOME": "/h"}, "/d"},
		{map[string]string{"HOME": "/h"}, "/h/.docker"},
		{nil, ""},
	} {
		e := bench(t, t.TempDir(), nil)
		e.Daemon.Getenv = func(k string) string { return tc.env[k] }
		if got := e.clientDir(); got != tc.want {
			t.Errorf("%v: %q, want %q", tc.env, got, tc.want)
		}
	}
}

func TestRegistries(t *testing.T) {
	e := bench(t, t.TempDir(), nil)
	dir := t.TempDir()
	e.HostDirs = []string{filepath.Join(dir, "absent")}
	want(t, e.registries(t.Context())[0], api.FindingOK, "no configuration")

	e.HostDirs = []string{dir, filepath.Join(dir, "absent")}
	write(t, dir, map[string]string{"good.example/hosts.toml": `server = "https://good.example"`, "bad.example/hosts.toml": "server =", "stray": ""})
	if err := os.Mkdir(filepath.Join(dir, "plain.example"), 0o755); err != nil {
		t.Fatal(err)
	}
	found := e.registries(t.Context())
	if len(found) != 2 {
		t.Fatalf("%+v", found)
	}
	want(t, found[0], api.FindingWarn, "bad.example", "mend it")
	want(t, found[1], api.FindingOK, "3 in "+dir)
}
