package option

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"
)

func TestDevicesByTheNamesOfTheirVendors(t *testing.T) {
	gpu := [][]string{{"gpu"}}
	for _, tt := range []struct {
		in   []string
		want []container.DeviceRequest
		back []string // where it comes back otherwise than written
	}{
		{in: []string{"gpus", "all"}, want: []container.DeviceRequest{{Count: -1, Capabilities: gpu}}},
		{in: []string{"gpus", "2"}, want: []container.DeviceRequest{{Count: 2, Capabilities: gpu}}},
		{in: []string{"gpus", `"device=0,2"`}, want: []container.DeviceRequest{{DeviceIDs: []string{"0", "2"}, Capabilities: gpu}}},
		{in: []string{"gpus", "device=GPU-3a,driver=nvidia"}, want: []container.DeviceRequest{{Driver: "nvidia", DeviceIDs: []string{"GPU-3a"}, Capabilities: gpu}}},
		{in: []string{"gpus", "driver=amd"}, want: []container.DeviceRequest{{Driver: "amd", Count: 1, Capabilities: gpu}}, back: []string{"gpus", "1,driver=amd"}},
		{in: []string{"gpus", `all,"capabilities=compute,utility"`}, want: []container.DeviceRequest{{Count: -1, Capabilities: [][]string{{"compute", "utility", "gpu"}}}}},
		{in: []string{"device", "example.com/net=a", "device", "nvidia.com/gpu=1:0"}, want: []container.DeviceRequest{{Driver: "cdi", DeviceIDs: []string{"example.com/net=a", "nvidia.com/gpu=1:0"}}}},
	} {
		p := draft(append([]string{"image", "a"}, tt.in...)...).Parse(facts())
		if err := p.Err(); err != nil {
			t.Errorf("%q: %v", tt.in, err)
		}
		if diff := cmp.Diff(tt.want, p.Request.HostConfig.DeviceRequests); diff != "" {
			t.Errorf("%q (-want +got)\n%s", tt.in, diff)
		}
		back := tt.in
		if tt.back != nil {
			back = tt.back
		}
		if got := FromRequest(p.Request); !got.Equal(draft(append([]string{"image", "a"}, back...)...)) {
			t.Errorf("%q comes back as %+v", tt.in, got.Entries())
		}
	}
	for v, want := range map[string]string{
		"":                  "--gpus: is not a list of fields between commas",
		"some":              "--gpus: count must be a number, or all: some",
		"-2":                "--gpus: count must be a number, or all: -2",
		"device=0,2":        "--gpus: cannot set both count and device",
		"device=":           "--gpus: device names none",
		"all,count=2":       "--gpus: gpu request key 'count' can be specified only once",
		"all,options=a=b":   "--gpus: options are the NVIDIA runtime's, which is not used here",
		"all,brand=x":       "--gpus: unexpected key 'brand' in 'brand=x'",
		`"all`:              "--gpus: is not a list of fields between commas",
		"device=0,device=1": "--gpus: gpu request key 'device' can be specified only once",
	} {
		if got := sentences(draft("image", "a", "gpus", v).Parse(facts()).Problems); len(got) != 1 || got[0] != want+" ("+gpuFix+")" {
			t.Errorf("%q: %q", v, got)
		}
	}
}
