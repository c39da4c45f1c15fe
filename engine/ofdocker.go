package engine

import (
	"cmp"
	"context"
	"encoding/json"
	"strconv"

	"github.com/containerd/containerd/v2/core/containers"
	image "github.com/moby/docker-image-spec/specs-go/v1"

	"gantry/engine/api"
	"gantry/engine/host"
	"gantry/engine/record"
	"gantry/engine/record/dockerd"
)

// ofDocker is what dockerd knows of a container of its own; an error when its files cannot be
// read.
func (e *Engine) ofDocker(ctx context.Context, l *link, rec containers.Container) (api.Remembered, error) {
	box, err := dockersBox(rec)
	if err != nil {
		return api.Remembered{}, err
	}
	own, err := box.ImageConfig()
	if err != nil {
		own = l.dockerImage(ctx, rec.Image)
	}
	var out api.Remembered
	out.Request, out.Unread = box.Request(own, l.facts.Host.CgroupMode == host.CgroupV2)
	return out, nil
}

func dockersBox(rec containers.Container) (*dockerd.Box, error) {
	var spec []byte
	if rec.Spec != nil {
		spec = rec.Spec.GetValue()
	}
	return dockerd.Read(dockerd.Dir(spec, rec.ID, dockerd.Settings))
}

// knownToDocker adds what the list shows of a container of dockerd's and containerd does not
// know.
func knownToDocker(rec containers.Container, c *api.Container) error {
	box, err := dockersBox(rec)
	if err != nil {
		return err
	}
	c.Name, c.Image, c.Ports = box.Name, cmp.Or(c.Image, box.Image), box.Ports
	c.OpenStdin, c.Labels = box.Config.OpenStdin, record.Visible(box.Config.Labels)
	if box.Host != nil {
		c.RestartPolicy = cmp.Or(string(box.Host.RestartPolicy.Name), "no")
		if n := box.Host.RestartPolicy.MaximumRetryCount; n > 0 {
			c.RestartPolicy += ":" + strconv.Itoa(n)
		}
	}
	return nil
}

// dockerImage is the configuration of an image that dockerd keeps in containerd; nil when it
// is not there.
func (l *link) dockerImage(ctx context.Context, name string) *image.DockerOCIImageConfig {
	img, err := l.images.Get(ctx, name, "")
	if err != nil {
		return nil
	}
	raw, err := l.images.RawConfig(ctx, img)
	if err != nil {
		return nil
	}
	var c image.DockerOCIImage
	if json.Unmarshal(raw, &c) != nil {
		return nil
	}
	return &c.Config
}
