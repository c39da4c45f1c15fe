package option

import (
	"encoding/csv"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

const gpuFix = `write all, a number, or "device=0,2" with the quotes`

// gpus is the row of --gpus. Which devices they are is found when the container is made: those
// that a vendor has described by the Container Device Interface.
func gpus() row {
	return row{
		Option: Option{
			Key: KeyGPUs, Label: "GPUs", Section: SectionSecurity, Kind: KindText, Repeat: true, Form: true,
			Value: "list", Example: "all", Help: `Give it GPUs: all, how many, or "device=0,2"; also driver= and capabilities=`,
		},
		put: func(b *build, v string) {
			r, reason := readGPUs(v)
			if reason != "" {
				b.refuse(reason, gpuFix)
				return
			}
			if c := r.Capabilities[0]; len(c) > 1 {
				b.warn("gives it all that the device can do: capabilities cannot be chosen", "leave them out")
			}
			b.host.DeviceRequests = append(b.host.DeviceRequests, r)
		},
		take: func(r *api.CreateRequest) (out []string) {
			for _, d := range r.HostConfig.DeviceRequests {
				if !IsCDI(d) {
					out = append(out, GPUsText(d))
				}
			}
			return out
		},
	}
}

// readGPUs reads one value as Docker's client does: fields between commas, each a number, "all",
// or a key with its value.
func readGPUs(v string) (r container.DeviceRequest, reason string) {
	fields, err := csv.NewReader(strings.NewReader(v)).Read()
	if err != nil {
		return r, "is not a list of fields between commas"
	}
	seen := map[string]bool{}
	for _, f := range fields {
		key, value, given := strings.Cut(f, "=")
		if !given {
			key, value = "count", f
		}
		if seen[key] {
			return r, "gpu request key '" + key + "' can be specified only once"
		}
		seen[key] = true
		switch key {
		case "driver":
			r.Driver = value
		case "count":
			if r.Count = -1; value != "all" {
				if r.Count, err = strconv.Atoi(value); err != nil || r.Count < 0 {
					return r, "count must be a number, or all: " + value
				}
			}
		case "device":
			r.DeviceIDs = strings.Split(value, ",")
		case "capabilities":
			r.Capabilities = [][]string{append(strings.Split(value, ","), "gpu")}
		case "options":
			return r, "options are the NVIDIA runtime's, which is not used here"
		default:
			return r, "unexpected key '" + key + "' in '" + f + "'"
		}
	}
	switch {
	case seen["count"] && r.DeviceIDs != nil:
		return r, "cannot set both count and device"
	case r.DeviceIDs != nil && slices.Contains(r.DeviceIDs, ""):
		return r, "device names none"
	case !seen["count"] && r.DeviceIDs == nil:
		r.Count = 1
	}
	if r.Capabilities == nil {
		r.Capabilities = [][]string{{"gpu"}}
	}
	return r, ""
}

// GPUsText is the value of --gpus that makes a device request.
func GPUsText(r container.DeviceRequest) string {
	var fields []string
	switch {
	case len(r.DeviceIDs) > 0:
		fields = append(fields, "device="+strings.Join(r.DeviceIDs, ","))
	case r.Count < 0:
		fields = append(fields, "all")
	default:
		fields = append(fields, strconv.Itoa(r.Count))
	}
	if r.Driver != "" {
		fields = append(fields, "driver="+r.Driver)
	}
	if len(r.Capabilities) > 0 {
		caps := slices.Clone(r.Capabilities[0])
		if i := slices.Index(caps, "gpu"); i >= 0 {
			caps = slices.Delete(caps, i, i+1)
		}
		if len(caps) > 0 {
			fields = append(fields, "capabilities="+strings.Join(caps, ","))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(r.Options)) {
		fields = append(fields, "options="+k+"="+r.Options[k])
	}
	var out strings.Builder
	w := csv.NewWriter(&out)
	_ = w.Write(fields) // a Builder takes everything
	w.Flush()
	return strings.TrimSuffix(out.String(), "\n")
}

// cdiDriver marks the requests of --device by name.
const cdiDriver = "cdi"

// IsCDI reports whether a device request names devices of the Container Device Interface, as
// --device vendor/class=name does.
func IsCDI(r container.DeviceRequest) bool { return r.Driver == cdiDriver }

// putCDI adds a name to the one request that holds them, as Docker's client does.
func (b *build) putCDI(name string) {
	for i := range b.host.DeviceRequests {
		if r := &b.host.DeviceRequests[i]; IsCDI(*r) {
			r.DeviceIDs = append(r.DeviceIDs, name)
			return
		}
	}
	b.host.DeviceRequests = append(b.host.DeviceRequests, container.DeviceRequest{Driver: cdiDriver, DeviceIDs: []string{name}})
}

func takeCDI(r *api.CreateRequest) (out []string) {
	for _, d := range r.HostConfig.DeviceRequests {
		if IsCDI(d) {
			out = append(out, d.DeviceIDs...)
		}
	}
	return out
}
