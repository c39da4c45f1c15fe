package native

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/nftables"

	"gantry/engine/network/nft"
	"gantry/engine/network/wire"
)

// passes checks both ways through a host on which somebody drops what passes through.
func passes(t *testing.T, r *rig) {
	t.Helper()
	n := r.network("bridge", "gtest0", 71, false)
	other := r.neighbour("192.0.2.1/24", "192.0.2.9/24")
	other.listen("tcp", ":80", "other")
	c := r.start([]wire.Port{port("", 8080, 80, "tcp")}, n)
	c.listen("tcp", ":80", "web")
	c.answers("tcp", "192.0.2.9:80", "other")
	other.answers("tcp", "192.0.2.1:8080", "web")
	other.route("10.71.0.0/24", "192.0.2.1")
	other.silent("tcp", c.addr().String()+":80")
	if len(c.lease.Warnings) > 0 {
		t.Errorf("warned: %v", c.lease.Warnings)
	}
	// A second start finds the rules that are there.
	r.start(nil, n)
}

func TestAFirewallOfNftablesIsMet(t *testing.T) {
	r := newRig(t)
	c, err := nftables.New()
	check(t, err)
	table := c.AddTable(&nftables.Table{Name: "somebody", Family: nftables.TableFamilyINet})
	drop := nftables.ChainPolicyDrop
	chain := c.AddChain(&nftables.Chain{Name: "pass", Table: table, Type: nftables.ChainTypeFilter,
		Hooknum: nftables.ChainHookForward, Priority: nftables.ChainPriorityFilter, Policy: &drop})
	check(t, c.Flush())
	defer func() { c.DelTable(table); check(t, c.Flush()) }()
	passes(t, r)
	rules, err := c.GetRules(table, chain)
	check(t, err)
	if len(rules) != 2 {
		t.Errorf("%d rules for one bridge", len(rules))
	}
	check(t, nft.Dismiss(r.inst.Table, wire.Network{Bridge: "gtest0", Sets: []wire.Set{subnet("10.71.0.0/24")}}))
	if rules, err := c.GetRules(table, chain); err != nil || len(rules) != 0 {
		t.Errorf("left: %d rules, %v", len(rules), err)
	}
}

func TestAFirewallOfIptablesIsMet(t *testing.T) {
	for _, program := range []string{"iptables-nft", "iptables-legacy"} {
		t.Run(program, func(t *testing.T) {
			if _, err := exec.LookPath(program); err != nil {
				t.Skip("there is none here")
			}
			run := func(args ...string) string {
				t.Helper()
				out, err := exec.Command(program, args...).CombinedOutput()
				if err != nil {
					t.Fatalf("%v: %s", args, out)
				}
				return string(out)
			}
			r := newRig(t)
			run("-P", "FORWARD", "DROP")
			run("-N", "DOCKER-USER")
			run("-I", "FORWARD", "-j", "DOCKER-USER")
			defer func() { run("-P", "FORWARD", "ACCEPT"); run("-F"); run("-X") }()
			passes(t, r)
			want := []string{"-N DOCKER-USER", "-A DOCKER-USER -o gtest0 -j ACCEPT", "-A DOCKER-USER -i gtest0 -j ACCEPT"}
			if got := strings.Split(strings.TrimSpace(run("-S", "DOCKER-USER")), "\n"); !slices.Equal(got, want) {
				t.Errorf("rules %q", got)
			}
			check(t, nft.Dismiss(r.inst.Table, wire.Network{Bridge: "gtest0", Sets: []wire.Set{subnet("10.71.0.0/24")}}))
			if got := run("-S", "DOCKER-USER"); strings.Contains(got, "gtest0") {
				t.Errorf("left: %s", got)
			}
		})
	}
}
