// Package daemon finds the containerd to work with, or brings gantry's own up and
// keeps to it.
//
// Choose decides which one and changes nothing; Up makes sure that it serves, and
// remembers it for this data root; Dial connects; Probe says what the server can do.
// A containerd of the system is never started, stopped or configured.
package daemon

import (
	"log/slog"
	"os"

	"gantry/engine/path"
)

// Mode is which engine the user asked for.
type Mode string

// The modes of --engine.
const (
	Auto     Mode = "auto"     // what was used last time, else the system's, else ours
	System   Mode = "system"   // the system's or nothing
	Embedded Mode = "embedded" // ours, whatever the system has
)

// The places used unless the user moves them.
const (
	DefaultDataRoot = "/var/lib/gantry"
	DefaultRunRoot  = "/run/gantry"
)

// Candidate is a place where a containerd of somebody else may listen.
type Candidate struct {
	Name    string // for people: "containerd", "k3s"
	Address string // socket path
	Auto    bool   // may be chosen without being asked for; others are only offered
}

// DefaultCandidates are the sockets that distributions, Kubernetes and Docker use.
func DefaultCandidates() []Candidate {
	return []Candidate{
		{Name: "containerd", Address: "/run/containerd/containerd.sock", Auto: true},
		{Name: "k3s or rke2", Address: "/run/k3s/containerd/containerd.sock"},
		{Name: "microk8s", Address: "/var/snap/microk8s/common/run/containerd.sock"},
		{Name: "Docker", Address: "/var/run/docker/containerd/containerd.sock"},
	}
}

// Config says where to look and how to report. The zero value is a sensible default.
type Config struct {
	Address  string // socket asked for, with or without unix://; "" asks $CONTAINERD_ADDRESS
	DataRoot string // default DefaultDataRoot
	RunRoot  string // default DefaultRunRoot
	Mode     Mode   // default Auto
	// Program is the beginning of the command line that starts the embedded daemon;
	// default is the payload's.
	Program       []string
	SystemSockets []Candidate         // default DefaultCandidates; empty but not nil: none
	Getenv        func(string) string // default os.Getenv
	Report        func(path.Trace)    // told of each step of Up; may be nil
	Log           *slog.Logger        // default: nothing is logged
	euid          func() int          // tests pretend not to be root
	host          string              // above /run/systemd and /etc; tests have their own
}

func (c Config) withDefaults() Config {
	if c.DataRoot == "" {
		c.DataRoot = DefaultDataRoot
	}
	if c.RunRoot == "" {
		c.RunRoot = DefaultRunRoot
	}
	if c.Mode == "" {
		c.Mode = Auto
	}
	if c.SystemSockets == nil {
		c.SystemSockets = DefaultCandidates()
	}
	if c.Getenv == nil {
		c.Getenv = os.Getenv
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.host == "" {
		c.host = "/"
	}
	if c.euid == nil {
		c.euid = os.Geteuid
	}
	return c
}
