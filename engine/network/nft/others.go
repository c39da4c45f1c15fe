package nft

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/nftables"
	"github.com/google/nftables/expr"

	"gantry/engine/network/wire"
)

// iptablesTime is how long one run of iptables may take: it waits for others' locks.
const iptablesTime = 5 * time.Second

// blocker is a chain of another program's that drops what it does not know of the
// packets passing through, containers' included: an accept in our table does not help.
type blocker struct {
	family Family
	chain  *nftables.Chain
	legacy bool // the old tables of the kernel, which nftables does not show
}

// iptables reports whether the chain is iptables', whose rules only iptables may write.
func (b blocker) iptables() bool {
	return b.legacy || b.chain.Table.Name == "filter" && b.chain.Name == "FORWARD" && b.chain.Table.Family != nftables.TableFamilyINet
}

func (b blocker) name() string {
	if b.legacy {
		return "iptables (legacy)"
	}
	if b.iptables() {
		return "iptables"
	}
	return "the nftables table " + b.chain.Table.Name
}

// blockers of a family.
func blockers(c *nftables.Conn, own string, f Family) ([]blocker, error) {
	var all []blocker
	for _, tf := range []nftables.TableFamily{f.table(), nftables.TableFamilyINet} {
		chains, err := c.ListChainsOfTableFamily(tf)
		if err != nil {
			return nil, fmt.Errorf("nftables: look at others' chains: %w", err)
		}
		for _, ch := range chains {
			if ch.Hooknum != nil && *ch.Hooknum == *nftables.ChainHookForward && ch.Policy != nil &&
				*ch.Policy == nftables.ChainPolicyDrop && ch.Table.Name != own {
				all = append(all, blocker{family: f, chain: ch})
			}
		}
	}
	if legacyFilter(f) {
		all = append(all, blocker{family: f, legacy: true})
	}
	return all, nil
}

func legacyFilter(f Family) bool {
	file := "/proc/net/ip_tables_names"
	if f == IPv6 {
		file = "/proc/net/ip6_tables_names"
	}
	b, err := os.ReadFile(file)
	return err == nil && bytes.Contains(b, []byte("filter\n"))
}

// Admit has others' firewalls let a network's packets pass, where they drop what they do
// not know. What cannot be done is a warning: the network works but for what is dropped.
// What may reach the containers is still decided by this table.
func Admit(own string, n wire.Network) (warnings []string, err error) {
	c, err := conn()
	if err != nil {
		return nil, err
	}
	defer c.CloseLasting()
	for _, f := range families(n) {
		bs, err := blockers(c, own, f)
		if err != nil {
			return nil, err
		}
		for _, b := range bs {
			if w := b.admit(c, own, n.Bridge); w != "" {
				warnings = append(warnings, w)
			}
		}
	}
	return warnings, nil
}

// admit puts two accepts in front of the chain's rules; on failure it returns what to
// tell the user.
func (b blocker) admit(c *nftables.Conn, own, bridge string) string {
	if b.iptables() {
		return b.admitByIptables(c, bridge)
	}
	for _, key := range []expr.MetaKey{expr.MetaKeyIIFNAME, expr.MetaKeyOIFNAME} {
		if accepted(c, b.chain, key, bridge) {
			continue
		}
		c.InsertRule(&nftables.Rule{
			Table: b.chain.Table, Chain: b.chain, UserData: comment(own),
			Exprs: join(meta(key, reg1), []expr.Any{&expr.Cmp{Op: expr.CmpOpEq, Register: reg1, Data: ifname(bridge)}}, verdict(expr.VerdictAccept)),
		})
	}
	if err := flush(c); err != nil {
		return b.warn(bridge, err)
	}
	return ""
}

func (b blocker) warn(bridge string, err error) string {
	return fmt.Sprintf("%s drops what passes through this host, so containers on %s may not reach others, nor be reached: "+
		"have it accept -i %s and -o %s (%v)", b.name(), bridge, bridge, bridge, err)
}

// comment as nft shows it.
func comment(s string) []byte {
	return append([]byte{0, byte(len(s) + 1)}, append([]byte(s), 0)...)
}

// accepted reports whether a chain has a rule that accepts an interface.
func accepted(c *nftables.Conn, ch *nftables.Chain, key expr.MetaKey, name string) bool {
	rules, err := c.GetRules(ch.Table, ch)
	if err != nil {
		return false
	}
	for _, r := range rules {
		var onKey, onName bool
		for _, e := range r.Exprs {
			switch e := e.(type) {
			case *expr.Meta:
				onKey = e.Key == key
			case *expr.Cmp:
				onName = onName || onKey && e.Op == expr.CmpOpEq && bytes.Equal(bytes.TrimRight(e.Data, "\x00"), []byte(name))
			case *expr.Verdict:
				if onName && e.Kind == expr.VerdictAccept {
					return true
				}
			}
		}
	}
	return false
}

