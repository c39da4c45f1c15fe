package engine_test

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/enginetest/real"
	"gantry/engine/network/wire"
	"gantry/engine/record"
)

// A container has another one's network, names and addresses with it, through starts of both in
// whatever order, by gantry and by the restart monitor; and nobody else's, ever.
func TestANetworkIsSharedWithAnotherContainer(t *testing.T) {
	p := open(t)
	web := p.run(append([]string{"--name", "web", "--hostname", "www", "-p", "18090:80", "--dns", "10.9.9.9", "--add-host", "db:10.0.0.7"}, server("80")...)...)
	sniff := p.create("--name", "side", "--network", "container:web", "--restart", "always", "busybox", "sh", "-c",
		"hostname; cat /etc/hosts /etc/resolv.conf; readlink /proc/self/ns/net; wget -qO- http://127.0.0.1/ && exec sleep 600")
	told := func() (text string) {
		err := p.Logs(soon(t), sniff, api.LogOptions{Tail: -1}, func(lines []api.LogLine) error {
			for _, l := range lines {
				text += string(l.Text)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	space := func(id string) string {
		s, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/net", p.get(id).Pid))
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	same := func(when string) {
		t.Helper()
		p.eventually(when+" it has the network", func() bool {
			return p.get(sniff).State == api.StateRunning && p.get(web).State == api.StateRunning && strings.Contains(told(), space(web)+"\nhello")
		})
	}
	p.start(sniff)
	same("at first")
	for _, want := range []string{"www\n", "10.0.0.7", "nameserver 10.9.9.9", p.address(web, "bridge")} {
		if !strings.Contains(told(), want) {
			t.Errorf("without %q:\n%s", want, told())
		}
	}
	if r, err := p.Inspect(t.Context(), sniff); err != nil || string(r.HostConfig.NetworkMode) != "container:"+web {
		t.Errorf("inspect: %v, %v", r.HostConfig.NetworkMode, err)
	}

	stop := func(id string) {
		t.Helper()
		if err := p.Stop(t.Context(), id, api.StopOptions{Timeout: new(time.Duration)}, api.Observer{}); err != nil {
			t.Fatal(err)
		}
	}
	stop(web)
	p.start(web)
	real.Signal(t, int(p.get(sniff).Pid), 9) // brought back by the monitor, with the spec that it has
	same("restarted after the other one")

	stop(web)
	stop(sniff)
	_, err := p.Start(t.Context(), sniff, api.StartOptions{}, api.Observer{})
	if e := as[api.FieldErrors](t, err); e[0].Field != "network" || e[0].Reason != "the container web, whose network it shares, is not running" {
		t.Errorf("%v", e)
	}
	// A link that leads to a process which is not that container's is not followed into its network.
	p.start(web)
	link := wire.SpacePath(record.Open(p.env.Endpoint.RecordStore, p.env.Namespace).Dir(web))
	if err := os.Remove(link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(wire.Space(os.Getpid()), link); err != nil {
		t.Fatal(err)
	}
	_, err = p.Start(t.Context(), sniff, api.StartOptions{}, api.Observer{})
	if err == nil || !strings.Contains(err.Error(), "the container web, whose network it shares, is not running") {
		t.Errorf("joined what was not web's: %v", err)
	}

	p.remove(web)
	_, err = p.Start(t.Context(), sniff, api.StartOptions{}, api.Observer{})
	if e := as[api.FieldErrors](t, err); e[0].Reason != "the container whose network it shares is gone" {
		t.Errorf("%v", e)
	}
	_, err = p.Create(t.Context(), p.request("--network", "container:web", "busybox", "true"), api.Observer{})
	if e := as[api.FieldErrors](t, err); e[0].Field != "network" || e[0].Reason != "there is no such container" {
		t.Errorf("%v", e)
	}
	p.remove(sniff)
}
