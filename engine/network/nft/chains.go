package nft

import (
	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"github.com/google/nftables/expr"
	"golang.org/x/sys/unix"
)

// Registers: 1 is the first of 16 bytes, which regWord numbers by words of four.
const (
	reg1    = unix.NFT_REG_1
	regWord = unix.NFT_REG32_00
)

// Bits of a connection's status and state.
const (
	statusDNAT       = 1 << 5
	stateEstablished = 1 << 1
	stateRelated     = 1 << 2
)

// How early a chain looks at a packet: the guard before connections are tracked.
const priorityGuard = -300

func (l layout) addChains(c *nftables.Conn) {
	chain := func(name string, t nftables.ChainType, hook *nftables.ChainHook, priority *nftables.ChainPriority, rules ...[]expr.Any) {
		ch := c.AddChain(&nftables.Chain{Name: name, Table: l.table, Type: t, Hooknum: hook, Priority: priority})
		for _, r := range rules {
			c.AddRule(&nftables.Rule{Table: l.table, Chain: ch, Exprs: r})
		}
	}
	if l.family == IPv4 {
		chain("guard", nftables.ChainTypeFilter, nftables.ChainHookPrerouting, nftables.ChainPriorityRef(priorityGuard),
			join(l.notFromLoopback(), l.loopback(false), verdict(expr.VerdictDrop)),
			join(in(l.bridges), l.loopback(true), verdict(expr.VerdictDrop)))
	}
	publish := [][]expr.Any{
		join(l.daddr(), l4proto(regWord+uint32(l.family.width()/4)), dport(regWord+1+uint32(l.family.width()/4)), l.publish(l.bound)),
		join(l.localDestination(), l4proto(reg1), dport(regWord+1), l.publish(l.ports)),
	}
	chain("prerouting", nftables.ChainTypeNAT, nftables.ChainHookPrerouting, nftables.ChainPriorityNATDest, publish...)
	if l.family == IPv6 {
		// The kernel takes no answer for ::1 from outside: refused is better than silence.
		publish = append([][]expr.Any{join(l.loopback(false), verdict(expr.VerdictReturn))}, publish...)
	}
	chain("output", nftables.ChainTypeNAT, nftables.ChainHookOutput, nftables.ChainPriorityNATDest, publish...)
	chain("postrouting", nftables.ChainTypeNAT, nftables.ChainHookPostrouting, nftables.ChainPriorityNATSource,
		join(out(l.bridges, false), l.loopback(true), masquerade()),
		join(out(l.bridges, false), l.saddr(), lookup(l.nets, false), ctBits(expr.CtKeySTATUS, statusDNAT), masquerade()),
		join(out(l.bridges, true), l.saddr(), lookup(l.masq, false), masquerade()),
	)
	chain("forward", nftables.ChainTypeFilter, nftables.ChainHookForward, nftables.ChainPriorityFilter,
		join(ctBits(expr.CtKeySTATE, stateEstablished|stateRelated), verdict(expr.VerdictAccept)),
		join(meta(expr.MetaKeyIIFNAME, reg1), meta(expr.MetaKeyOIFNAME, reg1+1), lookup(l.same, false), verdict(expr.VerdictAccept)),
		join(in(l.internal), verdict(expr.VerdictDrop)),
		join(out(l.internal, false), verdict(expr.VerdictDrop)),
		join(out(l.bridges, false), ctBits(expr.CtKeySTATUS, statusDNAT), verdict(expr.VerdictAccept)),
		join(out(l.bridges, false), verdict(expr.VerdictDrop)),
	)
}

func join(parts ...[]expr.Any) (all []expr.Any) {
	for _, p := range parts {
		all = append(all, p...)
	}
	return all
}

func verdict(k expr.VerdictKind) []expr.Any { return []expr.Any{&expr.Verdict{Kind: k}} }

func masquerade() []expr.Any { return []expr.Any{&expr.Masq{}} }

