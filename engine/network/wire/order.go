package wire

// PluginCommand are the arguments with which gantry-helper runs the copy of gantry beside it
// for the networks that CNI plugins set up.
func PluginCommand() []string { return []string{"internal", "network-plugins"} }

// PluginOrder is what it is to do: one of the two.
type PluginOrder struct {
	Version int        `json:"version"`
	Add     *PluginAdd `json:"add,omitempty"`
	Del     *PluginDel `json:"del,omitempty"`
}

// PluginAdd sets one network of a plan up in the namespace of a process.
type PluginAdd struct {
	Plan    Plan    `json:"plan"`
	Network Network `json:"network"`
	Pid     int     `json:"pid"`
}

// PluginDel takes it down.
type PluginDel struct {
	Lease    Lease    `json:"lease"`
	Endpoint Endpoint `json:"endpoint"`
}
