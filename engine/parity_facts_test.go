package engine_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// facts are what a process finds in its container, by name. What depends on the host, on the
// moment or on who made the container is named for what it is: "host's", "<id>", "<address>".
type facts map[string]string

// around is what facts are told apart by.
type around struct {
	host   map[string]string // the host's namespaces, as links
	other  map[string]string // those of the container that others join; nil when there is none
	limits map[string]string // the limits of who starts containers
	dir    string            // a folder of the host that is mounted
}

// aroundOf reads it from the container that others join: its shim is of the host.
func aroundOf(t *testing.T, pid int, dir string) around {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(status), "\nPPid:")
	line, _, _ := strings.Cut(after, "\n")
	parent, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatal(err)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", parent))
	if err != nil {
		t.Fatal(err)
	}
	return around{host: spaceLinks(t, parent), other: spaceLinks(t, pid), limits: limitsIn(string(limits)), dir: dir}
}

func spaceLinks(t *testing.T, pid int) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, n := range strings.Fields("cgroup ipc mnt net pid user uts") {
		out[n] = link(t, fmt.Sprintf("/proc/%d/ns/%s", pid, n))
	}
	return out
}

// factsOf reads what the probe has printed.
func factsOf(out string, a around) facts {
	f := facts{}
	out = strings.ReplaceAll(out, "\r\n", "\n")
	parts := map[string][]string{}
	for part := range strings.SplitSeq("\n"+out, "\n=== ") {
		name, body, _ := strings.Cut(part, "\n")
		if body = strings.TrimSuffix(body, "\n"); body != "" {
			parts[name] = strings.Split(body, "\n")
		}
	}
	if !strings.Contains(out, "\n=== end") {
		return facts{"probe": out}
	}
	f["argv"] = fmt.Sprintf("%q", parts["argv"])
	f["cwd"] = strings.Join(parts["cwd"], "")
	f["oom_score_adj"] = strings.Join(parts["oom_score_adj"], "")
	for i, fd := range parts["fd"] {
		f[fmt.Sprintf("fd %d", i)] = regexp.MustCompile(`:\[\d+\]|/\d+$`).ReplaceAllString(fd, "")
	}
	for _, e := range parts["env"] {
		k, v, _ := strings.Cut(e, "=")
		f["env "+k] = v
	}
	for _, l := range parts["paths"] {
		f["path "+l] = "open"
	}
	for _, l := range parts["values"] {
		k, v, _ := strings.Cut(l, ":")
		f["value "+strings.TrimPrefix(k, "/sys/fs/cgroup/")] = strings.ReplaceAll(v, "\t", " ")
	}
	for _, l := range parts["can"] {
		k, v, _ := strings.Cut(l, " ")
		f["can "+k] = v
	}
	f.status(parts["status"])
	f.limits(parts["limits"], a.limits)
	f.spaces(parts["ns"], a)
	if init := parts["init"]; len(init) > 0 && f["namespace pid"] != "host's" {
		f["argv of process 1"] = fmt.Sprintf("%q", init)
	}
	f.mounts(parts["mountinfo"])
	f.devices(parts["dev"])
	f.files(parts)
	f.shared()
	f.anonymise(a)
	return f
}

func (f facts) status(lines []string) {
	names := map[string]string{"CapInh": "capabilities inheritable", "CapPrm": "capabilities permitted", "CapEff": "capabilities effective",
		"CapBnd": "capabilities bounding", "CapAmb": "capabilities ambient", "NoNewPrivs": "no_new_privs", "Seccomp": "seccomp mode",
		"Seccomp_filters": "seccomp filters", "Uid": "uid", "Gid": "gid", "Groups": "groups", "Umask": "umask"}
	for _, l := range lines {
		k, v, _ := strings.Cut(l, ":")
		if names[k] == "" {
			continue
		}
		v = strings.Join(strings.Fields(v), " ")
		if strings.HasPrefix(k, "Cap") {
			v = capsIn(v)
		}
		f[names[k]] = v
	}
}

// capsIn names the capabilities of a set by their numbers, and all that the host has by that.
func capsIn(hex string) string {
	set, _ := strconv.ParseUint(hex, 16, 64)
	var all uint64
	status, _ := os.ReadFile("/proc/self/status")
	if _, after, ok := strings.Cut(string(status), "\nCapBnd:\t"); ok {
		all, _ = strconv.ParseUint(after[:16], 16, 64)
	}
	numbers := func(set uint64) string {
		var out []string
		for i := range 64 {
			if set&(1<<i) != 0 {
				out = append(out, strconv.Itoa(i))
			}
		}
		return strings.Join(out, " ")
	}
	switch missing := all &^ set; {
	case set == 0:
		return "none"
	case missing == 0:
		return "host's"
	case len(numbers(missing)) < len(numbers(set)):
		return "host's but " + numbers(missing)
	}
	return numbers(set)
}

