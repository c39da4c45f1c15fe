package option

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/mount"

	"gantry/engine/api"
	"gantry/engine/host"
)

// facts are those of a usual server.
func facts() Facts {
	return Facts{Host: host.Facts{
		OS: "linux", Arch: "amd64", NumCPU: 4, MemoryTotal: 8 << 30, CgroupMode: host.CgroupV2,
		Controllers: map[string]bool{"cpu": true, "memory": true, "pids": true, "cpuset": true, "io": true}, SwapLimit: true, ResourceControl: true,
		Dir: "/home/me/work",
		Env: []string{"HOME=/home/me", "FROM_HOST=1", "EMPTY=", "TWICE=a", "TWICE=b", "LATIN1=\xe9"},
	}}
}

// read is a draft of one option on top of an image.
func read(k Key, v ...string) Parsed {
	var d Draft
	d.Set(KeyImage, "busybox")
	d.Set(k, v...)
	return d.Parse(facts())
}

func ptr[T any](v T) *T { return &v }

func TestGoodValues(t *testing.T) {
	tests := []struct {
		key  Key
		in   []string
		got  func(p Parsed) any
		want any
	}{
		{KeyImage, []string{"nginx:1.27"}, func(p Parsed) any { return p.Request.Config.Image }, "nginx:1.27"},
		{KeyImage, []string{"LOCALHOST:5000/a/b@sha256:" + strings.Repeat("0f", 32)}, func(p Parsed) any { return p.Request.Config.Image }, "LOCALHOST:5000/a/b@sha256:" + strings.Repeat("0f", 32)},
		{KeyHealthCmd, []string{"true || false"}, func(p Parsed) any { return p.Request.Config.Healthcheck.Test }, []string{"CMD-SHELL", "true || false"}},
		{KeyHealthStartPeriod, []string{"1m30s"}, func(p Parsed) any { return p.Request.Config.Healthcheck.StartPeriod }, 90 * time.Second},
		{KeyNoHealthcheck, []string{"true"}, func(p Parsed) any { return p.Request.Config.Healthcheck.Test }, []string{"NONE"}},
		{KeyInit, []string{"true"}, func(p Parsed) any { return *p.Request.HostConfig.Init }, true},
		{KeyLogOpt, []string{"max-size=1.5m", "max-file=3", "labels=a,b"}, func(p Parsed) any { return p.Request.HostConfig.LogConfig.Config }, map[string]string{"max-size": "1.5m", "max-file": "3", "labels": "a,b"}},
		{KeyLogDriver, []string{"none"}, func(p Parsed) any { return p.Request.HostConfig.LogConfig.Type }, "none"},
		{KeyImage, []string{strings.Repeat("0f", 32)}, func(p Parsed) any { return p.Request.Config.Image }, strings.Repeat("0f", 32)},
		{KeyName, []string{"web.1_a-b"}, func(p Parsed) any { return p.Request.Name }, "web.1_a-b"},
		{KeyArgs, []string{"sh", "-c", "exit 7", ""}, func(p Parsed) any { return p.Request.Config.Cmd }, []string{"sh", "-c", "exit 7", ""}},
		{KeyTty, []string{"true"}, func(p Parsed) any { return p.Request.Config.Tty }, true},
		{KeyTty, []string{"0"}, func(p Parsed) any { return p.Request.Config.Tty }, false},
		{KeyRemove, []string{"T"}, func(p Parsed) any { return p.Request.HostConfig.AutoRemove }, true},
		{KeyDetach, []string{"true"}, func(p Parsed) any { return p.Detach }, true},
		{KeyPull, []string{"always"}, func(p Parsed) any { return p.Request.Pull }, "always"},
		{KeyPull, nil, func(p Parsed) any { return p.Request.Pull }, "missing"},
		{KeyPlatform, []string{"linux/amd64"}, func(p Parsed) any { return p.Request.Platform }, "linux/amd64"},
		{KeyPlatform, []string{"x86_64"}, func(p Parsed) any { return p.Request.Platform }, "linux/amd64"},
		{KeyPlatform, []string{"Linux"}, func(p Parsed) any { return p.Request.Platform }, "linux/amd64"},
		{KeyPlatform, []string{"linux/i386"}, func(p Parsed) any { return p.Request.Platform }, "linux/386"},
		{KeyRestart, []string{"on-failure:5"}, func(p Parsed) any { return p.Request.HostConfig.RestartPolicy }, container.RestartPolicy{Name: "on-failure", MaximumRetryCount: 5}},
		{KeyRestart, []string{"always"}, func(p Parsed) any { return p.Request.HostConfig.RestartPolicy }, container.RestartPolicy{Name: "always"}},
		{KeyRestart, []string{""}, func(p Parsed) any { return p.Request.HostConfig.RestartPolicy }, container.RestartPolicy{Name: "no"}},
		{KeyEntrypoint, []string{"/bin/sh"}, func(p Parsed) any { return p.Request.Config.Entrypoint }, []string{"/bin/sh"}},
		{KeyEntrypoint, nil, func(p Parsed) any { return p.Request.Config.Entrypoint }, []string(nil)},
		{KeyEnv, []string{"A=1", "B=", "C=x=y", "A=2"}, func(p Parsed) any { return p.Request.Config.Env }, []string{"A=1", "B=", "C=x=y", "A=2"}},
		{KeyEnv, []string{"FROM_HOST", "EMPTY", "NOT_THERE", "TWICE"}, func(p Parsed) any { return p.Request.Config.Env }, []string{"FROM_HOST=1", "EMPTY=", "TWICE=b"}},
		{KeyEnv, []string{"FROM_HOST", "NOT_THERE"}, func(p Parsed) any { return p.Request.EnvFromHost }, []string{"FROM_HOST", "NOT_THERE"}},
		{KeyWorkdir, []string{"/a b/c"}, func(p Parsed) any { return p.Request.Config.WorkingDir }, "/a b/c"},
		{KeyUser, []string{"nobody:100"}, func(p Parsed) any { return p.Request.Config.User }, "nobody:100"},
		{KeyUser, []string{"2147483647"}, func(p Parsed) any { return p.Request.Config.User }, "2147483647"},
		{KeyHostname, []string{"a.b_c-d"}, func(p Parsed) any { return p.Request.Config.Hostname }, "a.b_c-d"},
		{KeyLabel, []string{"a=1", "b", "a=2", "c=x=y"}, func(p Parsed) any { return p.Request.Config.Labels }, map[string]string{"a": "2", "b": "", "c": "x=y"}},
		{KeyLabel, nil, func(p Parsed) any { return p.Request.Config.Labels }, map[string]string{}},
		{KeyStopSignal, []string{"quit"}, func(p Parsed) any { return p.Request.Config.StopSignal }, "quit"},
		{KeyStopSignal, []string{"SIGRTMIN+3"}, func(p Parsed) any { return p.Request.Config.StopSignal }, "SIGRTMIN+3"},
		{KeyStopTimeout, []string{"-1"}, func(p Parsed) any { return p.Request.Config.StopTimeout }, ptr(-1)},
		{KeyStopTimeout, []string{"0"}, func(p Parsed) any { return p.Request.Config.StopTimeout }, ptr(0)},
		{KeyStopTimeout, nil, func(p Parsed) any { return p.Request.Config.StopTimeout }, (*int)(nil)},
		{KeyNetwork, []string{"host"}, func(p Parsed) any { return string(p.Request.HostConfig.NetworkMode) }, "host"},
		{"net", []string{"host"}, func(p Parsed) any { return string(p.Request.HostConfig.NetworkMode) }, "host"},
		{KeyNetwork, nil, func(p Parsed) any { return string(p.Request.HostConfig.NetworkMode) }, "bridge"},
		{KeyPublish, []string{"80", "8080:80", "127.0.0.1:8081:81/udp", "[::1]::82", "0.0.0.0:83:83/SCTP", "9000-9001:9000-9001", "7000-7009:70"}, func(p Parsed) any {
			return takePublish(&p.Request)
		}, []string{"7000-7009:70", "80", "8080:80", "127.0.0.1:8081:81/udp", "[::1]::82", "83:83/sctp", "9000:9000", "9001:9001"}},
		{KeyPublish, []string{"8080:80/udp"}, func(p Parsed) any { return len(p.Request.Config.ExposedPorts) }, 1},
		{KeyVolume, []string{"data:/data", "./rel/../x:/x/", "~/y:/y:ro,Z", "..:/z:rslave", "a1:/n:nocopy"}, func(p Parsed) any { return p.Request.HostConfig.Binds },
			[]string{"data:/data", "/home/me/work/x:/x", "/home/me/y:/y:ro,Z", "/home/me:/z:rslave", "a1:/n:nocopy"}},
		{KeyVolume, []string{"/cache/", "/log"}, func(p Parsed) any { return p.Request.Config.Volumes }, map[string]struct{}{"/cache": {}, "/log": {}}},
		{KeyMount, []string{"type=bind,src=./s,dst=/d,ro=1,bind-recursive=writable"}, func(p Parsed) any { return p.Request.HostConfig.Mounts },
			[]mount.Mount{{Type: "bind", Source: "/home/me/work/s", Target: "/d", ReadOnly: true, BindOptions: &mount.BindOptions{ReadOnlyNonRecursive: true}}}},
		{KeyMount, []string{`target=/d,source=data,"volume-label=a=b,c",volume-nocopy,volume-subpath=x/./y`}, func(p Parsed) any { return p.Request.HostConfig.Mounts },
			[]mount.Mount{{Type: "volume", Source: "data", Target: "/d", VolumeOptions: &mount.VolumeOptions{NoCopy: true, Labels: map[string]string{"a": "b,c"}, Subpath: "x/y"}}}},
		{KeyMount, []string{"type=tmpfs,destination=/d,tmpfs-size=64m,tmpfs-mode=1770"}, func(p Parsed) any { return p.Request.HostConfig.Mounts },
			[]mount.Mount{{Type: "tmpfs", Target: "/d", TmpfsOptions: &mount.TmpfsOptions{SizeBytes: 64 << 20, Mode: 0o1770}}}},
		{KeyTmpfs, []string{"/tmp", "/run:size=64m,exec,mode=1777"}, func(p Parsed) any { return p.Request.HostConfig.Tmpfs }, map[string]string{"/tmp": "", "/run": "size=64m,exec,mode=1777"}},
		{KeyVolumesFrom, []string{"web", "db:ro"}, func(p Parsed) any { return p.Request.HostConfig.VolumesFrom }, []string{"web", "db:ro"}},
		{KeyExpose, []string{"80", "53/udp", "8000-8002"}, func(p Parsed) any { return takeExpose(&p.Request) }, []string{"53/udp", "80", "8000", "8001", "8002"}},
		{KeyNetworkAlias, []string{"db", "sql"}, func(p Parsed) any { return p.Request.NetworkingConfig.EndpointsConfig["bridge"].Aliases }, []string{"db", "sql"}},
		{KeyIP, []string{"10.4.0.9"}, func(p Parsed) any {
			return p.Request.NetworkingConfig.EndpointsConfig["bridge"].IPAMConfig.IPv4Address.String()
		}, "10.4.0.9"},
		{KeyMacAddress, []string{"02:42:0a:04:00:28"}, func(p Parsed) any { return p.Request.NetworkingConfig.EndpointsConfig["bridge"].MacAddress.String() }, "02:42:0a:04:00:28"},
		{KeyNetwork, []string{"default"}, func(p Parsed) any { return string(p.Request.HostConfig.NetworkMode) }, "bridge"},
		{KeyNetwork, []string{"back-end.2"}, func(p Parsed) any { return string(p.Request.HostConfig.NetworkMode) }, "back-end.2"},
		{KeyMemory, []string{"6m"}, func(p Parsed) any { return p.Request.HostConfig.Memory }, int64(6 << 20)},
		{KeyMemory, []string{"1.5GiB"}, func(p Parsed) any { return p.Request.HostConfig.Memory }, int64(3 << 29)},
		{KeyMemory, []string{"0"}, func(p Parsed) any { return p.Request.HostConfig.Memory }, int64(0)},
		{KeyCPUs, []string{"0.01"}, func(p Parsed) any { return p.Request.HostConfig.NanoCPUs }, int64(1e7)},
		{KeyCPUs, []string{"4"}, func(p Parsed) any { return p.Request.HostConfig.NanoCPUs }, int64(4e9)},
		{KeyCPUs, []string{".5"}, func(p Parsed) any { return p.Request.HostConfig.NanoCPUs }, int64(5e8)},
		{KeyPidsLimit, []string{"-1"}, func(p Parsed) any { return p.Request.HostConfig.PidsLimit }, ptr(int64(-1))},
		{KeyPidsLimit, nil, func(p Parsed) any { return p.Request.HostConfig.PidsLimit }, (*int64)(nil)},
		{KeyReadOnly, []string{"true"}, func(p Parsed) any { return p.Request.HostConfig.ReadonlyRootfs }, true},
		{KeyPrivileged, []string{"true"}, func(p Parsed) any { return p.Request.HostConfig.Privileged }, true},
		{KeyCapAdd, []string{"net_admin", "CAP_BPF", "all"}, func(p Parsed) any { return p.Request.HostConfig.CapAdd }, []string{"CAP_NET_ADMIN", "CAP_BPF", "ALL"}},
		{KeyCapDrop, []string{"ALL"}, func(p Parsed) any { return p.Request.HostConfig.CapDrop }, []string{"ALL"}},
	}
	for _, tt := range tests {
		p := read(tt.key, tt.in...)
		if len(p.Problems) > 0 || len(p.Warnings) > 0 {
			t.Errorf("%s %q: problems %v, warnings %v", tt.key, tt.in, p.Problems, p.Warnings)
		}
		if got := tt.got(p); !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s %q: got %#v, want %#v", tt.key, tt.in, got, tt.want)
		}
		for i, v := range tt.in {
			if err := Check(facts(), tt.key, i, v); err != nil {
				t.Errorf("%s %q: Check says %v", tt.key, v, err)
			}
		}
	}
}