func (b blocker) admitByIptables(c *nftables.Conn, bridge string) string {
	// Docker keeps a chain for rules of others, which it does not flush.
	chains := []string{"DOCKER-USER", "FORWARD"}
	if !b.legacy && b.acceptedIn(c, chains, bridge) {
		return ""
	}
	run, err := b.program()
	if err != nil {
		return b.warn(bridge, err)
	}
	if b.legacy {
		out, err := run("-S", "FORWARD")
		if err != nil {
			return b.warn(bridge, err)
		}
		if !strings.Contains(out, "-P FORWARD DROP") {
			return ""
		}
	}
	for _, way := range []string{"-i", "-o"} {
		if err := insert(run, chains, way, bridge); err != nil {
			return b.warn(bridge, err)
		}
	}
	return ""
}

func (b blocker) acceptedIn(c *nftables.Conn, chains []string, bridge string) bool {
	for _, name := range chains {
		ch := &nftables.Chain{Name: name, Table: b.chain.Table}
		if accepted(c, ch, expr.MetaKeyIIFNAME, bridge) && accepted(c, ch, expr.MetaKeyOIFNAME, bridge) {
			return true
		}
	}
	return false
}

func insert(run func(...string) (string, error), chains []string, way, bridge string) error {
	var last error
	for _, chain := range chains {
		if _, err := run("-C", chain, way, bridge, "-j", "ACCEPT"); err == nil {
			return nil
		}
	}
	for _, chain := range chains {
		if _, last = run("-I", chain, way, bridge, "-j", "ACCEPT"); last == nil {
			return nil
		}
	}
	return last
}

// program runs the iptables that the chain is of.
func (b blocker) program() (func(...string) (string, error), error) {
	name := "iptables"
	if b.family == IPv6 {
		name = "ip6tables"
	}
	kind := "-nft"
	if b.legacy {
		kind = "-legacy"
	}
	for _, n := range []string{name + kind, name} {
		path, err := find(n)
		if err != nil {
			continue
		}
		if n == name {
			out, err := output(path, "--version")
			if err != nil || strings.Contains(out, "nf_tables") == b.legacy {
				continue
			}
		}
		return func(args ...string) (string, error) { return output(path, append([]string{"-w"}, args...)...) }, nil
	}
	return nil, fmt.Errorf("there is no %s%s here to tell it", name, kind)
}

// find looks also where administrators' programs are: a hook's PATH need not have them.
func find(name string) (string, error) {
	if p, err := exec.LookPath(name); err == nil {
		return p, nil
	}
	for _, dir := range []string{"/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin"} {
		if p, err := exec.LookPath(filepath.Join(dir, name)); err == nil {
			return p, nil
		}
	}
	return "", exec.ErrNotFound
}

func output(path string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), iptablesTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, path, args...).Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		err = fmt.Errorf("%s: %s", filepath.Base(path), strings.TrimSpace(string(exit.Stderr)))
	}
	return string(out), err
}

// Dismiss takes the rules of Admit out again.
func Dismiss(own string, n wire.Network) error {
	c, err := conn()
	if err != nil {
		return err
	}
	defer c.CloseLasting()
	for _, f := range families(n) {
		bs, err := blockers(c, own, f)
		if err != nil {
			return err
		}
		for _, b := range bs {
			if err := b.dismiss(c, own, n.Bridge); err != nil {
				return err
			}
		}
	}
	return flush(c)
}

func (b blocker) dismiss(c *nftables.Conn, own, bridge string) error {
	if b.iptables() {
		run, err := b.program()
		if err != nil {
			return nil
		}
		for _, chain := range []string{"DOCKER-USER", "FORWARD"} {
			for _, way := range []string{"-i", "-o"} {
				// It fails where there is none.
				_, _ = run("-D", chain, way, bridge, "-j", "ACCEPT")
			}
		}
		return nil
	}
	rules, err := c.GetRules(b.chain.Table, b.chain)
	if err != nil {
		return fmt.Errorf("nftables: %w", err)
	}
	for _, r := range rules {
		if !bytes.Equal(r.UserData, comment(own)) || !mentions(r, bridge) {
			continue
		}
		if err := c.DelRule(r); err != nil {
			return err
		}
	}
	return nil
}

func mentions(r *nftables.Rule, name string) bool {
	for _, e := range r.Exprs {
		if cmp, ok := e.(*expr.Cmp); ok && bytes.Equal(bytes.TrimRight(cmp.Data, "\x00"), []byte(name)) {
			return true
		}
	}
	return false
}

// Blocked says which firewalls of others would drop what passes through the host; for
// looking, changes nothing.
func Blocked(own string) ([]string, error) {
	c, err := conn()
	if err != nil {
		return nil, err
	}
	defer c.CloseLasting()
	var names []string
	for _, f := range []Family{IPv4, IPv6} {
		bs, err := blockers(c, own, f)
		if err != nil {
			return nil, err
		}
		for _, b := range bs {
			if b.iptables() {
				_, perr := b.program()
				if perr == nil {
					continue
				}
				names = append(names, b.name())
			}
		}
	}
	return names, nil
}
