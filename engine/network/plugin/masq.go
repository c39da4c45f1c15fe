package plugin

import (
	"context"
	"crypto/sha512"
	"encoding/hex"
	"os/exec"
	"strings"
	"time"
)

// masqTime is how long the clean-up may take.
const masqTime = 5 * time.Second

// chainFor is how the bridge plugin names the chain of a container's masquerade.
func chainFor(network, owner string) string {
	h := sha512.Sum512([]byte(network + owner))
	return "CNI-" + hex.EncodeToString(h[:])[:24]
}

// forgetMasquerade removes the chain that the bridge plugin leaves behind when it is not
// told the namespace, which is gone when a container has ended. Where there is no
// iptables there is no such chain.
func forgetMasquerade(ctx context.Context, network, owner string) {
	ctx, cancel := context.WithTimeout(ctx, masqTime)
	defer cancel()
	chain := chainFor(network, owner)
	for _, program := range []string{"iptables", "ip6tables"} {
		run := func(args ...string) (string, error) {
			out, err := exec.CommandContext(ctx, program, append([]string{"-w", "-t", "nat"}, args...)...).Output()
			return string(out), err
		}
		out, err := run("-S", "POSTROUTING")
		if err != nil {
			continue
		}
		for line := range strings.Lines(out) {
			if f := fields(line); len(f) > 2 && f[0] == "-A" && f[len(f)-2] == "-j" && f[len(f)-1] == chain {
				f[0] = "-D"
				_, _ = run(f...)
			}
		}
		_, _ = run("-F", chain)
		_, _ = run("-X", chain)
	}
}

// fields splits a rule as iptables prints it: comments stand in quotes, and quotes in them
// behind a backslash.
func fields(line string) (all []string) {
	var word strings.Builder
	quoted, any := false, false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case c == '\\' && quoted && i+1 < len(line):
			i++
			word.WriteByte(line[i])
		case c == '"':
			quoted, any = !quoted, true
		case (c == ' ' || c == '\n') && !quoted:
			if any || word.Len() > 0 {
				all = append(all, word.String())
			}
			word.Reset()
			any = false
		default:
			word.WriteByte(c)
		}
	}
	if any || word.Len() > 0 {
		all = append(all, word.String())
	}
	return all
}
