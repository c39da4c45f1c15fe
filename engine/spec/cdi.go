package spec

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"
	"tags.cncf.io/container-device-interface/pkg/cdi"

	"gantry/engine/api"
	"gantry/engine/option"
)

// CDI are the devices of this host that their vendors describe by the Container Device Interface:
// what each needs in a container. It is what the folders had in them when it was read.
type CDI struct{ cache *cdi.Cache }

// ReadCDI reads the descriptions in folders; without any, in /etc/cdi and /var/run/cdi. Those that
// are damaged are passed over; their devices are then not there.
func ReadCDI(dirs ...string) *CDI {
	cache, err := cdi.NewCache(cdi.WithSpecDirs(dirs...), cdi.WithAutoRefresh(false))
	if err != nil {
		return &CDI{}
	}
	return &CDI{cache}
}

// Names are the devices, as --device takes them: vendor/class=name.
func (c *CDI) Names() []string {
	if c == nil || c.cache == nil {
		return nil
	}
	return c.cache.ListDevices()
}

// flaws are what is wrong with descriptions, each by its file; for who misses a device.
func (c *CDI) flaws() (out []string) {
	if c == nil || c.cache == nil {
		return nil
	}
	for file, errs := range c.cache.GetErrors() {
		for _, err := range errs {
			out = append(out, file+": "+err.Error())
		}
	}
	slices.Sort(out)
	return out
}

// inject makes the changes to the finished spec that the devices need.
func (b *builder) inject() error {
	if len(b.host.DeviceRequests) == 0 {
		return nil
	}
	names, errs := b.CDI.find(b.host.DeviceRequests)
	if len(errs) > 0 {
		return errs
	}
	if b.s.Hooks != nil { // the input's are left as they are
		hooks := *b.s.Hooks
		b.s.Hooks = &hooks
	}
	if _, err := b.CDI.cache.InjectDevices(b.s, names...); err != nil {
		return refuse("device", 0, strings.Join(names, ", "), err.Error())
	}
	return nil
}

// find are the names of what is asked for.
func (c *CDI) find(requests []container.DeviceRequest) (names []string, errs api.FieldErrors) {
	there := c.Names()
	add := func(name string) {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	gpus, cdis := 0, 0
	for _, r := range requests {
		if !option.IsCDI(r) {
			found, flaw := findGPUs(there, r)
			if flaw.Reason != "" {
				flaw.Field, flaw.Index, flaw.Value = string(option.KeyGPUs), gpus, option.GPUsText(r)
				errs = append(errs, flaw)
			}
			for _, n := range found {
				add(n)
			}
			gpus++
			continue
		}
		for _, n := range r.DeviceIDs {
			if !slices.Contains(there, n) {
				flaw := api.FieldError{Field: string(option.KeyDevice), Index: cdis, Value: n, Reason: "no vendor describes a device " + n + " on this host", Fix: c.instead(there)}
				errs = append(errs, flaw)
			}
			add(n)
			cdis++
		}
	}
	return names, errs
}

// instead is what to do about a device that is not there.
func (c *CDI) instead(there []string) string {
	const shown = 6
	switch flaws := c.flaws(); {
	case len(flaws) > 0:
		return flaws[0]
	case len(there) > shown:
		return fmt.Sprintf("there are %s and %d more", strings.Join(there[:shown], ", "), len(there)-shown)
	case len(there) > 0:
		return "there are " + strings.Join(there, ", ")
	}
	return "have its vendor's tool write a description to /etc/cdi"
}

// gpuClasses are the kinds of GPUs by the driver's name, in the order in which they are looked for.
func gpuClasses() [][2]string {
	return [][2]string{{"nvidia", "nvidia.com/gpu"}, {"amd", "amd.com/gpu"}}
}

const noGPU = "no vendor describes a GPU on this host"

// findGPUs are the devices that --gpus means, as Docker finds them where there is no runtime for it.
func findGPUs(there []string, r container.DeviceRequest) ([]string, api.FieldError) {
	class, known := "", false
	for _, c := range gpuClasses() {
		if r.Driver != "" && r.Driver != c[0] {
			continue
		}
		known = true
		if class == "" && slices.ContainsFunc(there, func(n string) bool { return strings.HasPrefix(n, c[1]+"=") }) {
			class = c[1]
		}
	}
	switch {
	case !known:
		return nil, api.FieldError{Reason: "could not select device driver " + r.Driver, Fix: "the drivers are nvidia and amd"}
	case class == "" && r.Driver == "amd":
		return nil, api.FieldError{Reason: noGPU, Fix: "for AMD's run: amd-ctk cdi generate --output=/etc/cdi/amd.json"}
	case class == "":
		return nil, api.FieldError{Reason: noGPU, Fix: "for NVIDIA's install nvidia-container-toolkit and run: nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml"}
	}
	wanted := slices.Clone(r.DeviceIDs)
	for i := range r.Count {
		wanted = append(wanted, strconv.Itoa(i))
	}
	if r.Count < 0 {
		wanted = allOf(there, class)
	}
	var out []string
	for _, id := range wanted {
		name := class + "=" + id
		if !slices.Contains(there, name) {
			return nil, api.FieldError{Reason: "no vendor describes a GPU " + id + " on this host", Fix: "there are " + strings.Join(ids(there, class), ", ")}
		}
		out = append(out, name)
	}
	return out, api.FieldError{}
}

// allOf is the device that stands for all of a class, where there is one, else each.
func allOf(there []string, class string) []string {
	all := ids(there, class)
	if slices.Contains(all, "all") {
		return []string{"all"}
	}
	return all
}

func ids(there []string, class string) (out []string) {
	for _, n := range there {
		if id, ok := strings.CutPrefix(n, class+"="); ok {
			out = append(out, id)
		}
	}
	return out
}
