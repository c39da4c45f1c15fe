package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine"
	"gantry/engine/api"
)

// madeUp describes devices that are all /dev/null, with everything that a description may ask for
// beside them. @ is a folder of the test's.
const madeUp = `cdiVersion: "0.6.0"
kind: "nvidia.com/gpu"
containerEdits:
  env: ["MADE_UP=yes"]
  mounts:
    - {hostPath: "@/library", containerPath: "/usr/lib/made-up", options: ["ro", "bind"]}
  hooks:
    - {hookName: createRuntime, path: "@/hook", args: ["hook", "called"]}
devices:
  - name: "0"
    containerEdits: {deviceNodes: [{path: "/dev/made-up0", hostPath: "/dev/null", permissions: "rw"}]}
  - name: "1"
    containerEdits: {deviceNodes: [{path: "/dev/made-up1", hostPath: "/dev/null"}]}
  - name: all
    containerEdits: {deviceNodes: [{path: "/dev/made-up0", hostPath: "/dev/null"}, {path: "/dev/made-up1", hostPath: "/dev/null"}]}
`

func TestDevicesThatVendorsDescribe(t *testing.T) {
	dir := t.TempDir()
	p := open(t, func(c *engine.Config) { c.CDIDirs = []string{filepath.Join(dir, "cdi")} })
	_, err := p.Create(t.Context(), p.request("--gpus", "all", "--device", "example.com/net=a", "busybox"), api.Observer{})
	want := "--device: no vendor describes a device example.com/net=a on this host (have its vendor's tool write a description to /etc/cdi); " +
		"--gpus: no vendor describes a GPU on this host (for NVIDIA's install nvidia-container-toolkit and run: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml)"
	if as[api.FieldErrors](t, err).Error() != want {
		t.Errorf("without descriptions: %v\nwant %s", err, want)
	}
	called := filepath.Join(dir, "called")
	for name, body := range map[string]string{
		"cdi/gpu.yaml": strings.ReplaceAll(madeUp, "@", dir), "library": "made up\n",
		"hook": "#!/bin/sh\ncat >/dev/null\necho $1 >>" + called + "\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(body), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	const look = `cd /dev; ls made-up*; stat -c %t:%T made-up*; echo x >made-up0 && echo written; cat /usr/lib/made-up; echo $MADE_UP`
	got := p.output("--gpus", "1", "--network", "none", "busybox", "sh", "-c", look)
	if got != "made-up0\n1:3\nwritten\nmade up\nyes" {
		t.Errorf("the first one: %q", got)
	}
	if b, err := os.ReadFile(called); err != nil || string(b) != "called\n" {
		t.Errorf("the hook: %q, %v", b, err)
	}
	id := p.create("--device", "nvidia.com/gpu=1", "--gpus", "all", "--name", "both", "busybox", "sh", "-c", look)
	p.start(id)
	if code, err := p.Wait(soon(t), id); code != 0 || err != nil {
		t.Errorf("%d, %v", code, err)
	}
	req, err := p.Request(t.Context(), id)
	if err != nil || len(req.HostConfig.DeviceRequests) != 2 {
		t.Errorf("remembered %+v, %v", req.HostConfig.DeviceRequests, err)
	}
	if all, err := p.Devices(t.Context()); err != nil || strings.Join(all, " ") != "nvidia.com/gpu=0 nvidia.com/gpu=1 nvidia.com/gpu=all" {
		t.Errorf("%q, %v", all, err)
	}
	for flag, want := range map[string]string{
		"--device=nvidia.com/gpu=2": "--device: no vendor describes a device nvidia.com/gpu=2 on this host (there are nvidia.com/gpu=0, nvidia.com/gpu=1, nvidia.com/gpu=all)",
		"--gpus=3":                  "--gpus: no vendor describes a GPU 2 on this host (there are 0, 1, all)",
		"--gpus=all,driver=amd":     "--gpus: no vendor describes a GPU on this host (for AMD's run: amd-ctk cdi generate --output=/etc/cdi/amd.json)",
		"--gpus=all,driver=x":       "--gpus: could not select device driver x (the drivers are nvidia and amd)",
	} {
		req := p.request(flag, "--pull", "never", "busybox")
		checked, err := p.Check(t.Context(), req)
		if err != nil || len(checked.Problems) != 1 || checked.Problems[0].Error() != want {
			t.Errorf("%s: %v, %v", flag, checked.Problems, err)
		}
		if _, err := p.Create(t.Context(), req, api.Observer{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v", flag, err)
		}
	}
}
