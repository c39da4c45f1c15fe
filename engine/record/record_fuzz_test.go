package record

import (
	"bytes"
	"math"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// FuzzLabels makes the labels of a container out of any texts: each fits into containerd,
// no image steers a container, and what was written is what is read.
func FuzzLabels(f *testing.F) {
	f.Add("web", "sleep", "1000", "team=web", "vendor", "x", 30, int64(1<<26), uint16(8080))
	f.Add("a\x1b[31m", strings.Repeat("é\"", 3000), "\u2028<>&", "nerdctl/name=x", "containerd.io/gc.root", "evil", -1, int64(-1), uint16(0))
	f.Fuzz(func(t *testing.T, name, arg0, arg1, user, imageKey, imageValue string, timeout int, memory int64, port uint16) {
		for _, s := range []string{name, arg0, arg1, user, imageKey, imageValue} {
			if !utf8.ValidString(s) {
				return // options refuse those
			}
		}
		in := input()
		in.Name, in.Args = name, []string{arg0, arg1}
		in.ImageLabels = map[string]string{imageKey: imageValue}
		in.Ports = []api.Port{{HostIP: "::", HostPort: port, ContainerPort: port, Protocol: "tcp"}}
		key, value, _ := strings.Cut(user, "=")
		in.Request.Config = &container.Config{Labels: map[string]string{key: value}, StopTimeout: &timeout, User: arg1}
		in.Request.HostConfig = &container.HostConfig{Resources: container.Resources{Memory: memory}}
		labels, err := Labels(in)
		if err != nil {
			return
		}
		for k, v := range labels {
			if len(k)+len(v) > MaxLabel || !utf8.ValidString(k) || !utf8.ValidString(v) {
				t.Errorf("%q: containerd takes no such label of %d bytes", k, len(v))
			}
		}
		want := map[string]string{key: value}
		if _, ok := want[imageKey]; !ok && !Reserved(imageKey) && len(imageKey)+len(imageValue) <= MaxLabel {
			want[imageKey] = imageValue
		}
		if diff := cmp.Diff(want, Visible(labels)); diff != "" {
			t.Errorf("labels that are not gantry's own (-want +got):\n%s", diff)
		}
		got := Read(labels)
		if got.Name != name && name != "" || got.User != arg1 || !got.HasSummary || got.Summary.Memory != memory || len(got.Summary.Command) > 2 {
			t.Errorf("read again: %+v", got)
		}
		if !got.Summary.More && (len(got.Summary.Ports) != 1 || got.Summary.Ports[0] != in.Ports[0]) {
			t.Errorf("ports read again: %+v", got.Summary)
		}
		if timeout == int(int32(timeout)) && (got.StopTimeout == nil || *got.StopTimeout != time.Duration(timeout)*time.Second) {
			t.Errorf("%d seconds are read as %v", timeout, got.StopTimeout)
		}
	})
}

// FuzzRead takes labels as others may have written them.
func FuzzRead(f *testing.F) {
	for _, key := range labelKeys() {
		f.Add(key, `["x"]`)
	}
	f.Add(LabelSummary, `{"command":["a"],"memory":-1,"ports":[{}]}`)
	f.Add(LabelLogConfig, `{"driver":1}`)
	f.Add(LabelStopTimeout, "30")
	f.Fuzz(func(t *testing.T, key, value string) {
		got := Read(map[string]string{key: value})
		none := Read(nil)
		if !slices.Contains(labelKeys(), key) && !strings.HasPrefix(key, "io.kubernetes.") && !strings.HasPrefix(key, "io.cri-containerd") {
			if diff := cmp.Diff(none, got); diff != "" {
				t.Errorf("%q means nothing, but:\n%s", key, diff)
			}
		}
		if n, err := strconv.Atoi(value); key == LabelStopTimeout && err == nil && n >= 0 && n <= math.MaxInt32 && (got.StopTimeout == nil || *got.StopTimeout < 0) {
			t.Errorf("%d seconds are read as %v", n, got.StopTimeout)
		}
		if v := Visible(map[string]string{key: value}); len(v) == 1 == Reserved(key) {
			t.Errorf("%q: reserved %v, and shown %v", key, Reserved(key), v)
		}
		if e := ErrorLabel(value); len(LabelError)+len(e) > MaxLabel || !strings.HasPrefix(value, e) || utf8.ValidString(value) && !utf8.ValidString(e) {
			t.Errorf("an error of %d bytes is kept as %d", len(value), len(e))
		}
	})
}

// labelKeys are the keys that Read looks at.
func labelKeys() []string {
	return []string{
		LabelName, LabelNamespace, LabelHostname, LabelStateDir, LabelLogURI, LabelPlatform, LabelStopSignal, LabelUser, LabelError, LabelRestartPolicy,
		LabelRestartStatus, LabelVersion, LabelRequest, LabelAutoRemove, LabelPrivileged, LabelRestartExplicitlyStopped, LabelRestartCount,
		LabelStopTimeout, LabelLogConfig, LabelNetworks, LabelAnonymousVolumes, LabelSummary, LabelPorts,
	}
}

// FuzzValidName: a name is Docker's, and can be the name of a file and nothing else.
func FuzzValidName(f *testing.F) {
	docker := regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9_.-]+$`)
	for _, s := range []string{"web", "a", "", "..", "a/b", "a\n", "-a", "a..", "日本", strings.Repeat("a", 256)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want := docker.MatchString(s) && !strings.HasSuffix(s, "\n") && len(s) <= 255
		if got := ValidName(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	})
}

// FuzzResolvConf makes a container's file out of any file of a host: there is always a
// server, and the file says the same when it is the host's itself.
func FuzzResolvConf(f *testing.F) {
	f.Add([]byte("nameserver 127.0.0.53\nsearch a b\noptions edns0 trust-ad\n"), false)
	f.Add([]byte("nameserver fe80::1%eth0\nnameserver ::1\n\tnameserver 10.0.0.1 # x\ndomain .\n"), false)
	f.Add([]byte("; comment\x00\nsearch\n\xff nameserver 1.1.1.1"), true)
	f.Fuzz(func(t *testing.T, host []byte, hostNetwork bool) {
		out := ResolvConf(ResolvInput{Host: host, HostNetwork: hostNetwork})
		if hostNetwork {
			if !bytes.Equal(out, host) {
				t.Errorf("with the host's network the file is the host's: %q", out)
			}
			return
		}
		servers := 0
		for line := range strings.Lines(string(out)) {
			words := strings.Fields(line)
			if len(words) < 2 || !strings.HasSuffix(line, "\n") {
				t.Fatalf("%q in %q", line, out)
			}
			switch words[0] {
			case "nameserver":
				a, err := netip.ParseAddr(words[1])
				if servers++; err != nil || a.IsLoopback() || len(words) > 2 {
					t.Errorf("%q in %q", line, out)
				}
			case "search", "options":
			default:
				t.Errorf("%q in %q", line, out)
			}
		}
		if servers == 0 {
			t.Errorf("no server in %q", out)
		}
		if again := ResolvConf(ResolvInput{Host: out}); !bytes.Equal(again, out) {
			t.Errorf("%q becomes %q", out, again)
		}
	})
}
