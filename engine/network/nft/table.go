package nft

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/google/nftables"
	"github.com/google/nftables/binaryutil"
	"golang.org/x/sys/unix"
)

// The names within a table.
const (
	setBridges   = "bridges"  // every bridge
	setInternal  = "internal" // bridges of internal networks
	setSame      = "same"     // bridge . bridge, for those whose containers reach each other
	setNets      = "nets"     // every subnet
	setMasq      = "masq"     // subnets whose packets leave with the host's address
	mapPorts     = "ports"    // protocol . port → address . port
	mapBoundName = "bound"    // the same for one address of the host
)

// Family is an IP version.
type Family byte

// The families.
const (
	IPv4 Family = 4
	IPv6 Family = 6
)

func (f Family) table() nftables.TableFamily {
	if f == IPv6 {
		return nftables.TableFamilyIPv6
	}
	return nftables.TableFamilyIPv4
}

// width of an address, in bytes.
func (f Family) width() int {
	if f == IPv6 {
		return 16
	}
	return 4
}

func (f Family) addrType() nftables.SetDatatype {
	if f == IPv6 {
		return nftables.TypeIP6Addr
	}
	return nftables.TypeIPAddr
}

// Table is an engine's rules. Its methods are called under the engine's lock of them
// (wire.Instance.Lock): they look and then write.
type Table struct {
	Name string
}

// conn is one exchange with the kernel, in the calling thread's network namespace.
func conn() (*nftables.Conn, error) {
	c, err := nftables.New(nftables.AsLasting())
	if err != nil {
		return nil, fmt.Errorf("nftables: %w", err)
	}
	return c, nil
}

// table with its sets and maps, as they are named in a batch.
type layout struct {
	family   Family
	table    *nftables.Table
	bridges  *nftables.Set
	internal *nftables.Set
	same     *nftables.Set
	nets     *nftables.Set
	masq     *nftables.Set
	ports    *nftables.Set
	bound    *nftables.Set
}

func (t Table) layout(f Family) layout {
	table := &nftables.Table{Name: t.Name, Family: f.table()}
	set := func(name string, keys ...nftables.SetDatatype) *nftables.Set {
		s := &nftables.Set{Table: table, Name: name, KeyType: keys[0]}
		if keys[0] == nftables.TypeIFName {
			// Only for nft to show it: names are in the order of the host's bytes.
			s.KeyByteOrder = binaryutil.NativeEndian
		}
		if len(keys) > 1 {
			s.KeyType, s.Concatenation = nftables.MustConcatSetType(keys...), true
		}
		return s
	}
	subnets := func(name string) *nftables.Set {
		s := set(name, f.addrType())
		s.Interval = true
		return s
	}
	ports := func(name string, keys ...nftables.SetDatatype) *nftables.Set {
		s := set(name, keys...)
		s.IsMap, s.DataType = true, nftables.MustConcatSetType(f.addrType(), nftables.TypeInetService)
		return s
	}
	return layout{
		family:   f,
		table:    table,
		bridges:  set(setBridges, nftables.TypeIFName),
		internal: set(setInternal, nftables.TypeIFName),
		same:     set(setSame, nftables.TypeIFName, nftables.TypeIFName),
		nets:     subnets(setNets),
		masq:     subnets(setMasq),
		ports:    ports(mapPorts, nftables.TypeInetProto, nftables.TypeInetService),
		bound:    ports(mapBoundName, f.addrType(), nftables.TypeInetProto, nftables.TypeInetService),
	}
}

func (l layout) sets() []*nftables.Set {
	return []*nftables.Set{l.bridges, l.internal, l.same, l.nets, l.masq, l.ports, l.bound}
}

// create puts the empty table into the batch.
func (l layout) create(c *nftables.Conn) error {
	c.AddTable(l.table)
	for _, s := range l.sets() {
		if err := c.AddSet(s, nil); err != nil {
			return err
		}
	}
	l.addChains(c)
	return nil
}

// elements of a set; those of a table that does not exist are none, and false.
func elements(c *nftables.Conn, s *nftables.Set) ([]nftables.SetElement, bool, error) {
	e, err := c.GetSetElements(s)
	// The library hands on the words of the error only.
	if err != nil && strings.HasSuffix(err.Error(), unix.ENOENT.Error()) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("nftables: read %s: %w", s.Name, err)
	}
	return e, true, nil
}

// Remove takes the whole table away, of both IP versions.
func (t Table) Remove() error {
	c, err := conn()
	if err != nil {
		return err
	}
	defer c.CloseLasting()
	for _, f := range []Family{IPv4, IPv6} {
		l := t.layout(f)
		_, there, err := elements(c, l.bridges)
		if err != nil {
			return err
		}
		if there {
			c.DelTable(l.table)
		}
	}
	return flush(c)
}

func flush(c *nftables.Conn) error {
	err := c.Flush()
	if errors.Is(err, os.ErrPermission) {
		return fmt.Errorf("nftables: %w (root is needed)", err)
	}
	if err != nil {
		return fmt.Errorf("nftables: %w", err)
	}
	return nil
}
