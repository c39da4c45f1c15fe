package task

import (
	"context"
	"errors"
	"regexp"
	"strings"
	"sync"

	"gantry/engine/api"
)

// signs maps what the shim and runc print to causes, in the order they are looked for. The
// exit codes are those of Docker's setExitCodeFromError: text is all that crosses ttrpc.
var signs = []struct {
	text  string
	cause api.StartCause
	code  int
}{
	{"shim was started through the deprecated API", api.CauseSkew, 128},
	{"address already in use", api.CausePort, 128},
	{"port is already allocated", api.CausePort, 128},
	{"is in use", api.CausePort, 128},
	// Before the words that a hook may have in what it says.
	{"error running hook", api.CauseHook, 128},
	{"error running createRuntime hook", api.CauseHook, 128},
	{"not a directory", api.CauseNotDir, 127},
	{"error mounting", api.CauseMount, 128},
	{"executable file not found", api.CauseNotFound, 127},
	{"is a directory", api.CausePermission, 126},
	{"permission denied", api.CausePermission, 126},
	{"error during container init: error executing hook", api.CauseHook, 128},
	{"no such file or directory", api.CauseNotFound, 127},
	{"cgroup", api.CauseCgroup, 128},
}

// ownHook begins what gantry-helper says when it could not set a network up.
const ownHook = "network: "

// noise is what runc and the shim put around the sentence that matters.
var noise = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(failed to create (shim )?task: |OCI runtime (create|start) failed: |runc (create|start) failed: |cannot start a container that has |unable to start container process: |error during container init: |exec: )+`)
})

// StartFailed makes a typed error of what NewTask or Start returned. command is what was to
// be run. An ended context stays what it is.
func StartFailed(name, command string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) {
		return err
	}
	e := &api.StartError{Name: name, Command: command, Cause: api.CauseOther, Code: 128, Err: errors.New(sentence(err))}
	text := strings.ToLower(err.Error())
	if strings.Contains(text, "snapshot") && strings.Contains(text, "does not exist") {
		e.Cause = api.CauseRootfs
		return e
	}
	for _, s := range signs {
		if strings.Contains(text, strings.ToLower(s.text)) {
			e.Cause, e.Code = s.cause, s.code
			return e
		}
	}
	return e
}

// sentence strips the layers of wrapping and runc's trailing ": unknown".
func sentence(err error) string {
	s := strings.TrimSuffix(strings.TrimSpace(err.Error()), ": unknown")
	if t := noise().ReplaceAllString(s, ""); t != "" {
		s = t
	}
	// Of a hook what it said itself is what matters.
	if _, said, ok := strings.Cut(s, "stderr: "); ok && strings.Contains(s, " hook") && strings.TrimSpace(said) != "" {
		s = strings.TrimSpace(said)
		if !strings.HasPrefix(s, ownHook) {
			s = "a hook failed: " + s
		}
	}
	return s
}