var limitLine = regexp.MustCompile(`^Max (.*?) {2,}(\S+) +(\S+)`)

func limitsIn(text string) map[string]string {
	out := map[string]string{}
	for l := range strings.Lines(text) {
		if m := limitLine.FindStringSubmatch(l); m != nil {
			out[m[1]] = m[2] + ":" + m[3]
		}
	}
	return out
}

func (f facts) limits(lines []string, inherited map[string]string) {
	for name, v := range limitsIn(strings.Join(lines, "\n")) {
		if v == inherited[name] {
			v = "inherited"
		}
		f["limit "+name] = v
	}
}

func (f facts) spaces(lines []string, a around) {
	for _, l := range lines {
		left, to, ok := strings.Cut(l, " -> ")
		name := left[strings.LastIndex(left, " ")+1:]
		switch host, known := a.host[name]; {
		case !ok || !known:
		case to == host:
			f["namespace "+name] = "host's"
		case to == a.other[name]:
			f["namespace "+name] = "other's"
		default:
			f["namespace "+name] = "own"
		}
	}
}

// mounts are those of a container, without what is behind them on the host. What hides or guards
// a path of the kernel's is told of that path.
func (f facts) mounts(lines []string) {
	groups := map[string]bool{}
	for _, l := range lines {
		left, right, ok := strings.Cut(l, " - ")
		at, about := strings.Fields(left), strings.Fields(right)
		if !ok || len(at) < 6 || len(about) < 3 {
			f["mount"] = l
			continue
		}
		root, target, options, kind, super := at[3], at[4], at[5], about[0], about[2]
		spread := ""
		for _, o := range at[6:] {
			tag, _, _ := strings.Cut(o, ":")
			spread += " " + tag
		}
		switch {
		case strings.HasPrefix(target, "/sys/fs/cgroup/"):
			if root != "/" {
				root = "/group"
			}
			groups[options+spread+" of "+root] = true
			continue
		case root == "/null" || kind == "tmpfs" && (strings.HasPrefix(target, "/proc/") || strings.HasPrefix(target, "/sys/") && target != "/sys/fs/cgroup"):
			f["path "+target] = "masked"
			continue
		case kind == "proc" && root != "/":
			f["path "+target] = "guarded " + options
			continue
		}
		if !slices.Contains(strings.Fields("proc tmpfs devpts mqueue sysfs cgroup cgroup2 overlay"), kind) {
			kind, super = "bind", ""
		}
		if kind == "overlay" {
			super, _, _ = strings.Cut(super, ",lowerdir=")
		}
		super = strings.ReplaceAll(super, ",inode64", "")
		v := strings.TrimSpace(kind + " " + options + spread + " " + super)
		if old := f["mount "+target]; old != "" {
			v = old + " + " + v
		}
		f["mount "+target] = v
	}
	if len(groups) > 0 {
		f["mount /sys/fs/cgroup/*"] = strings.Join(slices.Sorted(maps.Keys(groups)), " + ")
	}
}

// devices are the files of /dev. Where all of the host's are there, they are told as that.
func (f facts) devices(lines []string) {
	found := facts{}
	for _, l := range lines {
		words := strings.SplitN(l, " ", 5)
		if len(words) < 5 {
			continue
		}
		v := strings.Join(words[1:3], " ")
		if strings.ContainsAny(v[:1], "bc") {
			v += " " + words[3]
		}
		if _, to, ok := strings.Cut(words[4], " -> "); ok {
			v = "-> " + strings.Trim(to, "'")
		}
		found[words[0]] = v
	}
	standard := strings.Fields("/dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/console /dev/ptmx")
	var missing, extra []string
	of := hostsDevices()
	for name := range of {
		if found[name] == "" && !slices.Contains(standard, name) {
			missing = append(missing, name)
		} else if !slices.Contains(standard, name) {
			extra = append(extra, name)
		}
	}
	if len(extra) > len(missing) {
		for _, name := range extra {
			if found[name] == of[name] {
				delete(found, name)
			}
			for d := filepath.Dir(name); d != "/dev"; d = filepath.Dir(d) {
				delete(found, d)
			}
		}
		slices.Sort(missing)
		f["devices of the host"] = strings.TrimSpace("all " + strings.Join(missing, " "))
	}
	for name, v := range found {
		f["device "+name] = v
	}
}

