package option

import (
	"net/netip"
	"strconv"
	"strings"

	"gantry/engine/api"
)

// At is which value of its option an error of the engine is about. An engine sees a request,
// which has ports and mounts in an order of its own; its Index is then of that.
func (d Draft) At(e api.FieldError) int {
	values := d.values(Key(e.Field))
	if len(values) < 2 {
		return 0
	}
	for i, v := range values {
		if Key(e.Field) == KeyPublish && publishes(v, e.Value) || Key(e.Field) != KeyPublish && v == e.Value || mounts(Key(e.Field), v, e.Value) {
			return i
		}
	}
	return max(0, min(e.Index, len(values)-1))
}

// publishes reports whether a value of --publish is about a port as an engine writes it:
// "127.0.0.1:8080/tcp", or "8000-8010:80/tcp" of a range to choose from.
func publishes(v, text string) bool {
	p, reason, _ := readPublish(v)
	rest, protocol, _ := strings.Cut(text, "/")
	if reason != "" || p.protocol != protocol {
		return false
	}
	if at, err := netip.ParseAddrPort(rest); err == nil {
		same := !p.address.IsValid() || p.address == at.Addr()
		return same && p.hostFirst != 0 && p.hostFirst <= at.Port() && at.Port()-p.hostFirst < p.contain
	}
	host, inside, both := strings.Cut(rest, ":")
	if !both {
		host, inside = "", rest
	}
	n, err := strconv.ParseUint(inside, 10, 16)
	return err == nil && host == p.host && p.containFirst <= uint16(n) && uint16(n)-p.containFirst < p.contain
}

// mounts reports whether a value mounts what an engine names by its text.
func mounts(k Key, v, text string) bool {
	switch k {
	case KeyVolume:
		b, reason, _ := ReadBind(v)
		return reason == "" && b.String() == text || strings.Split(v, ":")[0] == text
	case KeyTmpfs:
		target, _, _ := strings.Cut(v, ":")
		return target == text
	}
	return false
}
