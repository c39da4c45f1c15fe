package real

import (
	"context"
	_ "embed" // the probe
	"fmt"
	"runtime"
	"slices"
	"strings"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Image names one of the images that the registry can be asked for.
type Image string

// The images. All but Multi and Probe are one layer of busybox.
const (
	Busybox    Image = "busybox"       // CMD sh; users root, nobody, app (1000)
	Multi      Image = "multi"         // seven layers of Debian with bash, in an index beside another platform and an attestation
	Configured Image = "configured"    // every field of the config set; prints its greeting, user and folder
	Hostile    Image = "hostile"       // labels and variables that would hurt a terminal or pretend to be ours
	Foreign    Image = "foreign"       // an index of linux/s390x and linux/riscv64 only
	ForeignOne Image = "foreign-plain" // a manifest for linux/s390x without an index
	Artifact   Image = "artifact"      // not an image at all
	Endless    Image = "endless"       // sleeps for ever
	Probe      Image = "probe"         // tells what it finds in its container: probe.sh
)

// probe is the program of the image of that name.
//
//go:embed probe.sh
var probe []byte

// Every lists the images.
func Every() []Image {
	return []Image{Busybox, Multi, Configured, Hostile, Foreign, ForeignOne, Artifact, Endless, Probe}
}

// Content is an image as it is pushed: one manifest, or several in an index.
type Content struct {
	Manifests []Manifest
	Index     bool   // an index, even of one manifest
	AsIs      bool   // layers are pushed without the registry's salt
	Artifact  string // media type of the config of something that is no image
}

// Manifest is an image for one platform.
type Manifest struct {
	Platform ocispec.Platform
	Config   ocispec.ImageConfig
	Layers   []Layer
}

func linux(arch string) ocispec.Platform { return ocispec.Platform{OS: "linux", Architecture: arch} }

// on is the same image said to be for another platform.
func (m Manifest) on(p ocispec.Platform) Manifest {
	m.Platform, m.Layers = p, m.Layers[:1]
	return m
}

// content puts an image together.
func (k *kitchen) content(ctx context.Context, img Image) (Content, error) {
	root := "busybox"
	switch img {
	case Multi:
		root = "debian"
	case Nginx:
		root = "nginx"
	}
	layers, err := k.layers(ctx, root)
	if err != nil {
		return Content{}, err
	}
	one := Manifest{
		Platform: linux(runtime.GOARCH),
		Config:   ocispec.ImageConfig{Cmd: []string{"sh"}, Env: []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}},
		Layers:   layers,
	}
	switch img {
	case Busybox:
	case Multi:
		one.Config.Cmd = []string{"bash"}
		attestation := one.on(ocispec.Platform{OS: "unknown", Architecture: "unknown"})
		return Content{Manifests: []Manifest{one.on(linux("mips64le")), one, attestation}, Index: true}, nil
	case Nginx:
		nginxConfig(&one.Config)
	case Configured:
		configure(&one.Config)
	case Hostile:
		one.Config.Labels = hostileLabels()
		one.Config.Env = append(one.Config.Env, "TITLE=\x1b]0;mine now\a")
	case Foreign:
		return Content{Manifests: []Manifest{one.on(linux("s390x")), one.on(linux("riscv64"))}, Index: true}, nil
	case ForeignOne:
		one = one.on(linux("s390x"))
	case Artifact:
		return Content{Manifests: []Manifest{one}, Artifact: "application/vnd.cncf.helm.config.v1+json"}, nil
	case Endless:
		one.Config.Cmd = []string{"sleep", "1000000"}
	case Probe:
		script, err := NewLayer([]File{{Path: "probe", Mode: 0o755, Body: probe}})
		if err != nil {
			return Content{}, err
		}
		one.Config.Cmd = []string{"/probe"}
		one.Layers = append(slices.Clone(one.Layers), script)
	default:
		return Content{}, fmt.Errorf("there is no test image %q", img)
	}
	return Content{Manifests: []Manifest{one}}, nil
}

func configure(c *ocispec.ImageConfig) {
	c.Entrypoint = []string{"/bin/sh", "-c"}
	c.Cmd = []string{`echo "$GREETING"; id -u; pwd`}
	c.Env = append(c.Env, "GREETING=hello")
	c.User = "app"
	c.WorkingDir = "/home/app"
	c.StopSignal = "SIGUSR1"
	c.ExposedPorts = map[string]struct{}{"8080/tcp": {}, "9090/udp": {}}
	c.Volumes = map[string]struct{}{"/data": {}}
	c.Labels = map[string]string{"org.opencontainers.image.title": "configured"}
}

// hostileLabels hold control sequences, and keys that only an engine may write.
func hostileLabels() map[string]string {
	return map[string]string{
		"title":                        "\x1b]0;owned\a\x1b[2J\x1b[31mred",
		"bidi":                         "gnp.\u202etxt",
		"bell\a":                       "\a\a",
		"blink\x1b[5m":                 "on",
		"long":                         strings.Repeat("x", 3000),
		"nerdctl/name":                 "impostor",
		"containerd.io/restart.status": "running",
		"containerd.io/gc.root":        "now",
		"gantry/record":                "/",
		"io.kubernetes.pod.name":       "impostor",
	}
}
