package option

import (
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// devices are the rows about device files.
func devices() []row {
	return []row{
		{
			Option: Option{
				Key: KeyDevice, Label: "Devices", Section: SectionSecurity, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "/dev/fuse", Help: "Give it a device of this host, or a directory of them: path[:path inside][:rwm]; or one that its vendor describes: vendor/class=name",
			},
			put: putDevice, take: takeDevices,
		},
		gpus(),
		{
			Option: Option{
				Key: KeyDeviceCgroupRule, Label: "Device rules", Section: SectionSecurity, Kind: KindText, Repeat: true, Form: true,
				Value: "list", Example: "c 10:* rwm", Help: "Allow the use of devices by number: a, b or c, major:minor, and of rwm",
			},
			put: func(b *build, v string) {
				if !deviceRule().MatchString(v) {
					b.refuse("invalid device cgroup format", `write it like "c 10:* rwm"`)
					return
				}
				b.host.DeviceCgroupRules = append(b.host.DeviceCgroupRules, v)
			},
			take: func(r *api.CreateRequest) []string { return r.HostConfig.DeviceCgroupRules },
		},
	}
}

// deviceRule is Docker's form of a rule. It is never changed.
var deviceRule = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[acb] ([0-9]{1,9}|\*):([0-9]{1,9}|\*) [rwm]{1,3}$`) })

// cdiName is a device in the form of the Container Device Interface: vendor/class=name.
var cdiName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[a-zA-Z][\w.-]*/[a-zA-Z][\w.-]*=[\w.:-]+$`) })

// putDevice reads host[:container][:mode].
func putDevice(b *build, v string) {
	const fix = "write it like /dev/fuse, /dev/sda:/dev/xvda or /dev/sda:/dev/xvda:r"
	if cdiName().MatchString(v) {
		b.putCDI(v)
		return
	}
	parts := strings.Split(v, ":")
	d := container.DeviceMapping{PathOnHost: parts[0], PathInContainer: parts[0], CgroupPermissions: "rwm"}
	switch {
	case len(parts) > 3 || parts[0] == "":
		b.refuse("bad format for path", fix)
		return
	case len(parts) == 3:
		d.PathInContainer, d.CgroupPermissions = parts[1], parts[2]
	case len(parts) == 2 && deviceMode(parts[1]):
		d.CgroupPermissions = parts[1]
	case len(parts) == 2:
		d.PathInContainer = parts[1]
	}
	switch {
	case !path.IsAbs(d.PathOnHost):
		b.refuse(d.PathOnHost+" is not an absolute path", fix)
	case !path.IsAbs(d.PathInContainer):
		b.refuse(d.PathInContainer+" is not an absolute path", fix)
	case !deviceMode(d.CgroupPermissions):
		b.refuse("bad mode specified: "+d.CgroupPermissions, "r, w and m, each at most once")
	default:
		d.PathInContainer = path.Clean(d.PathInContainer)
		b.host.Devices = append(b.host.Devices, d)
	}
}

// deviceMode reports whether s is made of r, w and m, each at most once.
func deviceMode(s string) bool {
	for i := range len(s) {
		if !strings.Contains("rwm", s[i:i+1]) || strings.Contains(s[:i], s[i:i+1]) {
			return false
		}
	}
	return s != ""
}

func takeDevices(r *api.CreateRequest) []string {
	var out []string
	for _, d := range r.HostConfig.Devices {
		s := d.PathOnHost
		if d.PathInContainer != d.PathOnHost {
			s += ":" + d.PathInContainer
		}
		if d.CgroupPermissions != "rwm" {
			s += ":" + d.CgroupPermissions
		}
		out = append(out, s)
	}
	return append(out, takeCDI(r)...)
}
