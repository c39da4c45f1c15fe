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
	case api.EngineDown:
		return Explanation{Title: "The engine at " + at + " is down", Detail: "it was used last time, so no other is started", Fix: "start it, or choose another with --engine"}
	}
	return Explanation{Title: "containerd at " + at + " is not available", Detail: detail, Fix: "check that it runs; see what gantry engine status says"}
}
