package app_test

import (
	"fmt"
	"time"

	"gantry/engine/api"
	"gantry/engine/path"
)

// someone is a container, if there is one.
func (h *hand) someone() string {
	all, _ := h.e.Containers(h.t.Context())
	if len(all) == 0 {
		return ""
	}
	return all[h.IntN(len(all))].ID
}

// change is what others on the host do, and what the registry does.
func (h *hand) change() {
	id := h.someone()
	what := h.IntN(9)
	h.did("change %d of %.12s", what, id)
	switch what {
	case 0:
		c := h.container("")
		c.Name += fmt.Sprint(len(h.trail), h.IntN(1000))
		h.e.Add(c)
	case 1:
		h.e.Drop(id)
	case 2:
		h.e.Exit(id, h.IntN(256))
	case 3:
		h.e.Change(id, func(c *api.Container) { c.State, c.Error = h.container("").State, h.text(4) })
	case 4:
		h.e.Log(id, h.texts(20, 20)...)
	case 5:
		h.e.SetTraces(id, h.trace())
	case 6:
		p := h.pulls[h.IntN(len(h.pulls))]
		p.Rate(h.ExpFloat64()*1e6, time.Duration(h.IntN(1e9)))
		p.Download(0, int64(h.IntN(3000)))
		p.Unpack(0, int64(h.IntN(3000)))
	case 7:
		h.pulls[h.IntN(len(h.pulls))].Finish()
	case 8:
		h.e.ExitAfterStart("a", time.Duration(h.IntN(1e9)), h.IntN(256))
	}
}

func steps() []string {
	return []string{
		"config", "options", "supported", "image", "pull", "identity", "rootfs", "volumes", "spec", "register", "state", "mounts", "network",
		"security", "task", "wait", "run", "restart", "signal", "stop", "delete", "remove", "undo name given back",
	}
}

func (h *hand) mistake() error {
	return []error{
		nil, nil, fmt.Errorf("it broke: %s", h.text(9)), &api.NameInUseError{Name: h.text(3)}, &api.StateError{}, &api.OwnerError{},
		api.FieldErrors{{Field: "name", Reason: h.text(4)}, {Field: h.text(1), Index: h.IntN(4), Reason: h.text(4)}},
		&api.StartError{Name: "a", Command: h.text(4), Cause: api.CauseNotFound, Code: 127},
		&api.UnavailableError{Address: "/x", Cause: api.EngineHung, Detail: h.text(9)}, &api.NotFoundError{Kind: "container", Name: h.text(4)},
	}[h.IntN(10)]
}

// fault breaks something of the engine, or mends it.
func (h *hand) fault() {
	what := h.IntN(8)
	h.did("fault %d", what)
	switch what {
	case 0:
		h.e.Lost()
	case 1, 2:
		h.e.Ready()
	case 3:
		causes := []api.UnavailableCause{api.Refused, api.NotRoot, api.Denied, api.EngineFailed, api.EngineFull, api.NoPayload, api.EngineNewer}
		h.e.Unavailable(causes[h.IntN(len(causes))], h.text(6))
	case 4:
		h.e.Starting([]path.Step{{Name: h.text(2), State: path.Running, Detail: h.text(4)}})
	case 5:
		h.e.FailAt(steps()[h.IntN(len(steps()))], h.mistake())
	case 6:
		calls := []string{"Containers", "Create", "Facts", "ImageConfig", "Inspect", "Kill", "Logs", "Remove", "Request", "Run", "Start", "Stop", "Traces"}
		h.e.FailCall(calls[h.IntN(len(calls))], h.mistake())
	case 7:
		if len(h.gates) > 0 && h.IntN(2) == 0 {
			h.gates[h.IntN(len(h.gates))].Open()
		} else {
			h.gates = append(h.gates, h.e.HoldAt(steps()[h.IntN(len(steps()))]))
		}
	}
}