// hostsDevices are what stat would say of each device of this host.
func hostsDevices() map[string]string {
	out := map[string]string{}
	_ = filepath.WalkDir("/dev", func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() && slices.Contains([]string{"pts", "shm", "mqueue"}, e.Name()) {
			return filepath.SkipDir
		}
		if e.Type()&os.ModeDevice != 0 {
			out[p] = deviceLine(p)
		}
		return nil
	})
	return out
}

// shared leaves out what is the host's own: it says nothing of who made the container.
func (f facts) shared() {
	for k := range f {
		ipc := k == "mount /dev/shm" || strings.HasPrefix(k, "value /proc/sys/kernel/shm") || strings.HasPrefix(k, "value /proc/sys/kernel/msg") || strings.HasPrefix(k, "value /proc/sys/fs/")
		if f["namespace ipc"] == "host's" && ipc || f["namespace net"] == "host's" && strings.HasPrefix(k, "value /proc/sys/net/") {
			f[k] = "host's"
		}
	}
}

func (f facts) files(parts map[string][]string) {
	lines := slices.DeleteFunc(parts["/etc/hosts"], func(l string) bool { return l == "" || l[0] == '#' })
	if own, err := os.ReadFile("/etc/hosts"); err == nil && strings.TrimSpace(string(own)) == strings.Join(lines, "\n") {
		f["/etc/hosts"], lines = "host's", nil
	}
	for _, l := range lines {
		// Others come and go on the same network meanwhile; they are called by ID, or front.
		words := strings.Fields(l)
		if len(words) < 2 || (idText.MatchString(words[1]) || strings.HasPrefix(words[1], "front")) && !strings.HasPrefix(words[1], f["value /proc/sys/kernel/hostname"]) {
			continue
		}
		f["/etc/hosts "+strings.Join(words[1:], " ")] = words[0]
	}
	own, _ := os.ReadFile("/etc/resolv.conf")
	for _, l := range parts["/etc/resolv.conf"] {
		kind, v, _ := strings.Cut(l, " ")
		switch {
		case l == "" || l[0] == '#':
			continue
		case strings.Contains("\n"+string(own), "\n"+l+"\n"):
			v = "host's"
		case f["/etc/resolv.conf "+kind] != "":
			v = f["/etc/resolv.conf "+kind] + " + " + v
		}
		f["/etc/resolv.conf "+kind] = v
	}
	f["/etc/hostname"] = strings.Join(parts["/etc/hostname"], "\n")
	for _, l := range parts["/sys/fs/cgroup/devices/devices.list"] {
		f["may use "+l] = "yes"
	}
	for _, l := range parts["/sys/fs/cgroup/memory/memory.oom_control"] {
		if k, v, _ := strings.Cut(l, " "); k == "oom_kill_disable" {
			f["value memory/memory.oom_control"] = l[:len(k)] + " " + v
		}
	}
}

var (
	idText      = regexp.MustCompile(`\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b`)
	addressText = regexp.MustCompile(`\b(?:10|172)\.\d+\.\d+\.\d+\b`)
)

// anonymise replaces what is different each time.
func (f facts) anonymise(a around) {
	host, _ := os.Hostname()
	cpus, _ := os.ReadFile("/sys/fs/cgroup/cpuset/cpuset.cpus")
	clean := func(s string) string {
		s = strings.ReplaceAll(s, a.dir, "DIR")
		return addressText.ReplaceAllString(idText.ReplaceAllString(s, "<id>"), "<address>")
	}
	out := facts{}
	for k, v := range f {
		if strings.HasSuffix(k, "cpuset.cpus") && v == strings.TrimSpace(string(cpus)) || host != "" && v == host {
			v = "host's"
		}
		out[clean(k)] = clean(v)
	}
	clear(f)
	maps.Copy(f, out)
}

// deviceLine is what the probe tells of a device file.
func deviceLine(p string) string {
	var st unix.Stat_t
	info, err := os.Lstat(p)
	if err != nil || unix.Lstat(p, &st) != nil {
		return ""
	}
	kind := "b"
	if info.Mode()&os.ModeCharDevice != 0 {
		kind = "c"
	}
	return fmt.Sprintf("%s%s %d:%d %x:%x", kind, info.Mode().Perm().String()[1:], st.Uid, st.Gid, unix.Major(st.Rdev), unix.Minor(st.Rdev))
}
