package main

import (
	"os"

	"github.com/pelletier/go-toml/v2"
)

// config is what containerd's configuration says of its places.
type config struct {
	Root    string `toml:"root"`
	State   string `toml:"state"`
	Plugins struct {
		GRPC struct {
			Address string `toml:"address"`
		} `toml:"io.containerd.server.v1.grpc"`
	} `toml:"plugins"`
}

// address is the socket that it serves.
func (c config) address() string { return c.Plugins.GRPC.Address }

// read is the configuration that containerd's arguments name; it is empty where there is none
// that can be read, which containerd will complain of.
func read(args []string) (c config) {
	for i, a := range args {
		if a != "--config" || i+1 == len(args) {
			continue
		}
		raw, err := os.ReadFile(args[i+1])
		if err != nil || toml.Unmarshal(raw, &c) != nil {
			return config{}
		}
	}
	return c
}
