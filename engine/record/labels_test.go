package record

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

func input() Input {
	return Input{
		Namespace: "default", Name: "made", Hostname: "0a1b2c3d4e5f", StateDir: "/s/containers/default/ID",
		LogURI: "binary:///bin/x?A=B", Log: LogConfig{Driver: "json-file", Address: "/run/c.sock"},
		Platform: "linux/amd64", StopSignal: "SIGTERM", Networks: []string{"bridge"}, Args: []string{"sleep", "1000"}, Version: "0.1",
		Request: api.CreateRequest{Config: &container.Config{}, HostConfig: &container.HostConfig{}},
	}
}

// The values are those that nerdctl itself was seen to write.
func TestLabelsOfAPlainContainerAreNerdctls(t *testing.T) {
	in := input()
	got, err := Labels(in)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"io.containerd.image.config.stop-signal": "SIGTERM",
		"nerdctl/auto-remove":                    "false",
		"nerdctl/dns":                            `{"DNSServers":null,"DNSResolvConfOptions":null,"DNSSearchDomains":null}`,
		"nerdctl/extraHosts":                     "[]",
		"nerdctl/host-config":                    `{"BlkioWeight":0,"CidFile":"","Devices":null}`,
		"nerdctl/hostname":                       "0a1b2c3d4e5f",
		"nerdctl/ipc":                            `{"mode":"private"}`,
		"nerdctl/log-config":                     `{"driver":"json-file","address":"/run/c.sock"}`,
		"nerdctl/log-uri":                        "binary:///bin/x?A=B",
		"nerdctl/name":                           "made",
		"nerdctl/namespace":                      "default",
		"nerdctl/networks":                       `["bridge"]`,
		"nerdctl/platform":                       "linux/amd64",
		"nerdctl/state-dir":                      "/s/containers/default/ID",
		"gantry/version":                         "0.1",
		"gantry/request":                         RequestHash(in.Request),
		"gantry/summary":                         `{"command":["sleep","1000"]}`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestLabelsGoThereAndBack(t *testing.T) {
	in, stop := input(), 30
	in.Ports = []api.Port{{HostIP: "0.0.0.0", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}}
	in.ImageLabels = map[string]string{"vendor": "image", "both": "image"}
	in.Request.Config = &container.Config{
		User: "www", Tty: true, OpenStdin: true, StopTimeout: &stop, Labels: map[string]string{"both": "user", "mine": "1"},
		ExposedPorts: network.PortSet{network.MustParsePort("80/tcp"): {}},
	}
	in.Request.HostConfig = &container.HostConfig{
		AutoRemove: true, Privileged: true, ExtraHosts: []string{"db:10.0.0.2"}, DNS: []netip.Addr{netip.MustParseAddr("1.1.1.1")},
		RestartPolicy: container.RestartPolicy{Name: "on-failure", MaximumRetryCount: 3},
		Resources:     container.Resources{Memory: 64 << 20},
	}
	labels, err := Labels(in)
	if err != nil {
		t.Fatal(err)
	}
	for k, want := range map[string]string{
		LabelExtraHosts: `["db:10.0.0.2"]`, LabelExposedPorts: `{"80/tcp":{}}`, LabelRestartLogURI: in.LogURI,
		LabelRestartStatus: "", // only a started container is the monitor's
		LabelDNS:           `{"DNSServers":["1.1.1.1"],"DNSResolvConfOptions":null,"DNSSearchDomains":null}`,
	} {
		if labels[k] != want {
			t.Errorf("%s = %q, want %q", k, labels[k], want)
		}
	}
	timeout := 30 * time.Second
	want := Info{
		Name: "made", Namespace: "default", Hostname: "0a1b2c3d4e5f", StateDir: in.StateDir, LogURI: in.LogURI, Log: in.Log,
		Networks: []string{"bridge"}, Platform: "linux/amd64", AutoRemove: true, StopSignal: "SIGTERM", StopTimeout: &timeout,
		User: "www", Privileged: true, RestartPolicy: "on-failure:3", Version: "0.1", Request: RequestHash(in.Request), HasSummary: true,
		Summary: Summary{Command: in.Args, Tty: true, Stdin: true, Memory: 64 << 20, Ports: in.Ports},
		IPC:     IPC{Mode: IPCPrivate},
	}
	if d := cmp.Diff(want, Read(labels)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(map[string]string{"vendor": "image", "both": "user", "mine": "1"}, Visible(labels)); d != "" {
		t.Error(d)
	}
}

func TestImageCannotSteerAContainer(t *testing.T) {
	in := input()
	in.ImageLabels = map[string]string{"long": strings.Repeat("x", MaxLabel), "fine": "1"}
	for _, k := range []string{
		"nerdctl/mounts.0", "nerdctl/anonymous-volumes", "containerd.io/restart.status", "containerd.io/gc.root",
		"io.containerd.image.config.stop-signal", "io.cri-containerd.kind", "com.docker/engine.bundle.path", "gantry/other",
	} {
		in.ImageLabels[k] = "evil"
	}
	got, err := Labels(in)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range got {
		if v == "evil" || k == "long" {
			t.Errorf("%s came through from the image", k)
		}
	}
	if got["fine"] != "1" {
		t.Error("a harmless label of the image was lost")
	}
}

func TestUserLabelsThatCannotBe(t *testing.T) {
	for key, value := range map[string]string{
		"nerdctl/name": "x", "containerd.io/restart.status": "running", "gantry/version": "9", "long": strings.Repeat("x", MaxLabel),
	} {
		in := input()
		in.Request.Config.Labels = map[string]string{key: value, "a": "fine"}
		_, err := Labels(in)
		if f, ok := errors.AsType[api.FieldErrors](err); !ok || len(f) != 1 || f[0].Field != "label" || f[0].Value != key {
			t.Errorf("%s: %v", key, err)
		}
	}
}

func TestNoLabelIsTooLong(t *testing.T) {
	in := input()
	for i := range 1000 {
		in.Args = append(in.Args, fmt.Sprintf("argument-%d é\"", i))
		in.Ports = append(in.Ports, api.Port{HostPort: uint16(i), ContainerPort: uint16(i), Protocol: "tcp"})
		in.ImagePorts = append(in.ImagePorts, fmt.Sprintf("%d/tcp", i))
		in.Request.HostConfig.ExtraHosts = append(in.Request.HostConfig.ExtraHosts, fmt.Sprintf("host%d:10.0.0.1", i))
	}
	got, err := Labels(in)
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range got {
		if len(k)+len(v) > MaxLabel {
			t.Errorf("%s has %d bytes", k, len(k)+len(v))
		}
	}
	if s := Read(got).Summary; !s.More || len(s.Command) < 50 || !reflect.DeepEqual(s.Command, in.Args[:len(s.Command)]) {
		t.Errorf("summary: more %v, %d words", s.More, len(s.Command))
	}
	var hosts []string
	if json.Unmarshal([]byte(got[LabelExtraHosts]), &hosts) != nil {
		t.Error("extraHosts is not JSON: nerdctl's hook would fail")
	}
	in.Args = []string{"sh", "-c", strings.Repeat("é", 9000)}
	if got, err = Labels(in); err != nil || len(Read(got).Summary.Command) != 3 {
		t.Errorf("a long script: %v, %d words", err, len(Read(got).Summary.Command))
	}
	if n := len(ErrorLabel(strings.Repeat("é", 4000))) + len(LabelError); n > MaxLabel || n < MaxLabel-2 {
		t.Errorf("an error's label has %d bytes", n)
	}
}

func TestReadOthersLabels(t *testing.T) {
	old := Read(map[string]string{
		"nerdctl/name": "old", "nerdctl/ports": `[{"HostPort":80,"ContainerPort":8080,"Protocol":"tcp","HostIP":"127.0.0.1"}]`,
		"nerdctl/stop-timeout": "soon", "nerdctl/networks": "{broken", "containerd.io/restart.count": "2",
	})
	want := Info{Name: "old", RestartCount: 2, Summary: Summary{Ports: []api.Port{{HostIP: "127.0.0.1", HostPort: 80, ContainerPort: 8080, Protocol: "tcp"}}}}
	if d := cmp.Diff(want, old); d != "" {
		t.Error(d)
	}
	pod := Read(map[string]string{
		"io.cri-containerd.kind": "container", "io.kubernetes.pod.name": "p", "io.kubernetes.pod.namespace": "n", "io.kubernetes.container.name": "c",
	})
	if pod.Name != "k8s://n/p/c" {
		t.Errorf("a pod's container is called %q", pod.Name)
	}
	if !cmp.Equal(Read(nil), Info{}) {
		t.Error("no labels say something")
	}
}

func TestOwner(t *testing.T) {
	l := func(kv ...string) map[string]string {
		m := map[string]string{}
		for i := 0; i < len(kv); i += 2 {
			m[kv[i]] = kv[i+1]
		}
		return m
	}
	for _, tt := range []struct {
		ns     string
		labels map[string]string
		want   api.Owner
	}{
		{"default", l("gantry/version", "1", "nerdctl/state-dir", "/x"), api.OwnerGantry},
		{"default", l("nerdctl/state-dir", "/x"), api.OwnerNerdctl},
		{"k8s.io", l("nerdctl/namespace", "k8s.io"), api.OwnerNerdctl},
		{"k8s.io", l("io.cri-containerd.kind", "sandbox"), api.OwnerKubernetes},
		{"k8s.io", l("io.cri-containerd.kind", "container", "gantry/version", "1", "nerdctl/state-dir", "/x"), api.OwnerKubernetes},
		{"k8s.io", nil, api.OwnerKubernetes},
		{"moby", nil, api.OwnerDocker},
		{"plugins.moby", nil, api.OwnerDocker},
		{"other", l("com.docker/engine.bundle.path", "/x"), api.OwnerDocker},
		{"buildkit", nil, api.OwnerBuildKit},
		{"default", nil, api.OwnerOther},
		{"default", l("maintainer", "x"), api.OwnerOther},
	} {
		if got := Owner(tt.ns, tt.labels); got != tt.want {
			t.Errorf("Owner(%s, %v) = %s, want %s", tt.ns, tt.labels, got, tt.want)
		}
	}
}
