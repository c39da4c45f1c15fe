package record

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// Input is what a container's labels are built from.
type Input struct {
	Namespace   string
	Name        string
	Hostname    string
	StateDir    string
	LogURI      string // "" when nothing is logged
	Log         LogConfig
	Platform    string // normalised: "linux/amd64"
	StopSignal  string // resolved over request and image: "SIGTERM"
	Networks    []string
	Args        []string // the final command, entrypoint included
	Version     string   // gantry's
	ImageLabels map[string]string
	ImagePorts  []string // the image's EXPOSE: "80/tcp"
	Ports       []api.Port
	Mounts      []Mount
	Anonymous   []string                // names of the volumes that nobody named
	Health      *container.HealthConfig // merged over the image's; nil for none
	Request     api.CreateRequest
}

// LogConfig is nerdctl's description of a container's log: log-config.json and its label.
type LogConfig struct {
	Driver  string            `json:"driver"`
	Opts    map[string]string `json:"opts,omitempty"`
	Address string            `json:"address"` // containerd's socket
}

// Mount is nerdctl's description of something mounted into a container, one a label.
type Mount struct {
	Type        string `json:"Type"` // "volume", "bind", "tmpfs"
	Name        string `json:"Name,omitempty"`
	Source      string `json:"Source"`
	Destination string `json:"Destination"`
	Driver      string `json:"Driver,omitempty"`
	Mode        string `json:"Mode"` // options, as they were written
	RW          bool   `json:"RW"`
	Propagation string `json:"Propagation"`
}

// Summary is what a list shows of a container and no nerdctl label holds. It spares a
// list the decoding of every spec and the reading of every state dir.
type Summary struct {
	Command []string   `json:"command,omitempty"`
	Tty     bool       `json:"tty,omitempty"`
	Stdin   bool       `json:"stdin,omitempty"`
	Memory  int64      `json:"memory,omitempty"` // bytes
	Ports   []api.Port `json:"ports,omitempty"`
	// More says that the ports did not fit: they are in network-config.json.
	More bool `json:"more,omitempty"`
}

// Labels builds all labels of a new container. Image labels come first and lose to the
// user's; reserved ones and those too long for containerd are dropped from the image,
// and are a FieldErrors when the user wrote them. Whatever can be long is only a
// convenience in a label; the state dir has it whole.
func Labels(in Input) (map[string]string, error) {
	cfg, host := in.Request.Config, in.Request.HostConfig
	if cfg == nil {
		cfg = &container.Config{}
	}
	if host == nil {
		host = &container.HostConfig{}
	}
	m := map[string]string{}
	for k, v := range in.ImageLabels {
		if !Reserved(k) && fits(k, v) {
			m[k] = v
		}
	}
	if err := userLabels(m, cfg.Labels); err != nil {
		return nil, err
	}
	internalLabels(m, in, cfg, host)
	for _, k := range slices.Sorted(maps.Keys(m)) {
		if !fits(k, m[k]) {
			return nil, fmt.Errorf("label %s is longer than containerd's limit of %d bytes", k, MaxLabel)
		}
	}
	return m, nil
}

func userLabels(m, user map[string]string) error {
	var errs api.FieldErrors
	for i, k := range slices.Sorted(maps.Keys(user)) {
		v := user[k]
		switch {
		case Reserved(k):
			errs = append(errs, api.FieldError{Field: "label", Index: i, Value: k, Reason: "the key " + k + " is reserved"})
		case !fits(k, v):
			errs = append(errs, api.FieldError{Field: "label", Index: i, Value: k,
				Reason: fmt.Sprintf("%s and its value are longer than containerd's limit of %d bytes", api.ShortID(k), MaxLabel)})
		default:
			m[k] = v
		}
	}
	if len(errs) > 0 {
		return errs
	}
	return nil
}

