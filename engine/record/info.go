package record

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"gantry/engine/api"
)

// Info is what a container's labels say, gantry's, nerdctl's or another's. A label that
// is missing or does not parse leaves its field zero.
type Info struct {
	Name              string
	Namespace         string
	Hostname          string
	StateDir          string
	LogURI            string
	Log               LogConfig
	Networks          []string
	Platform          string
	AutoRemove        bool
	StopSignal        string
	StopTimeout       *time.Duration // nil: not set; negative: wait for ever
	User              string
	Privileged        bool
	Error             string // why the last start failed
	AnonymousVolumes  []string
	Mounts            []Mount
	RestartPolicy     string // "" means none
	RestartStatus     string // "" when the monitor leaves it alone
	RestartCount      int
	ExplicitlyStopped bool
	Version           string // of the gantry that made it
	Request           string // RequestHash
	Summary           Summary
	IPC               IPC
	PIDContainer      string // ID of the container whose PIDs it has
	// HasSummary is false on containers of others: command, tty and memory are then in
	// the spec, ports in network-config.json.
	HasSummary bool
}

// Read takes a container's labels apart.
func Read(labels map[string]string) Info {
	in := Info{
		Name: labels[LabelName], Namespace: labels[LabelNamespace], Hostname: labels[LabelHostname],
		StateDir: labels[LabelStateDir], LogURI: labels[LabelLogURI], Platform: labels[LabelPlatform],
		StopSignal: labels[LabelStopSignal], User: labels[LabelUser], Error: labels[LabelError],
		RestartPolicy: labels[LabelRestartPolicy], RestartStatus: labels[LabelRestartStatus],
		Version: labels[LabelVersion], Request: labels[LabelRequest],
		AutoRemove:        labels[LabelAutoRemove] == "true",
		Privileged:        labels[LabelPrivileged] == "true",
		ExplicitlyStopped: labels[LabelRestartExplicitlyStopped] == "true",
	}
	if in.Name == "" {
		in.Name = kubernetesName(labels)
	}
	in.RestartCount, _ = strconv.Atoi(labels[LabelRestartCount])
	if s, err := strconv.Atoi(labels[LabelStopTimeout]); err == nil {
		d := time.Duration(s) * time.Second
		in.StopTimeout = &d
	}
	in.PIDContainer = labels[LabelPIDContainer]
	fromJSON(labels[LabelIPC], &in.IPC)
	fromJSON(labels[LabelLogConfig], &in.Log)
	fromJSON(labels[LabelNetworks], &in.Networks)
	fromJSON(labels[LabelAnonymousVolumes], &in.AnonymousVolumes)
	for i := 0; ; i++ {
		var m Mount
		if !fromJSON(labels[LabelMountPrefix+strconv.Itoa(i)], &m) {
			break
		}
		in.Mounts = append(in.Mounts, m)
	}
	in.HasSummary = fromJSON(labels[LabelSummary], &in.Summary)
	if !in.HasSummary {
		var old []PortMapping
		if fromJSON(labels[LabelPorts], &old) {
			in.Summary.Ports = apiPorts(old)
		}
	}
	return in
}

// Visible is the labels that are the user's or the image's: all but the reserved ones.
func Visible(labels map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range labels {
		if !Reserved(k) {
			out[k] = v
		}
	}
	return out
}

// ErrorLabel cuts an error's text to what LabelError can hold.
func ErrorLabel(text string) string {
	if max := MaxLabel - len(LabelError); len(text) > max {
		return cut(text, max)
	}
	return text
}

// PortMapping is one published port in the form of CNI's portmap plugin.
type PortMapping struct {
	HostPort      int32
	ContainerPort int32
	Protocol      string
	HostIP        string
}

func apiPorts(in []PortMapping) []api.Port {
	var out []api.Port
	for _, p := range in {
		out = append(out, api.Port{HostIP: p.HostIP, HostPort: uint16(p.HostPort), ContainerPort: uint16(p.ContainerPort), Protocol: p.Protocol})
	}
	return out
}

func portMappings(in []api.Port) []PortMapping {
	var out []PortMapping
	for _, p := range in {
		out = append(out, PortMapping{int32(p.HostPort), int32(p.ContainerPort), p.Protocol, p.HostIP})
	}
	return out
}

// fromJSON reports whether s was there and parsed; if not, v is left as it was.
func fromJSON[T any](s string, v *T) bool {
	if s == "" {
		return false
	}
	var t T
	if json.Unmarshal([]byte(s), &t) != nil {
		return false
	}
	*v = t
	return true
}

// Policy is a restart policy's name and its number of times; 0 is no limit.
func Policy(label string) (name string, most int) {
	name, count, _ := strings.Cut(label, ":")
	most, _ = strconv.Atoi(count)
	return name, most
}
