package dockerd

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	image "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"

	"gantry/engine/api"
)

// Box is a container as dockerd has written it down.
type Box struct {
	ID     string
	Name   string
	Image  string // as it was asked for: a name, or an ID
	Config *container.Config
	Host   *container.HostConfig // nil when that file could not be read
	// Missed is why Host is nil.
	Missed error
	// MAC is the address that was asked for; "" when dockerd made one.
	MAC string
	// Ports are those that are published now.
	Ports []api.Port

	dir      string
	driver   string
	imageID  string
	networks map[string]endpoint
	mounts   []mounted
	secrets  bool // a service's secrets or configurations are mounted
}

// endpoint is a network as dockerd remembers it.
type endpoint struct {
	network.EndpointSettings
	DesiredMacAddress network.HardwareAddr // of Docker 25 and later
}

// mounted is a volume or folder of a container.
type mounted struct {
	Type        string
	Name        string // of a volume
	Destination string
	Driver      string
}

// Read reads what is in a container's folder. That the second file of the two cannot be read is
// no error, but less is known then.
func Read(dir string) (*Box, error) {
	var c struct {
		ID              string
		Name            string
		Driver          string
		Image           string
		Config          *container.Config
		NetworkSettings struct {
			Networks map[string]endpoint
			Ports    map[network.Port][]struct{ HostIP, HostPort string }
		}
		MountPoints      map[string]mounted
		SecretReferences []json.RawMessage
		ConfigReferences []json.RawMessage
	}
	var old struct {
		Config struct{ MacAddress string } // where Docker before 25 has it
	}
	file := filepath.Join(dir, "config.v2.json")
	if err := readJSON(file, &c, &old); err != nil {
		return nil, err
	}
	if c.Config == nil || c.ID != filepath.Base(dir) {
		return nil, fmt.Errorf("%s is not of this container", file)
	}
	b := &Box{
		ID: c.ID, Name: strings.TrimPrefix(c.Name, "/"), Image: c.Config.Image, Config: c.Config, MAC: old.Config.MacAddress,
		dir: dir, driver: c.Driver, imageID: c.Image, networks: c.NetworkSettings.Networks,
		secrets: len(c.SecretReferences)+len(c.ConfigReferences) > 0,
	}
	for _, m := range c.MountPoints {
		b.mounts = append(b.mounts, m)
	}
	for inside, binds := range c.NetworkSettings.Ports {
		for _, at := range binds {
			n, err := strconv.ParseUint(at.HostPort, 10, 16)
			if err == nil {
				b.Ports = append(b.Ports, api.Port{HostIP: at.HostIP, HostPort: uint16(n), ContainerPort: inside.Num(), Protocol: string(inside.Proto())})
			}
		}
	}
	slices.SortFunc(b.Ports, func(x, y api.Port) int {
		return cmp.Or(cmp.Compare(x.ContainerPort, y.ContainerPort), cmp.Compare(x.Protocol, y.Protocol), cmp.Compare(x.HostIP, y.HostIP))
	})
	var host container.HostConfig
	if b.Missed = readJSON(filepath.Join(dir, "hostconfig.json"), &host); b.Missed == nil {
		b.Host = &host
	}
	return b, nil
}

// ImageConfig is the configuration of the container's image, from dockerd's own store. Where
// dockerd keeps its images in containerd, it is not there.
func (b *Box) ImageConfig() (*image.DockerOCIImageConfig, error) {
	algorithm, hex, ok := strings.Cut(b.imageID, ":")
	if !ok || strings.ContainsAny(b.imageID+b.driver, "/.") || b.driver == "" {
		return nil, fmt.Errorf("%q names no image of dockerd's: %w", b.imageID, os.ErrNotExist)
	}
	var img image.DockerOCIImage
	root := filepath.Dir(filepath.Dir(b.dir))
	if err := readJSON(filepath.Join(root, "image", b.driver, "imagedb", "content", algorithm, hex), &img); err != nil {
		return nil, err
	}
	return &img.Config, nil
}

// readJSON reads a file into each value.
func readJSON(file string, into ...any) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read what dockerd knows: %w", err)
	}
	for _, v := range into {
		if err := json.Unmarshal(data, v); err != nil {
			return fmt.Errorf("read what dockerd knows: %s: %w", file, err)
		}
	}
	return nil
}
