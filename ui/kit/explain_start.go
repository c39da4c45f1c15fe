package kit

import (
	"fmt"

	"gantry/engine/api"
)

// explainStart puts a failed start into words. The container stays, so the fix can
// always be to make it anew with other settings.
func explainStart(e *api.StartError) Explanation {
	x := Explanation{Title: fmt.Sprintf("%s did not start", subject(e.Name)), Detail: because(e.Err)}
	if e.Exec {
		x.Title = fmt.Sprintf("Nothing was run in %s", subject(e.Name))
	}
	switch e.Cause {
	case api.CauseNotFound:
		x.Detail = fmt.Sprintf("%s: no such program in the image", e.Command)
		x.Fix = "check the command; a script needs the interpreter of its first line in the image too"
	case api.CausePermission:
		x.Detail = fmt.Sprintf("%s: not executable, or a directory", e.Command)
		x.Fix = "make the file executable in the image, or run it with sh"
	case api.CauseNotDir:
		x.Fix = "a directory is mounted on a file, or the reverse: check what is mounted where"
	case api.CauseMount:
		x.Fix = "check that the sources of the mounts exist on this host"
	case api.CauseCgroup:
		x.Fix = "check the limits; this host may not have the controller that one of them needs"
	case api.CauseHook:
		x.Fix = "its network could not be set up; check that the host allows it"
	case api.CausePort:
		x.Fix = "choose another port, or stop what listens there"
	case api.CauseEnded:
		x.Title = fmt.Sprintf("%s did not stay up", subject(e.Name))
		x.Detail = fmt.Sprintf("%s ended with %d at once", e.Command, e.Code)
		x.Fix = "run it by itself with --rm -it, and read what it says"
	case api.CauseRootfs:
		x.Detail, x.Fix = "its root filesystem snapshot is gone", "make the container anew"
	case api.CauseSkew:
		x.Detail, x.Fix = "containerd was upgraded on disk but not restarted", "restart containerd; running containers go on"
	default:
		if x.Detail == "" {
			x.Detail = "the runtime gave no reason"
		}
	}
	return x
}

// because is the text of the cause, "" when there is none.
func because(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func subject(name string) string {
	if name == "" {
		return "The container"
	}
	return name
}

// explainRecreate is why the new container did not come to be, and what has become of the old one.
func explainRecreate(r *api.RecreateError) Explanation {
	e := explain(r.Err)
	old := "the old container is brought back when the engine can be reached again"
	switch {
	case r.Back && r.Running:
		old = "the old container runs again"
	case r.Back:
		old = "the old container is as it was"
	}
	if e.Detail != "" {
		e.Detail += "; "
	}
	e.Detail += old
	return e
}
