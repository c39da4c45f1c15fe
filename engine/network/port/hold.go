package port

import (
	"errors"
	"fmt"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"gantry/engine/network/wire"
)

// InUseError is a port that somebody has.
type InUseError struct {
	Port  wire.Port
	Owner Owner // zero when it cannot be told
}

func (e *InUseError) Error() string {
	s := fmt.Sprintf("the port %s is in use", e.Port)
	if e.Owner != (Owner{}) {
		s += " by " + e.Owner.String()
	}
	return s
}

// Hold binds the ports, all or none, for as long as the files are open. Nothing is ever
// accepted or read: until the rules are in place, who calls is refused and may try again.
// With v6 the ports of all addresses are held for IPv6 too.
func Hold(ports []wire.Port, v6 bool) (files []*os.File, err error) {
	defer func() {
		if err != nil {
			for _, f := range files {
				f.Close()
			}
			files = nil
		}
	}()
	for _, p := range ports {
		for _, a := range addresses(p, v6) {
			f, err := bind(p.Protocol, netip.AddrPortFrom(a, p.Host))
			if errors.Is(err, unix.EADDRINUSE) {
				return files, &InUseError{Port: p}
			}
			if err != nil {
				return files, fmt.Errorf("hold the port %s: %w", p, err)
			}
			if f != nil {
				files = append(files, f)
			}
		}
	}
	return files, nil
}

func addresses(p wire.Port, v6 bool) []netip.Addr {
	switch {
	case p.HostIP.IsValid() && !p.HostIP.IsUnspecified():
		return []netip.Addr{p.HostIP}
	case p.HostIP == netip.IPv6Unspecified():
		return []netip.Addr{p.HostIP}
	case v6 && !p.HostIP.IsValid():
		return []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	return []netip.Addr{netip.IPv4Unspecified()}
}

// bind returns no file for what this kernel has no sockets for: then nobody else can have
// the port either.
func bind(protocol string, at netip.AddrPort) (*os.File, error) {
	family, kind, proto := unix.AF_INET, unix.SOCK_STREAM, unix.IPPROTO_TCP
	switch protocol {
	case "udp":
		kind, proto = unix.SOCK_DGRAM, unix.IPPROTO_UDP
	case "sctp":
		proto = unix.IPPROTO_SCTP
	}
	if at.Addr().Is6() {
		family = unix.AF_INET6
	}
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, proto)
	if errors.Is(err, unix.EPROTONOSUPPORT) || errors.Is(err, unix.ESOCKTNOSUPPORT) || errors.Is(err, unix.EAFNOSUPPORT) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := bindTo(fd, kind, at); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return os.NewFile(uintptr(fd), "port "+at.String()), nil
}

func bindTo(fd, kind int, at netip.AddrPort) error {
	sa := sockaddr(at)
	if at.Addr().Is6() {
		if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1); err != nil {
			return err
		}
	}
	if kind == unix.SOCK_DGRAM {
		// What comes before the rules are in place is thrown away.
		drop := unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K}
		if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: 1, Filter: &drop}); err != nil {
			return err
		}
	}
	// A socket that is bound and does not listen refuses whoever calls, and keeps others
	// from binding, which an option to share it (SO_REUSEADDR) would undo.
	err := unix.Bind(fd, sa)
	if kind != unix.SOCK_STREAM || !errors.Is(err, unix.EADDRINUSE) {
		return err
	}
	// It may be only the rest of closed connections, which a listener may ignore.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1); err != nil {
		return err
	}
	if err := unix.Bind(fd, sa); err != nil {
		return err
	}
	return unix.Listen(fd, 0)
}

func sockaddr(at netip.AddrPort) unix.Sockaddr {
	if at.Addr().Is6() {
		return &unix.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
	}
	return &unix.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
}