func meta(key expr.MetaKey, reg uint32) []expr.Any {
	return []expr.Any{&expr.Meta{Key: key, Register: reg}}
}

// lookup asks whether what register 1 and the following hold is in a set.
func lookup(s *nftables.Set, not bool) []expr.Any {
	return []expr.Any{&expr.Lookup{SourceRegister: reg1, SetName: s.Name, SetID: s.ID, Invert: not}}
}

func in(s *nftables.Set) []expr.Any { return join(meta(expr.MetaKeyIIFNAME, reg1), lookup(s, false)) }

func out(s *nftables.Set, not bool) []expr.Any {
	return join(meta(expr.MetaKeyOIFNAME, reg1), lookup(s, not))
}

func l4proto(reg uint32) []expr.Any { return meta(expr.MetaKeyL4PROTO, reg) }

// dport is in the same place for TCP, UDP and SCTP; other protocols are in no map.
func dport(reg uint32) []expr.Any {
	return []expr.Any{&expr.Payload{DestRegister: reg, Base: expr.PayloadBaseTransportHeader, Offset: 2, Len: 2}}
}

func (l layout) addr(v4, v6 uint32) []expr.Any {
	off := v4
	if l.family == IPv6 {
		off = v6
	}
	return []expr.Any{&expr.Payload{DestRegister: reg1, Base: expr.PayloadBaseNetworkHeader, Offset: off, Len: uint32(l.family.width())}}
}

func (l layout) saddr() []expr.Any { return l.addr(12, 8) }

func (l layout) daddr() []expr.Any { return l.addr(16, 24) }

// loopback holds of packets from (or to) a loopback address.
func (l layout) loopback(source bool) []expr.Any {
	a := l.daddr()
	if source {
		a = l.saddr()
	}
	if l.family == IPv6 {
		one := make([]byte, 16)
		one[15] = 1
		return append(a, &expr.Cmp{Op: expr.CmpOpEq, Register: reg1, Data: one})
	}
	return append(a,
		&expr.Bitwise{SourceRegister: reg1, DestRegister: reg1, Len: 4, Mask: []byte{255, 0, 0, 0}, Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpEq, Register: reg1, Data: []byte{127, 0, 0, 0}})
}

func (l layout) notFromLoopback() []expr.Any {
	return append(meta(expr.MetaKeyIIFNAME, reg1), &expr.Cmp{Op: expr.CmpOpNeq, Register: reg1, Data: ifname("lo")})
}

// localDestination holds of packets for one of the host's addresses.
func (l layout) localDestination() []expr.Any {
	return []expr.Any{
		&expr.Fib{Register: reg1, FlagDADDR: true, ResultADDRTYPE: true},
		&expr.Cmp{Op: expr.CmpOpEq, Register: reg1, Data: binaryutil.NativeEndian.PutUint32(unix.RTN_LOCAL)},
	}
}

func ctBits(key expr.CtKey, bits uint32) []expr.Any {
	return []expr.Any{
		&expr.Ct{Key: key, Register: reg1},
		&expr.Bitwise{SourceRegister: reg1, DestRegister: reg1, Len: 4, Mask: binaryutil.NativeEndian.PutUint32(bits), Xor: make([]byte, 4)},
		&expr.Cmp{Op: expr.CmpOpNeq, Register: reg1, Data: make([]byte, 4)},
	}
}

// publish sends the packet to where the map says, if it says anything.
func (l layout) publish(m *nftables.Set) []expr.Any {
	return []expr.Any{
		&expr.Lookup{SourceRegister: reg1, DestRegister: reg1, IsDestRegSet: true, SetName: m.Name, SetID: m.ID},
		&expr.NAT{
			Type: expr.NATTypeDestNAT, Family: uint32(l.family.table()),
			RegAddrMin: reg1, RegProtoMin: regWord + uint32(l.family.width()/4), Specified: true,
		},
	}
}

// ifname is an interface's name as the kernel compares it.
func ifname(name string) []byte {
	b := make([]byte, unix.IFNAMSIZ)
	copy(b, name)
	return b
}