func TestBadValues(t *testing.T) {
	long := strings.Repeat("x", 300)
	tests := []struct {
		key   Key
		value string
		want  string // the whole sentence
	}{
		{KeyImage, "Nginx", "image: repository names are lower case (write nginx)"},
		{KeyImage, "a/B:Tag", "image: repository names are lower case (write a/b:Tag)"},
		{KeyImage, "https://docker.io/nginx", "image: an image has no https:// (write docker.io/nginx)"},
		{KeyImage, "nginx 1.27", "image: an image has no spaces"},
		{KeyImage, "nginx:", "image: the tag is missing after the colon (write nginx:latest)"},
		{KeyImage, ":1.27", "image: the name is missing before :1.27"},
		{KeyImage, "nginx:-x", "image: the tag -x is not a valid one (letters, digits, _ . and -, at most 128, not beginning with . or -)"},
		{KeyImage, "nginx@sha256:12", "image: the digest is not a valid one (it is sha256: and 64 hexadecimal digits)"},
		{KeyImage, "-x", "image: not a valid image name (write it like nginx:1.27 or ghcr.io/owner/name:tag)"},
		{KeyImage, "a//b", "image: not a valid image name (write it like nginx:1.27 or ghcr.io/owner/name:tag)"},
		{KeyName, "a", "--name: needs at least two characters"},
		{KeyName, "-web", "--name: must begin with a letter or a digit (only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed)"},
		{KeyName, "my web", "--name: only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"},
		{KeyName, "../../etc", "--name: must begin with a letter or a digit (only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed)"},
		{KeyName, "web\n", "--name: only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"},
		{KeyName, long, "--name: is longer than 255 bytes"},
		{KeyArgs, "a\x00b", "args: contains a NUL byte (leave it out)"},
		{KeyTty, "maybe", "--tty: is on or off (write true or false)"},
		{KeyDetach, "yes", "--detach: is on or off (write true or false)"},
		{KeyRemove, "2", "--rm: is on or off (write true or false)"},
		{KeyPull, "newer", `--pull: must be one of "always", "missing" or "never"`},
		{KeyPlatform, "linux/vax", `--platform: unknown architecture "vax" (write os/arch[/variant], such as linux/arm64)`},
		{KeyPlatform, "beos/amd64", `--platform: unknown operating system "beos" (write os/arch[/variant], such as linux/arm64)`},
		{KeyPlatform, "windows/amd64", "--platform: containers for windows do not run on this host (write os/arch[/variant], such as linux/arm64)"},
		{KeyPlatform, "a/b/c/d", "--platform: has more than three parts (write os/arch[/variant], such as linux/arm64)"},
		{KeyPlatform, "linux/amd64/", "--platform: the variant is not a valid one (write os/arch[/variant], such as linux/arm64)"},
		{KeyRestart, "sometimes", "--restart: is not a restart policy (write no, always, unless-stopped, on-failure or on-failure:5)"},
		{KeyRestart, "always:3", "--restart: has a number of times, which only on-failure can have (write no, always, unless-stopped, on-failure or on-failure:5)"},
		{KeyRestart, "on-failure:x", "--restart: has no number of times (write no, always, unless-stopped, on-failure or on-failure:5)"},
		{KeyRestart, "on-failure:-1", "--restart: has no number of times (write no, always, unless-stopped, on-failure or on-failure:5)"},
		{KeyEnv, "=x", "--env: invalid environment variable: =x (write NAME=value)"},
		{KeyEnv, "", "--env: invalid environment variable:  (write NAME=value)"},
		{KeyWorkdir, "app", "--workdir: the working directory 'app' is invalid, it needs to be an absolute path (begin it with /)"},
		{KeyUser, ":100", "--user: the user is missing before the colon (write user:group)"},
		{KeyUser, "a:", "--user: the group is missing after the colon (write user:group)"},
		{KeyUser, "a:b:c", "--user: has more than one colon (write user:group)"},
		{KeyUser, "-1", "--user: uids and gids must be in range 0-2147483647"},
		{KeyUser, "0:2147483648", "--user: uids and gids must be in range 0-2147483647"},
		{KeyHostname, strings.Repeat("a", 65), "--hostname: is longer than 64 bytes"},
		{KeyHostname, "a b", "--hostname: only letters, digits, - and . are allowed"},
		{KeyHostname, "-a", "--hostname: must begin and end with a letter or a digit"},
		{KeyLabel, "=x", "--label: invalid label '=x': empty name (write key=value)"},
		{KeyLabel, "k=" + strings.Repeat("v", 4096), "--label: key and value have 4097 bytes, 4096 is the limit"},
		{KeyLabel, "nerdctl/name=x", "--label: labels that begin with nerdctl/ are reserved (choose another key)"},
		{KeyLabel, "containerd.io/restart.status=running", "--label: labels that begin with containerd.io/ are reserved (choose another key)"},
		{KeyLabel, "io.cri-containerd.kind=sandbox", "--label: labels that begin with io.cri-containerd are reserved (choose another key)"},
		{KeyLabel, "io.containerd.image.config.stop-signal=SIGKILL", "--label: labels that begin with io.containerd. are reserved (choose another key)"},
		{KeyLabel, "com.docker/engine.bundle.path=/x", "--label: labels that begin with com.docker/engine are reserved (choose another key)"},
		{KeyLabel, "a=\xff", "--label: is not valid UTF-8"},
		{KeyArgs, "\xff", "args: is not valid UTF-8"},
		{KeyEnv, "LATIN1", "--env: the value of LATIN1 on this host is not valid UTF-8 (write LATIN1=value)"},
		{KeyLabel, "gantry/x", "--label: labels that begin with gantry/ are reserved (choose another key)"},
		{KeyStopSignal, "SIGNOPE", "--stop-signal: invalid signal: SIGNOPE (write a name such as SIGTERM or a number from 1 to 64)"},
		{KeyStopSignal, "65", "--stop-signal: invalid signal: 65 (write a name such as SIGTERM or a number from 1 to 64)"},
		{KeyStopTimeout, "10s", "--stop-timeout: is not a whole number (write seconds, such as 30)"},
		{KeyStopTimeout, "2147483648", "--stop-timeout: is more than 68 years (write -1 to wait for ever)"},
		{KeyStopTimeout, "-2", "--stop-timeout: cannot be negative (write -1 to wait for ever)"},
		{KeyNetwork, "container:", "--network: is not the name of a container (write container:NAME, or container:ID)"},
		{KeyNetwork, "alias=db", "--network: names no network (begin with name=NETWORK)"},
		{KeyNetwork, "name=a,alias", `--network: has "alias", which is no field with a value (write it like name=backend,alias=db)`},
		{KeyNetwork, "name=a,ip=fd00::1", "--network: has ip=fd00::1, which is no such address"},
		{KeyNetwork, "name=host,alias=db", "--network: asks for more than --network host can have (write the name only)"},
		{KeyNetwork, "name=a,link-local-ip=10.0.0.1", "--network: has link-local-ip=10.0.0.1, which is no such address"},
		{KeyNetwork, "name=a,gw-priority=high", "--network: has gw-priority=high, which is not a whole number"},
		{KeyNetwork, "name=a,scope=swarm", `--network: has the field "scope", which does not exist (there are name, alias, ip, ip6, link-local-ip, mac-address, gw-priority and driver-opt)`},
		{KeyNetwork, "name=a,driver-opt=x=1", `--network: has the driver option "x", which is not carried out here (leave it out; there are com.docker.network.endpoint.ifname and com.docker.network.endpoint.sysctls)`},
		{KeyNetwork, "name=a,driver-opt=com.docker.network.endpoint.ifname=a/b", `--network: has the interface "a/b", which cannot be called so (letters, digits, _ . and -, at most 15)`},
		{KeyNetwork, "name=a,driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.ip_forward=1", `--network: has the setting "net.ipv4.ip_forward=1", which is none of an interface (write it like net.ipv4.conf.IFNAME.log_martians=1)`},
		{KeyLink, ":db", "--link: names no container (write it like postgres:db)"},
		{KeyLink, "a:b c", "--link: has an alias that is not a host's name (letters, digits, _ . and -, the first one a letter or digit)"},
		{KeyLinkLocalIP, "10.4.0.1", "--link-local-ip: is not a link-local address (write it like 169.254.10.1)"},
		{KeyDNS, "dns.example.org", "--dns: is not an IP address (write it like 10.0.0.53)"},
		{KeyDNSSearch, "a b", "--dns-search: is not the name of a domain (write it like example.org, or . for none)"},
		{KeyDNSOption, "ndots 2", "--dns-option: is not one option of the resolver (write it like ndots:2)"},
		{KeyAddHost, "db", "--add-host: has no name with an address (write it like db.local:10.0.0.7)"},
		{KeyAddHost, "db:gateway", "--add-host: has no IP address behind the name (write it like db.local:10.0.0.7, or db.local:host-gateway for this host)"},
		{KeyAddHost, "a b:10.0.0.1", "--add-host: has a name with blanks in it (write it like db.local:10.0.0.7)"},
		{KeyDomainname, "a b", "--domainname: is not the name of a domain (write it like example.org)"},
		{KeyNetwork, "-web", "--network: is not the name of a network (letters, digits, _ . and -, the first one a letter or digit)"},
		{KeyNetwork, "a/b", "--network: is not the name of a network (letters, digits, _ . and -, the first one a letter or digit)"},
		{KeyMemory, "5m", "--memory: minimum memory limit allowed is 6MB (write 6m or more)"},
		{KeyMemory, "6291455", "--memory: minimum memory limit allowed is 6MB (write 6m or more)"},
		{KeyMemory, "lots", "--memory: is not a size (write a number and a unit, such as 512m or 2g)"},
		{KeyMemory, "-1", "--memory: is not a size (write a number and a unit, such as 512m or 2g)"},
		{KeyMemory, "99999999999t", "--memory: is more than any host has"},
		{KeyCPUs, "4.01", "--cpus: range of CPUs is from 0.01 to 4.00, as there are only 4 CPUs available"},
		{KeyCPUs, "0.009", "--cpus: range of CPUs is from 0.01 to 4.00, as there are only 4 CPUs available"},
		{KeyCPUs, "-1", "--cpus: is not a number of CPUs (write a number such as 1.5)"},
		{KeyVolume, "data", "--volume: has a target that is not an absolute path (write it like data:/target, /path:/target or /path:/target:ro)"},
		{KeyVolume, "/x:/", "--volume: has the target /, which is the container's own (write it like data:/target, /path:/target or /path:/target:ro)"},
		{KeyVolume, "a/b:/x", "--volume: has a source that is neither a volume's name nor an absolute path (letters, digits, _ . and -, two or more; a directory of this host begins with / or ./)"},
		{KeyVolume, "/x:ro", "--volume: has a target that is not an absolute path (write it like data:/target, /path:/target or /path:/target:ro)"},
		{KeyVolume, ":/x", "--volume: has nothing before the : (write it like data:/target, /path:/target or /path:/target:ro)"},
		{KeyVolume, "/a:/b:ro,rw", "--volume: has two options of one kind: ro,rw (the options are ro, rw, nocopy, z, Z, and private, shared or slave, with an r before each)"},
		{KeyVolume, "/a:/b:nocopy", "--volume: has nocopy, which only volumes have (the options are ro, rw, nocopy, z, Z, and private, shared or slave, with an r before each)"},
		{KeyVolume, "/a:/b:ro:z", "--volume: has the wrong number of parts (write it like data:/target, /path:/target or /path:/target:ro)"},
		{KeyVolume, "~you/a:/b", "--volume: has a source that is neither a volume's name nor an absolute path (letters, digits, _ . and -, two or more; a directory of this host begins with / or ./)"},
		{KeyMount, "type=bind,target=/x", "--mount: needs the absolute path of a directory or file of this host as its source (write source=/path)"},
		{KeyMount, "type=volume,source=/x,target=/x", "--mount: has a path as its source (write type=bind for a directory of this host)"},
		{KeyMount, "type=volume,source=xy,target=/x,bind-propagation=shared", "--mount: mixes bind-propagation with type=volume (leave it out, or write type=bind)"},
		{KeyMount, "source=xy", "--mount: has no target (write it like type=volume,source=data,target=/data)"},
		{KeyMount, "source=xy,target=/x,volume-subpath=../y", "--mount: has a volume-subpath that leads out of the volume (write a path below the volume's root, like sub/dir)"},
		{KeyMount, "type=npipe,source=x,target=/x", "--mount: named pipes exist on Windows only (the types are volume, bind and tmpfs)"},
		{KeyMount, "type=tmpfs,target=/x,tmpfs-mode=999", "--mount: has tmpfs-mode=999 (write it in octal digits, like 1777)"},
		{KeyTmpfs, "/x:bind", "--tmpfs: has the option bind, which a tmpfs has not (for example size=64m, mode=1777, exec)"},
		{KeyVolumesFrom, "web:z", "--volumes-from: has the option z, which there is not (the options are ro and rw)"},
		{KeyVolumeDriver, "nfs", "--volume-driver: is not a driver that containerd has (local is the only one)"},
		{KeyPublish, "web", "--publish: names no port of the container (write it like 8080:80, 127.0.0.1:8080:80 or 8080:80/udp)"},
		{KeyPublish, "0:80", "--publish: \"0\" is not a port of this host (write it like 8080:80, 127.0.0.1:8080:80 or 8080:80/udp)"},
		{KeyPublish, "localhost:8080:80", "--publish: \"localhost\" is not an address of this host (write it like 8080:80, 127.0.0.1:8080:80 or 8080:80/udp)"},
		{KeyPublish, "80:80/icmp", "--publish: has the protocol icmp (the protocols are tcp, udp and sctp)"},
		{KeyPublish, "80-82:80-81", "--publish: has 3 ports of this host for 2 of the container (give ranges of one length)"},
		{KeyPublish, "70000:80", "--publish: \"70000\" is not a port of this host (write it like 8080:80, 127.0.0.1:8080:80 or 8080:80/udp)"},
		{KeyExpose, "http", "--expose: is not a port (write it like 80, 8000-8010 or 53/udp)"},
		{KeyIP, "fd00::1", "--ip: is not an IPv4 address (write it like 10.4.0.40)"},
		{KeyIP6, "10.4.0.1", "--ip6: is not an IPv6 address (write it like fd00:4::40)"},
		{KeyMacAddress, "01:02:03:04:05:06", "--mac-address: is not the address of an interface (write six pairs of hex digits, the first one even: 02:42:0a:04:00:28)"},
		{KeyNetworkAlias, "a b", "--network-alias: is not a host's name (letters, digits, _ . and -, the first one a letter or digit)"},
		{KeyCPUs, "1e9", "--cpus: is not a number of CPUs (write a number such as 1.5)"},
		{KeyCPUs, ".", "--cpus: is not a number of CPUs (write a number such as 1.5)"},
		{KeyCPUs, "1.0000000001", "--cpus: is not a number of CPUs (write a number such as 1.5)"},
		{KeyCPUs, "99999999999999999999", "--cpus: is not a number of CPUs (write a number such as 1.5)"},
		{KeyPidsLimit, "many", "--pids-limit: is not a whole number (write a number such as 200)"},
		{KeyPidsLimit, "-5", "--pids-limit: cannot be negative (write -1 for no limit)"},
		{KeyReadOnly, "ro", "--read-only: is on or off (write true or false)"},
		{KeyPrivileged, "ja", "--privileged: is on or off (write true or false)"},
		{KeyCapAdd, "NET_ADMN", `--cap-add: unknown capability "NET_ADMN" (did you mean NET_ADMIN?)`},
		{KeyCapDrop, "", `--cap-drop: unknown capability "" (write a name such as NET_ADMIN, or ALL)`},
		{KeyCapDrop, "everything", `--cap-drop: unknown capability "everything" (write a name such as NET_ADMIN, or ALL)`},
		{KeyHealthInterval, "10", "--health-interval: is not a time (write a number and a unit, such as 30s, 1m30s or 500ms)"},
		{KeyHealthInterval, "1us", "--health-interval: cannot be less than 1ms"},
		{KeyHealthTimeout, "-1s", "--health-timeout: cannot be negative"},
		{KeyHealthRetries, "-1", "--health-retries: cannot be negative"},
		{KeyLogDriver, "jsonfile", `--log-driver: unknown logging driver "jsonfile" (write json-file, journald or none)`},
		{KeyLogDriver, "journald", "--log-driver: this host has no journal of systemd's (write json-file or none)"},
		{KeyLogDriver, "fluentd", "--log-driver: is not carried out: gantry's logger sends nothing over a network (write journald and have the journal forward it, or json-file and have a collector read that)"},
		{KeyLogDriver, "local", "--log-driver: keeps logs in a format that only Docker reads (json-file with --log-opt max-size=20m --log-opt max-file=5 keeps as much)"},
		{KeyLogOpt, "max-size", `--log-opt: invalid logging opts format: "max-size" (write name=value, such as max-size=10m)`},
		{"nonsense", "x", "--nonsense: gantry does not know this option"},
	}
	for _, tt := range tests {
		err := Check(facts(), tt.key, 0, tt.value)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s %.40q: Check says\n  %v\nwant\n  %s", tt.key, tt.value, err, tt.want)
			continue
		}
		p := read(tt.key, tt.value)
		want := api.FieldErrors{*err}
		if diff := cmp.Diff(want, p.Problems, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s %.40q: Parse does not agree with Check (-check +parse):\n%s", tt.key, tt.value, diff)
		}
	}
}

func TestCheckSaysWhichValue(t *testing.T) {
	want := &api.FieldError{Field: "env", Index: 3, Value: "=x", Reason: "invalid environment variable: =x", Fix: "write NAME=value"}
	if diff := cmp.Diff(want, Check(facts(), KeyEnv, 3, "=x")); diff != "" {
		t.Error(diff)
	}
	if err := Check(facts(), KeyImage, 0, ""); err == nil || err.Error() != "image: an image is needed (for example nginx:1.27)" {
		t.Errorf("no image: %v", err)
	}
	if err := Check(facts(), KeyMemory, 0, ""); err != nil {
		t.Errorf("an empty box is no limit: %v", err)
	}
}
