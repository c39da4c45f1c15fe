package engine_test

import (
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
)

// What is asked of networks and names is what a process in the container sees.
func TestAContainerOnSeveralNetworks(t *testing.T) {
	p := open(t)
	p.output("busybox", "true")
	for name, subnet := range map[string]string{"back": "10.94.1.0/24", "front": "10.94.2.0/24"} {
		if _, err := p.CreateNetwork(t.Context(), api.NetworkCreate{Name: name, Subnets: []string{subnet}}); err != nil {
			t.Fatal(err)
		}
	}
	before := real.Count(t, p.env)
	db := p.run("--name", "db", "--network", "back", "--ip", "10.94.1.40", "busybox", "sleep", "600")
	web := p.run(append([]string{"--name", "web", "--network", "back", "--network",
		"name=front,alias=www,ip=10.94.2.9,mac-address=02:42:0a:5e:02:09,gw-priority=5,link-local-ip=169.254.9.9,driver-opt=com.docker.network.endpoint.sysctls=net.ipv4.conf.IFNAME.log_martians=1",
		"--link", "db:sql", "--dns", "10.9.9.9", "--dns-search", "example.org", "--dns-option", "ndots:2", "--domainname", "example.org", "--hostname", "www1",
		"--add-host", "here:host-gateway", "--add-host", "six:[fd00::7]", "-p", "18095:80"}, server("80")...)...)
	out, _, _, err := p.exec(web, sh("ip -4 addr; ip link; ip route; cat /etc/hosts /etc/resolv.conf; cat /proc/sys/net/ipv4/conf/eth1/log_martians; hostname -f; ping -q -c1 -W2 sql && echo reached"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"10.94.2.9/24", "169.254.9.9/16", "02:42:0a:5e:02:09", "default via 10.94.2.1 dev eth1", "10.94.1.0/24 dev eth0", "10.94.2.1       here\n", "fd00::7         six\n",
		"10.94.2.9       www1.example.org www1 www1.front web web.front www www.front\n", "10.94.1.40      ", " db db.back sql\n",
		"search example.org\nnameserver 10.9.9.9\noptions ndots:2\n1\nwww1.example.org\n", "reached",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("without %q", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
	if got := p.page("http://127.0.0.1:18095/"); got != "hello\n" {
		t.Errorf("it says %q", got)
	}
	if got := p.output("--network", "front", "busybox", "wget", "-qO-", "http://www/"); got != "hello" {
		t.Errorf("by its alias on front it says %q", got)
	}
	if err := p.Stop(t.Context(), web, api.StopOptions{Timeout: new(time.Duration)}, api.Observer{}); err != nil {
		t.Fatal(err)
	}
	p.remove(web)
	p.remove(db)
	real.Leftovers(t, p.env, before)
	for _, name := range []string{"back", "front"} {
		if err := p.RemoveNetwork(t.Context(), name); err != nil {
			t.Error(err)
		}
	}
}
