package kit

import "gantry/engine/api"

// explainUnavailable puts into words why there is no engine to talk to.
func explainUnavailable(e *api.UnavailableError) Explanation {
	detail := e.Detail
	if detail == "" && e.Err != nil {
		detail = e.Err.Error()
	}
	at := e.Address
	if at == "" {
		at = "the usual places"
	}
	switch e.Cause {
	case api.NoSocket:
		return Explanation{Title: "No containerd at " + at, Detail: "there is no such socket", Fix: "start containerd, or let gantry bring its own: --engine embedded"}
	case api.Denied:
		return Explanation{Title: "No permission on " + at, Detail: "the socket is for root", Fix: "run it with sudo"}
	case api.NotRoot:
		return Explanation{Title: "The embedded engine needs root", Detail: "containers need namespaces, mounts and cgroups", Fix: "run it with sudo"}
	case api.Refused:
		return Explanation{Title: "Nobody listens on " + at, Detail: "the socket is there, but containerd is not running", Fix: "start containerd, or let gantry bring its own: --engine embedded"}
	case api.NotContainerd:
		return Explanation{Title: at + " is not containerd's socket", Detail: e.Detail, Fix: "give the right one with --address"}
	case api.NoPayload:
		return Explanation{Title: "This gantry was built without its engine", Detail: "it can only use a containerd that runs already", Fix: "run go generate ./... and go build again"}
	case api.EngineFailed:
		return Explanation{Title: "The embedded engine did not start", Detail: detail, Fix: "see what gantry engine status says"}
	case api.EngineFull:
		return Explanation{Title: "The disk of gantry's data root is full", Detail: detail, Fix: "free some space there, or choose another folder with --data-root"}
	case api.EngineReadOnly:
		return Explanation{Title: "gantry's data root cannot be written", Detail: detail, Fix: "mount it writable, or choose another folder with --data-root"}
	case api.EngineDamaged:
		return Explanation{Title: "The embedded engine's data is damaged", Detail: detail, Fix: "restore it from a backup, or move the data root's folder containerd aside and begin anew"}
	case api.EngineNewer:
		return Explanation{Title: "The embedded engine's data was written by a newer containerd", Detail: detail, Fix: "use the gantry that wrote it, or another folder with --data-root"}
	case api.EngineHung:
		return Explanation{Title: "containerd at " + at + " does not answer", Detail: detail, Fix: "restart it: with gantry engine restart, if it is gantry's own"}
	case api.EngineDying:
		return Explanation{Title: "The embedded engine ends again and again", Detail: detail, Fix: "see its log, and what gantry doctor says"}
	case api.EngineDown:
		return Explanation{Title: "The engine at " + at + " is down", Detail: "it was used last time, so no other is started", Fix: "start it, or choose another with --engine"}
	}
	return Explanation{Title: "containerd at " + at + " is not available", Detail: detail, Fix: "check that it runs; see what gantry engine status says"}
}
