package ipam

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gantry/engine/network/wire"
)

// Pool is the addresses of one network.
type Pool struct {
	Dir     string // of all networks' address files
	Network string
	Sets    []wire.Set
}

// Address is one that was given out.
type Address struct {
	Prefix  netip.Prefix // the address with its subnet's length
	Gateway netip.Addr   // the zero Addr: none
}

func (p Pool) store() store { return store{filepath.Join(p.Dir, p.Network)} }

// Reserve gives an interface one address of each set: the one of wanted that lies in it,
// else the next free one. What the same interface held before is freed first. On an error
// nothing is held: FullError, TakenError, OutsideError, or one of the file system.
func (p Pool) Reserve(h Holder, wanted []netip.Addr) (got []Address, err error) {
	for _, w := range wanted {
		if _, _, ok := p.find(w); !ok {
			return nil, &OutsideError{p.Network, w}
		}
	}
	s := p.store()
	err = s.locked(func() error {
		held, err := s.holders()
		if err == nil {
			err = s.release(held, h)
		}
		if err != nil {
			return err
		}
		for i, set := range p.Sets {
			a, err := p.take(s, held, i, set, h, wanted)
			if err != nil {
				return errors.Join(err, s.release(held, h))
			}
			held[a.Prefix.Addr()] = h
			got = append(got, a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return got, nil
}

// find is the set and range that an address belongs to.
func (p Pool) find(a netip.Addr) (int, wire.Range, bool) {
	for i, set := range p.Sets {
		for _, r := range set {
			if r.Subnet.Contains(a) && within(r, a) {
				return i, r, true
			}
		}
	}
	return 0, wire.Range{}, false
}

func within(r wire.Range, a netip.Addr) bool {
	return !a.Less(r.Start) && !r.End.Less(a)
}

func (p Pool) take(s store, held map[netip.Addr]Holder, i int, set wire.Set, h Holder, wanted []netip.Addr) (Address, error) {
	id := strconv.Itoa(i)
	for _, w := range wanted {
		at, r, _ := p.find(w)
		if at != i {
			continue
		}
		if w == r.Gateway {
			return Address{}, &TakenError{Network: p.Network, Addr: w}
		}
		ok, err := s.reserve(w, h)
		if err == nil && !ok {
			return Address{}, &TakenError{p.Network, w, s.holder(w).Owner}
		}
		if err == nil {
			err = s.setLast(id, w)
		}
		return Address{netip.PrefixFrom(w, r.Subnet.Bits()), r.Gateway}, err
	}
	return p.next(s, held, id, set, h)
}

// next takes the first free address behind the last one given, as host-local does, so
// that an address rests before it is used again. It goes by what is held: trying address after
// address would take long in a full network.
func (p Pool) next(s store, held map[netip.Addr]Holder, id string, set wire.Set, h Holder) (Address, error) {
	if len(set) == 0 {
		return Address{}, fmt.Errorf("network %s has an empty list of ranges", p.Network)
	}
	for _, span := range spans(set, s.last(id)) {
		for a := span.Start; a.IsValid() && !span.End.Less(a); a = a.Next() {
			if _, taken := held[a]; taken || a == span.Gateway {
				continue
			}
			ok, err := s.reserve(a, h)
			if err == nil && ok {
				return Address{netip.PrefixFrom(a, span.Subnet.Bits()), span.Gateway}, s.setLast(id, a)
			}
			if err != nil {
				return Address{}, err
			}
		}
	}
	return Address{}, &FullError{p.Network, set[0].Subnet}
}

// spans are a set's ranges in the order in which they are tried: from behind last to the
// end, then from the beginning.
func spans(set wire.Set, last netip.Addr) []wire.Range {
	for i, r := range set {
		if !last.IsValid() || !within(r, last) {
			continue
		}
		rest, begin := r, r
		rest.Start, begin.End = last.Next(), last
		out := []wire.Range{rest}
		out = append(out, set[i+1:]...)
		out = append(out, set[:i]...)
		return append(out, begin)
	}
	return set
}

// release frees what of the held addresses is an interface's, under the lock.
func (s store) release(held map[netip.Addr]Holder, h Holder) (err error) {
	for a, o := range held {
		if o == h || o.Interface == "" && o.Owner == h.Owner {
			err = errors.Join(err, s.free(a))
			delete(held, a)
		}
	}
	return err
}

// Release frees those of the addresses that the interface still holds.
func (p Pool) Release(h Holder, addrs []netip.Prefix) error {
	s := p.store()
	if _, err := os.Stat(s.dir); err != nil {
		return nil
	}
	return s.locked(func() (err error) {
		for _, a := range addrs {
			if s.holder(a.Addr()) == h {
				err = errors.Join(err, s.free(a.Addr()))
			}
		}
		return err
	})
}

// Holders are the addresses of the network that are held, without waiting for the lock.
func (p Pool) Holders() (map[netip.Addr]Holder, error) { return p.store().holders() }

// Sweep frees the addresses below dir whose owner is not live. Owners that do not begin
// with prefix are somebody else's, and left alone. It returns what was freed, by network.
// live must look then, and not go by an older list.
func Sweep(dir, prefix string, live func(owner string) bool) (map[string][]netip.Addr, error) {
	freed := map[string][]netip.Addr{}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return freed, nil
	}
	for _, e := range entries {
		s := store{filepath.Join(dir, e.Name())}
		if !e.IsDir() || !s.anyOf(prefix, live) {
			continue
		}
		err = errors.Join(err, s.locked(func() error {
			held, err := s.holders()
			for a, h := range held {
				if strings.HasPrefix(h.Owner, prefix) && !live(h.Owner) {
					if ferr := s.free(a); ferr != nil {
						err = errors.Join(err, ferr)
						continue
					}
					freed[e.Name()] = append(freed[e.Name()], a)
				}
			}
			return err
		}))
	}
	return freed, err
}

// anyOf looks without the lock whether there is anything to free, so that a sweep of a
// host in order writes nothing.
func (s store) anyOf(prefix string, live func(string) bool) bool {
	held, _ := s.holders()
	for _, h := range held {
		if strings.HasPrefix(h.Owner, prefix) && !live(h.Owner) {
			return true
		}
	}
	return false
}
