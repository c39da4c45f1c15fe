package native

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const sysctls = "/proc/sys/net"

// setting writes a value below /proc/sys/net unless it is there already, so that a file
// system that is mounted read-only is no obstacle on a host that was prepared.
func setting(value string, path ...string) error {
	file := filepath.Join(append([]string{sysctls}, path...)...)
	b, err := os.ReadFile(file)
	if err == nil && strings.TrimSpace(string(b)) == value {
		return nil
	}
	if err == nil {
		err = os.WriteFile(file, []byte(value), 0)
	}
	if err != nil {
		return fmt.Errorf("set %s to %s: %w", strings.Join(path, "."), value, err)
	}
	return nil
}

// forwarding has the host pass packets on. With IPv6 that would end its listening to
// routers, which may be where its own default route comes from, so interfaces that listen
// are told to go on.
func forwarding(v6 bool) error {
	if !v6 {
		return setting("1", "ipv4", "ip_forward")
	}
	b, err := os.ReadFile(filepath.Join(sysctls, "ipv6/conf/all/forwarding"))
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("this kernel has no IPv6")
	}
	if err == nil && strings.TrimSpace(string(b)) == "1" {
		return nil
	}
	files, _ := filepath.Glob(filepath.Join(sysctls, "ipv6/conf/*/accept_ra"))
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.TrimSpace(string(b)) == "1" {
			if err := os.WriteFile(f, []byte("2"), 0); err != nil {
				return fmt.Errorf("keep listening to IPv6 routers: %w", err)
			}
		}
	}
	return setting("1", "ipv6", "conf", "all", "forwarding")
}
