package spec

import (
	"path"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/sys/signal"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Args is the command of a container: its entrypoint and what follows, merged over the
// image's by Docker's rules. An entrypoint of the request drops the image's command; an
// empty one ("--entrypoint ”") drops the image's entrypoint too. Nothing at all is a
// FieldErrors on "args".
func Args(cfg *container.Config, image ocispec.ImageConfig) ([]string, error) {
	entry, cmd := cfg.Entrypoint, cfg.Cmd
	if len(entry) == 0 {
		if len(cmd) == 0 {
			cmd = image.Cmd
		}
		if entry == nil {
			entry = image.Entrypoint
		}
	}
	if len(entry) == 1 && entry[0] == "" {
		entry = nil
	}
	args := append(append([]string{}, entry...), cmd...)
	if len(args) == 0 {
		errs := refuse("args", 0, "", "no command specified")
		errs[0].Fix = "the image has none either; add one after the image"
		return nil, errs
	}
	return args, nil
}

func workingDir(cfg *container.Config, image ocispec.ImageConfig) (string, error) {
	if cfg.WorkingDir != "" {
		if !path.IsAbs(cfg.WorkingDir) {
			return "", refuse("workdir", 0, cfg.WorkingDir, "it needs to be an absolute path")
		}
		return path.Clean(cfg.WorkingDir), nil
	}
	// An image may be sloppy; its author is not here to mend it.
	return path.Join("/", image.WorkingDir), nil
}

// StopSignal is the signal that asks a container to end: the request's, the image's, or
// SIGTERM. One that does not exist is a FieldErrors when it came from the request; the
// image's is then passed over.
func StopSignal(cfg *container.Config, image ocispec.ImageConfig) (string, error) {
	if cfg.StopSignal != "" {
		if _, err := signal.ParseSignal(cfg.StopSignal); err != nil {
			return "", refuse("stop-signal", 0, cfg.StopSignal, "no such signal: "+cfg.StopSignal)
		}
		return cfg.StopSignal, nil
	}
	if _, err := signal.ParseSignal(image.StopSignal); image.StopSignal != "" && err == nil {
		return image.StopSignal, nil
	}
	return "SIGTERM", nil
}
