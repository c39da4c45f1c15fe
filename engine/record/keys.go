package record

import "strings"

// Labels that nerdctl reads and writes.
const (
	LabelName             = "nerdctl/name"
	LabelNamespace        = "nerdctl/namespace"
	LabelHostname         = "nerdctl/hostname"
	LabelDomainname       = "nerdctl/domainname"
	LabelExtraHosts       = "nerdctl/extraHosts" // JSON list of "host:ip"
	LabelStateDir         = "nerdctl/state-dir"
	LabelNetworks         = "nerdctl/networks" // JSON list of names
	LabelPorts            = "nerdctl/ports"    // JSON, of old containers only
	LabelLogURI           = "nerdctl/log-uri"
	LabelLogConfig        = "nerdctl/log-config" // JSON LogConfig
	LabelAnonymousVolumes = "nerdctl/anonymous-volumes"
	LabelPlatform         = "nerdctl/platform"
	LabelMountPrefix      = "nerdctl/mounts." // followed by a number; JSON of one mount
	LabelStopTimeout      = "nerdctl/stop-timeout"
	LabelIPC              = "nerdctl/ipc"           // JSON IPC
	LabelPIDContainer     = "nerdctl/pid-container" // ID of the container whose PIDs it has
	LabelError            = "nerdctl/error"
	LabelAutoRemove       = "nerdctl/auto-remove" // "true" or "false"
	LabelHostConfig       = "nerdctl/host-config"
	LabelDNS              = "nerdctl/dns"
	LabelUser             = "nerdctl/user"
	LabelPrivileged       = "nerdctl/privileged" // "true" or absent
	LabelIP               = "nerdctl/ip"         // that was asked for, as the next two
	LabelIP6              = "nerdctl/ip6"
	LabelMAC              = "nerdctl/mac-address"
	LabelExposedPorts     = "nerdctl/exposed-ports"
	LabelHealthCheck      = "nerdctl/healthcheck" // JSON container.HealthConfig
	LabelHealthState      = "nerdctl/healthstate" // JSON HealthState
)

// Labels that containerd and its restart monitor read.
const (
	LabelStopSignal               = "io.containerd.image.config.stop-signal"
	LabelRestartStatus            = "containerd.io/restart.status" // the monitor looks only at containers that have it
	LabelRestartPolicy            = "containerd.io/restart.policy"
	LabelRestartLogURI            = "containerd.io/restart.loguri"
	LabelRestartCount             = "containerd.io/restart.count"
	LabelRestartExplicitlyStopped = "containerd.io/restart.explicitly-stopped"
)

// Labels of gantry's own.
const (
	LabelVersion = "gantry/version" // of the gantry that made the container
	LabelRequest = "gantry/request" // RequestHash of what it was made with
	LabelSummary = "gantry/summary" // JSON Summary: what a list shows and no other label holds
)

// MaxLabel is how many bytes containerd takes for a label's key and value together.
const MaxLabel = 4096

const (
	nerdctlPrefix = "nerdctl/"
	gantryPrefix  = "gantry/"
	criKind       = "io.cri-containerd.kind"
	dockerBundle  = "com.docker/engine.bundle.path"
)

// Reserved reports whether a label key belongs to containerd, nerdctl, Docker's engine,
// Kubernetes' runtime interface or gantry: such a label steers restarts, clean-up and
// ownership, so neither an image nor a user may set it.
func Reserved(key string) bool {
	for _, p := range []string{nerdctlPrefix, gantryPrefix, "containerd.io/", "io.containerd.", "io.cri-containerd", "com.docker/engine"} {
		if strings.HasPrefix(key, p) {
			return true
		}
	}
	return false
}
