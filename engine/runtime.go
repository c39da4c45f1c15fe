package engine

import (
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/containerd/containerd/api/types/runc/options"
	"github.com/containerd/typeurl/v2"
	"google.golang.org/protobuf/types/known/anypb"

	"gantry/engine/api"
)

// runtimeOf is containerd's runtime for a --runtime, and the program in runc's place; "" for
// runc itself. What is not there is a FieldErrors.
func runtimeOf(name string) (shim, binary string, err error) {
	refuse := func(reason, fix string) (string, string, error) {
		return "", "", api.FieldErrors{{Field: "runtime", Value: name, Reason: reason, Fix: fix}}
	}
	switch {
	case name == "" || name == "runc" || name == runtimeName:
		return runtimeName, "", nil
	case strings.HasPrefix(filepath.Base(name), "containerd-shim-"):
		if _, err := exec.LookPath(name); err != nil || !filepath.IsAbs(name) {
			return refuse("there is no shim "+name, "write the absolute path of a program")
		}
		return name, "", nil
	case strings.HasPrefix(name, "io.containerd."):
		parts := strings.Split(name, ".")
		if len(parts) < 4 {
			return refuse("unknown or invalid runtime name: "+name, "write it like io.containerd.kata.v2")
		}
		program := "containerd-shim-" + parts[len(parts)-2] + "-" + parts[len(parts)-1]
		if _, err := exec.LookPath(program); err != nil {
			return refuse("unknown or invalid runtime name: "+name, "install "+program)
		}
		return name, "", nil
	}
	binary, err = exec.LookPath(name)
	if err == nil {
		binary, err = filepath.Abs(binary)
	}
	if err != nil {
		return refuse("unknown or invalid runtime name: "+name, "install the program, or leave it out")
	}
	return runtimeName, binary, nil
}

// runtimeOptions are those of runc's shim; other shims have others, which nobody asked for.
func (c *creation) runtimeOptions(shim, binary string) (typeurl.Any, error) {
	if shim != runtimeName {
		return (*anypb.Any)(nil), nil
	}
	return typeurl.MarshalAny(&options.Options{Root: c.l.end.RuncRoot, SystemdCgroup: c.systemd, BinaryName: binary})
}
