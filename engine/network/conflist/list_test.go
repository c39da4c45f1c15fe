package conflist

import (
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"gantry/engine/network/wire"
)

// nerdctls is a file that nerdctl has written.
const nerdctls = `{
  "cniVersion": "1.0.0",
  "name": "bridge",
  "nerdctlID": "17f29b073143d8cd97b5bbe492bdeffec1c5fee55cc1fe2112c8b9335f8b6121",
  "nerdctlLabels": {
    "nerdctl/default-network": "true"
  },
  "plugins": [
    {
      "type": "bridge",
      "bridge": "nerdctl0",
      "isGateway": true,
      "ipMasq": true,
      "hairpinMode": true,
      "ipam": {
        "ranges": [
          [
            {
              "gateway": "10.4.0.1",
              "subnet": "10.4.0.0/24"
            }
          ]
        ],
        "routes": [
          {
            "dst": "0.0.0.0/0"
          }
        ],
        "type": "host-local"
      }
    },
    {
      "type": "portmap",
      "capabilities": {
        "portMappings": true
      }
    },
    {
      "type": "firewall",
      "ingressPolicy": "same-bridge"
    },
    {
      "type": "tuning"
    }
  ]
}`

func TestAFileIsNerdctlsByteForByte(t *testing.T) {
	l := List{Name: "bridge", Labels: map[string]string{LabelDefault: "true"}, Net: wire.Network{
		Driver: wire.Bridge, Bridge: "nerdctl0", Sets: []wire.Set{{Whole(netip.MustParsePrefix("10.4.0.0/24"))}},
	}}
	b, err := Encode(l, "")
	if err != nil || string(b) != nerdctls {
		t.Errorf("%v\n%s", err, b)
	}
}

func TestNerdctlsNetworkIsItsPluginsBusiness(t *testing.T) {
	l, err := Decode([]byte(nerdctls))
	if err != nil || l.Native || l.Name != "bridge" || l.Net.Bridge != "nerdctl0" || l.Net.Driver != "bridge" ||
		l.Net.Sets[0][0].End != netip.MustParseAddr("10.4.0.254") {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	p4, p6 := netip.MustParsePrefix("10.8.0.0/24"), netip.MustParsePrefix("fd00:8::/64")
	part := Whole(p4)
	part.Gateway = netip.MustParseAddr("10.8.0.254")
	part.Start, part.End = netip.MustParseAddr("10.8.0.129"), netip.MustParseAddr("10.8.0.191")
	for name, n := range map[string]wire.Network{
		"bridge":   {Driver: wire.Bridge, Bridge: "br-1", MTU: 1400, NoMasq: true, Sets: []wire.Set{{part}, {Whole(p6)}}},
		"internal": {Driver: wire.Bridge, Bridge: "br-1", Internal: true, NoICC: true, Sets: []wire.Set{{Whole(p4)}}},
		"macvlan":  {Driver: wire.Macvlan, Parent: "eth0", Sets: []wire.Set{{Whole(p4)}}},
		"ipvlan":   {Driver: wire.Ipvlan, Parent: "eth0", Mode: "l3", Sets: []wire.Set{{Whole(p4)}}},
	} {
		n.Name = name
		b, err := Encode(List{Name: name, IPv6: len(n.Sets) > 1, Labels: map[string]string{LabelNative: "1"}, Net: n}, "/data")
		if err != nil {
			t.Fatal(err)
		}
		l, err := Decode(b)
		if err != nil || !l.Native || !reflect.DeepEqual(l.Net, n) || l.IPv6 != (len(n.Sets) > 1) {
			t.Errorf("%s: %v\ngot  %+v\nwant %+v\n%s", name, err, l.Net, n, b)
		}
	}
}

func TestADirectoryOfNetworks(t *testing.T) {
	d := Dir{filepath.Join(t.TempDir(), "net.d"), "default"}
	if l, _, err := d.Read(); err != nil || l != nil {
		t.Fatalf("none yet: %v, %v", l, err)
	}
	if _, err := os.Stat(d.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("looking made the directory")
	}
	err := d.Locked(func() error {
		for _, name := range []string{"bridge", "own"} {
			if _, err := d.Write(name, []byte(`{"name":"`+name+`","plugins":[{"type":"ptp"}]}`)); err != nil {
				return err
			}
		}
		if _, err := d.Write("own", nil); !errors.Is(err, fs.ErrExist) {
			t.Errorf("written over: %v", err)
		}
		return os.WriteFile(filepath.Join(d.Path, "10-bad.conf"), []byte("{"), 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	l, broken, err := d.Read()
	if err != nil || len(l) != 2 || len(broken) != 1 {
		t.Fatalf("%v, %v, %v", l, broken, err)
	}
	if l[0].File != filepath.Join(d.Path, "nerdctl-bridge.conflist") || l[1].File != filepath.Join(d.Path, "default", "nerdctl-own.conflist") {
		t.Errorf("files %s, %s", l[0].File, l[1].File)
	}
	if l[1].Native || l[1].Net.Driver != "ptp" {
		t.Errorf("%+v", l[1])
	}
}
