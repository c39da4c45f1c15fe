package record

import (
	"net/netip"
	"os"
	"path/filepath"
	"testing"
)

func addrs(s ...string) (out []netip.Addr) {
	for _, a := range s {
		out = append(out, netip.MustParseAddr(a))
	}
	return out
}

func TestHosts(t *testing.T) {
	for _, tt := range []struct {
		what string
		in   HostsInput
		want string
	}{
		{"without a network", HostsInput{}, "# <nerdctl>\n" + local + "# </nerdctl>\n"},
		{"with an address", HostsInput{Addrs: addrs("10.4.0.68"), Names: []string{"web1", "ran"}},
			"# <nerdctl>\n" + local + "10.4.0.68\tweb1 ran\n# </nerdctl>\n"},
		{"extra hosts in every notation", HostsInput{Extra: []string{"a:10.0.0.1", "b=10.0.0.2", "c:fd00::1", "d:[fd00::2]", "broken", ":x"}},
			"# <nerdctl>\n" + local + "10.0.0.1\ta\n10.0.0.2\tb\nfd00::1\tc\nfd00::2\td\n# </nerdctl>\n"},
		{"the host's network", HostsInput{HostFile: []byte("127.0.0.1 localhost host")}, "127.0.0.1 localhost host\n# <nerdctl>\n# </nerdctl>\n"},
		{"the host's network and a name", HostsInput{HostFile: []byte("127.0.0.1 localhost host"), Extra: []string{"a:10.0.0.1"}},
			"# <nerdctl>\n" + local + "10.0.0.1\ta\n# </nerdctl>\n"},
	} {
		if got := string(Hosts(tt.in)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.what, got, tt.want)
		}
	}
}

func TestResolvConf(t *testing.T) {
	const host = "# comment\nsearch lan corp\nnameserver 127.0.0.53\nnameserver 10.0.0.1\nnameserver fe80::1%eth0\nnameserver ::1\noptions edns0 trust-ad\n"
	for _, tt := range []struct {
		what string
		in   ResolvInput
		want string
	}{
		{"the host's without loopback", ResolvInput{Host: []byte(host)}, "search lan corp\nnameserver 10.0.0.1\noptions edns0 trust-ad\n"},
		{"the host's as it is in its network", ResolvInput{Host: []byte(host), HostNetwork: true}, host},
		{"only loopback", ResolvInput{Host: []byte("nameserver 127.0.0.1\n")}, "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"},
		{"no file", ResolvInput{}, "nameserver 8.8.8.8\nnameserver 8.8.4.4\n"},
		{"the user's server, the host's rest", ResolvInput{Host: []byte(host), Servers: addrs("127.0.0.9", "1.1.1.1")},
			"search lan corp\nnameserver 127.0.0.9\nnameserver 1.1.1.1\noptions edns0 trust-ad\n"},
		{"no search", ResolvInput{Host: []byte(host), Search: []string{"."}, Options: []string{"ndots:1"}}, "nameserver 10.0.0.1\noptions ndots:1\n"},
	} {
		if got := string(ResolvConf(tt.in)); got != tt.want {
			t.Errorf("%s:\n%s\nwant\n%s", tt.what, got, tt.want)
		}
	}
}

func TestHostResolvConfLooksBehindTheStub(t *testing.T) {
	dir := t.TempDir()
	file, upstream := filepath.Join(dir, "resolv.conf"), filepath.Join(dir, "upstream")
	write := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got := hostResolvConf(file, upstream); got != nil {
		t.Errorf("no file: %q", got)
	}
	write(file, "nameserver 127.0.0.53\n")
	write(upstream, "nameserver 10.0.0.1\n")
	if got := string(hostResolvConf(file, upstream)); got != "nameserver 10.0.0.1\n" {
		t.Errorf("the stub: %q", got)
	}
	write(file, "nameserver 127.0.0.53\nnameserver 10.9.9.9\n")
	if got := string(hostResolvConf(file, upstream)); got != "nameserver 127.0.0.53\nnameserver 10.9.9.9\n" {
		t.Errorf("more than the stub: %q", got)
	}
}

// The files are mounted into running containers: another inode would not be seen there.
func TestMountedFilesKeepTheirInode(t *testing.T) {
	s := Open(t.TempDir(), "default")
	create(t, s, example())
	for file, set := range map[string]func() error{
		s.Paths("id1").Hosts:      func() error { return s.SetHosts("id1", []byte("new\n")) },
		s.Paths("id1").ResolvConf: func() error { return s.State("id1").SetResolvConf([]byte("new\n")) },
	} {
		before, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := set(); err != nil {
			t.Fatal(err)
		}
		after, _ := os.Stat(file)
		if b, _ := os.ReadFile(file); string(b) != "new\n" || !os.SameFile(before, after) || after.Mode() != 0o644 {
			t.Errorf("%s: %q, same inode %v, mode %v", file, b, os.SameFile(before, after), after.Mode())
		}
	}
}
