package option

// Key names an option: its long flag without dashes, or "image" and "args" for what
// stands after the flags. It is the Field of an api.FieldError.
type Key string

// The options that gantry carries out.
const (
	KeyImage        Key = "image"
	KeyName         Key = "name"
	KeyArgs         Key = "args"
	KeyTty          Key = "tty"
	KeyRemove       Key = "rm"
	KeyDetach       Key = "detach"
	KeyRestart      Key = "restart"
	KeyPull         Key = "pull"
	KeyPlatform     Key = "platform"
	KeyEntrypoint   Key = "entrypoint"
	KeyEnv          Key = "env"
	KeyEnvFile      Key = "env-file"
	KeyWorkdir      Key = "workdir"
	KeyUser         Key = "user"
	KeyHostname     Key = "hostname"
	KeyLabel        Key = "label"
	KeyInteractive  Key = "interactive"
	KeyStopSignal   Key = "stop-signal"
	KeyStopTimeout  Key = "stop-timeout"
	KeyNetwork      Key = "network"
	KeyPublish      Key = "publish"
	KeyPublishAll   Key = "publish-all"
	KeyExpose       Key = "expose"
	KeyNetworkAlias Key = "network-alias"
	KeyIP           Key = "ip"
	KeyIP6          Key = "ip6"
	KeyMacAddress   Key = "mac-address"
	KeyLink         Key = "link"
	KeyLinkLocalIP  Key = "link-local-ip"
	KeyDNS          Key = "dns"
	KeyDNSSearch    Key = "dns-search"
	KeyDNSOption    Key = "dns-option"
	KeyAddHost      Key = "add-host"
	KeyDomainname   Key = "domainname"
	KeyVolume       Key = "volume"
	KeyMount        Key = "mount"
	KeyTmpfs        Key = "tmpfs"
	KeyVolumesFrom  Key = "volumes-from"
	KeyVolumeDriver Key = "volume-driver"
	KeyMemory       Key = "memory"
	KeyCPUs         Key = "cpus"
	KeyPidsLimit    Key = "pids-limit"

	KeyMemorySwap        Key = "memory-swap"
	KeyMemoryReservation Key = "memory-reservation"
	KeyMemorySwappiness  Key = "memory-swappiness"
	KeyOOMKillDisable    Key = "oom-kill-disable"
	KeyOOMScoreAdj       Key = "oom-score-adj"
	KeyShmSize           Key = "shm-size"
	KeyUlimit            Key = "ulimit"
	KeyCPUShares         Key = "cpu-shares"
	KeyCPUPeriod         Key = "cpu-period"
	KeyCPUQuota          Key = "cpu-quota"
	KeyCPURealtimePeriod Key = "cpu-rt-period"
	KeyCPURealtime       Key = "cpu-rt-runtime"
	KeyCpusetCPUs        Key = "cpuset-cpus"
	KeyCpusetMems        Key = "cpuset-mems"
	KeyBlkioWeight       Key = "blkio-weight"
	KeyBlkioWeightDevice Key = "blkio-weight-device"
	KeyDeviceReadBps     Key = "device-read-bps"
	KeyDeviceWriteBps    Key = "device-write-bps"
	KeyDeviceReadIOps    Key = "device-read-iops"
	KeyDeviceWriteIOps   Key = "device-write-iops"
	KeyCgroupParent      Key = "cgroup-parent"
	KeyCgroupConf        Key = "cgroup-conf"
	KeyRdtClass          Key = "rdt-class"
	KeySecurityOpt       Key = "security-opt"
	KeyDevice            Key = "device"
	KeyGPUs              Key = "gpus"
	KeyDeviceCgroupRule  Key = "device-cgroup-rule"
	KeySysctl            Key = "sysctl"
	KeyGroupAdd          Key = "group-add"
	KeyUmask             Key = "umask"
	KeyAnnotation        Key = "annotation"
	KeyRuntime           Key = "runtime"
	KeyIsolation         Key = "isolation"
	KeyUserns            Key = "userns"
	KeyPID               Key = "pid"
	KeyIPC               Key = "ipc"
	KeyUTS               Key = "uts"
	KeyCgroupns          Key = "cgroupns"
	KeyReadOnly          Key = "read-only"
	KeyPrivileged        Key = "privileged"
	KeyCapAdd            Key = "cap-add"
	KeyCapDrop           Key = "cap-drop"
)

// Section is a page of the form; its text is the page's title.
type Section string

// The sections, in the order of the form.
const (
	SectionBasics    Section = "Basics"
	SectionProcess   Section = "Process"
	SectionNetwork   Section = "Network"
	SectionStorage   Section = "Storage"
	SectionResources Section = "Resources"
	SectionSecurity  Section = "Security"
	SectionAdvanced  Section = "Advanced"
)

// Kind says what a value is, and so how a form edits it.
type Kind string

// The kinds of values.
const (
	KindText     Kind = "text"
	KindBool     Kind = "bool"     // "true" or "false", and whatever strconv.ParseBool takes
	KindChoice   Kind = "choice"   // one of Choices
	KindNumber   Kind = "number"   // a whole number
	KindBytes    Kind = "bytes"    // a size: 512m, 2g; units of 1024
	KindDecimal  Kind = "decimal"  // 1.5
	KindKeyValue Kind = "keyvalue" // NAME=value
	KindPath     Kind = "path"     // an absolute path inside the container
	KindWords    Kind = "words"    // words of a command, one a value; a form edits them as one shell line
)