func internalLabels(m map[string]string, in Input, cfg *container.Config, host *container.HostConfig) {
	m[LabelNamespace], m[LabelName], m[LabelStateDir] = in.Namespace, in.Name, in.StateDir
	m[LabelHostname], m[LabelPlatform] = in.Hostname, in.Platform
	if cfg.Domainname != "" {
		m[LabelDomainname] = cfg.Domainname
	}
	m[LabelAutoRemove] = strconv.FormatBool(host.AutoRemove)
	m[LabelNetworks] = marshal(nonNil(in.Networks))
	m[LabelExtraHosts] = marshal(extraHosts(host.ExtraHosts))
	m[LabelIPC] = marshal(ipcOf(host, filepath.Join(in.StateDir, ShmDir)))
	if host.PidMode.IsContainer() {
		m[LabelPIDContainer] = host.PidMode.Container()
	}
	m[LabelStopSignal] = in.StopSignal
	m[LabelHostConfig] = marshal(hostConfig{BlkioWeight: host.BlkioWeight, CidFile: host.ContainerIDFile, Devices: host.Devices})
	m[LabelDNS] = marshal(dnsSettings{texts(host), host.DNSOptions, host.DNSSearch})
	if in.LogURI != "" {
		m[LabelLogURI] = in.LogURI
		m[LabelLogConfig] = marshal(in.Log)
	}
	if cfg.StopTimeout != nil {
		m[LabelStopTimeout] = strconv.Itoa(*cfg.StopTimeout)
	}
	if cfg.User != "" {
		m[LabelUser] = cfg.User
	}
	if host.Privileged {
		m[LabelPrivileged] = "true"
	}
	if p := exposedPorts(cfg, in.ImagePorts); len(p) > 0 && fits(LabelExposedPorts, marshal(p)) {
		m[LabelExposedPorts] = marshal(p)
	}
	if p := host.RestartPolicy; !p.IsNone() {
		m[LabelRestartPolicy] = restartPolicy(p)
		m[LabelRestartExplicitlyStopped] = "false"
		if in.LogURI != "" {
			m[LabelRestartLogURI] = in.LogURI
		}
	}
	for i, mount := range in.Mounts {
		m[LabelMountPrefix+strconv.Itoa(i)] = marshal(mount)
	}
	if len(in.Anonymous) > 0 {
		m[LabelAnonymousVolumes] = marshal(in.Anonymous)
	}
	healthLabels(m, in.Health)
	m[LabelVersion] = in.Version
	m[LabelRequest] = RequestHash(in.Request)
	m[LabelSummary] = summary(in, cfg, host)
}

// hostConfig and dnsSettings have nerdctl's field names, which are not Docker's.
type hostConfig struct {
	BlkioWeight uint16
	CidFile     string
	Devices     []container.DeviceMapping
}

type dnsSettings struct {
	DNSServers           []string
	DNSResolvConfOptions []string
	DNSSearchDomains     []string
}

func texts(host *container.HostConfig) []string {
	var out []string
	for _, a := range host.DNS {
		out = append(out, a.String())
	}
	return out
}

// extraHosts drops what does not fit into the label: nerdctl's hook insists on valid
// JSON there, and gantry reads the request instead.
func extraHosts(hosts []string) []string {
	if hosts = nonNil(hosts); fits(LabelExtraHosts, marshal(hosts)) {
		return hosts
	}
	return []string{}
}

func exposedPorts(cfg *container.Config, image []string) map[string]struct{} {
	out := map[string]struct{}{}
	for _, p := range image {
		out[p] = struct{}{}
	}
	for p := range cfg.ExposedPorts {
		out[p.String()] = struct{}{}
	}
	return out
}

func restartPolicy(p container.RestartPolicy) string {
	if p.IsOnFailure() && p.MaximumRetryCount > 0 {
		return fmt.Sprintf("%s:%d", p.Name, p.MaximumRetryCount)
	}
	return string(p.Name)
}

// summary gives up the ports, then the end of the command, when it gets too long.
func summary(in Input, cfg *container.Config, host *container.HostConfig) string {
	s := Summary{Command: slices.Clone(in.Args), Tty: cfg.Tty, Stdin: cfg.OpenStdin, Memory: host.Memory, Ports: in.Ports}
	if !fits(LabelSummary, marshal(s)) {
		s.Ports, s.More = nil, len(in.Ports) > 0
	}
	for len(s.Command) > 0 && !fits(LabelSummary, marshal(s)) {
		last := len(s.Command) - 1
		if n := len(s.Command[last]); n > 256 {
			s.Command[last] = strings.ToValidUTF8(s.Command[last][:n/2], "")
		} else {
			s.Command = s.Command[:last]
		}
	}
	return marshal(s)
}

// RequestHash tells two requests apart: the first 32 hex digits of the sha256 of its JSON.
func RequestHash(req api.CreateRequest) string {
	sum := sha256.Sum256([]byte(marshal(req)))
	return hex.EncodeToString(sum[:16])
}

func fits(k, v string) bool { return len(k)+len(v) <= MaxLabel }

func nonNil(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

// marshal is for values that cannot fail to be JSON.
func marshal(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("record: %T is not JSON: %v", v, err))
	}
	return string(b)
}
