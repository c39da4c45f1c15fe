package spec

import "strings"

// DefaultPath is the variable for images that set none.
const DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// env is the standard variables, the image's, the client config's, the request's: a later
// value takes the place of an earlier one, and a name without a value drops the variable.
func (b *builder) env() []string {
	out := []string{DefaultPath, "HOSTNAME=" + b.Hostname}
	if b.cfg.Tty {
		out = append(out, "TERM=xterm")
	}
	for _, more := range [][]string{b.Image.Env, b.Env, b.cfg.Env} {
		out = mergeEnv(out, more)
	}
	return out
}

func mergeEnv(env, more []string) []string {
	at := make(map[string]int, len(env))
	for i, kv := range env {
		at[envName(kv)] = i
	}
	dropped := map[int]bool{}
	for _, kv := range more {
		name := envName(kv)
		i, known := at[name]
		switch {
		case !strings.Contains(kv, "="):
			if known {
				dropped[i] = true
				delete(at, name)
			}
		case known:
			env[i] = kv
		default:
			at[name] = len(env)
			env = append(env, kv)
		}
	}
	kept := env[:0]
	for i, kv := range env {
		if !dropped[i] {
			kept = append(kept, kv)
		}
	}
	return kept
}

func envName(kv string) string {
	name, _, _ := strings.Cut(kv, "=")
	return name
}
