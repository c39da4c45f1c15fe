package host

// Hierarchies are where this host's cgroup hierarchies are mounted, by controller as Facts
// names them; "" is the unified one.
func Hierarchies() (map[string]string, error) { return tree("/").hierarchies() }

func (t tree) hierarchies() (map[string]string, error) {
	info, err := t.read("proc/self/mountinfo")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	v1, v2 := split(cgroupMounts(info))
	for _, m := range v1 {
		for _, c := range m.controllers() {
			out[c] = m.at
		}
	}
	if len(v2) > 0 {
		out[""] = v2[0].at
	}
	return out, nil
}
