package containers

import (
	"strconv"
	"strings"
	"time"

	"gantry/engine/api"
	"gantry/keymap"
)

// reaction is how long after a change a key is taken to be meant for what was there
// before: nobody reads and presses faster.
const reaction = 250 * time.Millisecond

// Verb is what is to be done.
type Verb string

// The verbs.
const (
	VerbStart   Verb = "start"
	VerbStop    Verb = "stop"
	VerbKill    Verb = "kill"
	VerbRemove  Verb = "remove"
	VerbDismiss Verb = "dismiss" // forget a failed row
	VerbCancel  Verb = "cancel"  // the job behind a row
	VerbLogs    Verb = "logs"
	VerbShell   Verb = "shell"
	VerbAttach  Verb = "attach"
	VerbPause   Verb = "pause"
	VerbUnpause Verb = "unpause"
	VerbRestart Verb = "restart"
	VerbDetail  Verb = "details"
	VerbCopy    Verb = "copy"
	VerbInspect Verb = "inspect"
	VerbUsage   Verb = "usage"
	VerbExec    Verb = "exec"
	VerbRename  Verb = "rename"
	VerbCommit  Verb = "commit"
	VerbExport  Verb = "export"
	VerbNew     Verb = "new"
	VerbCopyAs  Verb = "duplicate"
	VerbEdit    Verb = "edit"
	VerbMend    Verb = "mend" // reopen the draft of a failed row
)

// Want is a verb for a row as it was drawn.
type Want struct {
	Verb Verb
	Row  Row
	// Warn is what whoever the container belongs to makes of it; "" is nothing. It is said
	// before it is done.
	Warn string
}

// act is what the verb is to the engine, whose rules go by it; "" where it has none.
func (v Verb) act() api.Act {
	switch v {
	case VerbShell, VerbExec:
		return api.ActExec
	case VerbExport:
		return api.ActCopy
	case VerbStart, VerbStop, VerbKill, VerbRemove, VerbLogs, VerbAttach, VerbPause, VerbUnpause, VerbRestart, VerbRename, VerbCommit:
		return api.Act(v)
	}
	return ""
}

// want is a verb for a row, with what there is to say before.
func want(v Verb, r Row) Want {
	w := Want{Verb: v, Row: r}
	if a := v.act(); a != "" && r.Pending == nil {
		if rule := r.Container.May(a); rule.Verdict == api.Warn {
			w.Warn = rule.Reason
		}
	}
	return w
}

// Mending says which keys there are for a row that failed: "n mends it, d dismisses it".
func (s *Screen) Mending() string {
	var parts []string
	for _, what := range []struct {
		a    keymap.Action
		does string
	}{{keymap.ContainerNew, "mends it"}, {keymap.ContainerRemove, "dismisses it"}} {
		if e, ok := s.env.Keys.Entry(what.a); ok && e.Key() != "" {
			parts = append(parts, keymap.Show(e.Key())+" "+what.does)
		}
	}
	return strings.Join(parts, ", ")
}

// verb is what an action means for a row; "" and the reason when it means nothing, or
// when whoever the container belongs to would not have it.
func verb(a keymap.Action, r Row, ok bool) (Verb, string) {
	v, reason := meaning(a, r, ok)
	if act := v.act(); act != "" && r.Pending == nil {
		if rule := r.Container.May(act); rule.Verdict == api.Deny {
			return "", r.Name() + " belongs to " + OwnerTitle(r.Container.Owner) + ": " + rule.Reason
		}
	}
	return v, reason
}

// meaning is verb, whomever the container belongs to.
func meaning(a keymap.Action, r Row, ok bool) (Verb, string) {
	if a == keymap.ContainerNew {
		if ok && r.Pending != nil && r.Pending.Failed != "" {
			return VerbMend, ""
		}
		return VerbNew, ""
	}
	if !ok {
		return "", "no container is selected"
	}
	if r.Pending != nil {
		return pendingVerb(a, r)
	}
	switch a {
	case keymap.ContainerLogs:
		return VerbLogs, ""
	case keymap.ContainerDetail:
		return VerbDetail, ""
	case keymap.ContainerInspect:
		return VerbInspect, ""
	case keymap.ContainerUsage:
		return VerbUsage, ""
	case keymap.ContainerCopy:
		return VerbCopy, ""
	case keymap.ContainerDuplicate:
		return VerbCopyAs, ""
	}
	if r.Doing != "" {
		return "", r.Name() + ": " + r.Doing + " is under way"
	}
	alive := r.Container.State.Alive()
	switch a {
	case keymap.ContainerStartStop:
		switch {
		case alive:
			return VerbStop, ""
		case r.Container.State == api.StateCreated, r.Container.State == api.StateExited, r.Container.State == api.StateDead:
			return VerbStart, ""
		}
		return "", r.Name() + ": its state is not known"
	case keymap.ContainerKill:
		if !alive {
			return "", r.Name() + " does not run"
		}
		return VerbKill, ""
	case keymap.ContainerRemove:
		return VerbRemove, ""
	case keymap.ContainerRename:
		return VerbRename, ""
	case keymap.ContainerCommit:
		return VerbCommit, ""
	case keymap.ContainerExport:
		return VerbExport, ""
	case keymap.ContainerEdit:
		if o := r.Container.Owner; o != api.OwnerGantry && o != api.OwnerNerdctl {
			return "", r.Name() + " can be recreated with its owner's tools only; duplicate makes one like it"
		}
		return VerbEdit, ""
	case keymap.ContainerShell, keymap.ContainerExec, keymap.ContainerAttach, keymap.ContainerPause, keymap.ContainerRestart:
		return runningVerb(a, r)
	}
	return "", ""
}

// runningVerb is what an action means that asks something of the container's process.
func runningVerb(a keymap.Action, r Row) (Verb, string) {
	state := r.Container.State
	switch {
	case a == keymap.ContainerRestart && state != api.StateUnknown:
		return VerbRestart, ""
	case !state.Alive():
		return "", r.Name() + " does not run"
	case a == keymap.ContainerPause && state == api.StatePaused:
		return VerbUnpause, ""
	case state == api.StatePaused:
		return "", r.Name() + " is paused"
	case a == keymap.ContainerPause:
		return VerbPause, ""
	case a == keymap.ContainerShell:
		return VerbShell, ""
	case a == keymap.ContainerExec:
		return VerbExec, ""
	case !r.Container.Tty || !r.Container.OpenStdin:
		return "", r.Name() + " takes no keys: it was made without -it; its output is in its log"
	}
	return VerbAttach, ""
}

func pendingVerb(a keymap.Action, r Row) (Verb, string) {
	failed := r.Pending.Failed != ""
	switch {
	case a == keymap.ContainerDetail:
		return VerbDetail, ""
	case a == keymap.ContainerRemove && failed:
		return VerbDismiss, ""
	case a == keymap.JobCancel && !failed:
		return VerbCancel, ""
	case failed:
		return "", r.Name() + " was not made"
	}
	return "", r.Name() + " is still being made"
}

// Want is what an action asks of the selected row. When it asks for nothing, or the row
// has changed so lately that the key cannot have been meant for it, the reason is given.
func (s *Screen) Want(a keymap.Action) (w Want, refused string) {
	r, ok := s.Selected()
	v, reason := verb(a, r, ok)
	if v == "" && reason != "" && r.Pending != nil && r.Pending.Failed != "" {
		reason += "; " + s.Mending()
	}
	if v == "" {
		return Want{}, reason
	}
	if v.needsEngine() && s.lost() {
		return Want{}, "the engine is lost: nothing can be done until it is back"
	}
	if v.changes() && s.env.Now().Sub(s.changed) < reaction {
		return Want{}, s.news(r)
	}
	return want(v, r), ""
}

// changes reports whether a verb's meaning hangs on the row's state.
func (v Verb) changes() bool {
	switch v {
	case VerbStart, VerbStop, VerbKill, VerbRestart, VerbPause, VerbUnpause, VerbRemove, VerbRename, VerbDismiss, VerbCancel, VerbMend:
		return true
	}
	return false
}

// Asks reports whether a verb asks before anything is done, whatever the container.
func (v Verb) Asks() bool {
	return v == VerbKill || v == VerbRemove || v == VerbRename || v == VerbCommit || v == VerbExport || v == VerbExec
}

// needsEngine reports whether a verb can be done only while the engine is there.
func (v Verb) needsEngine() bool {
	return v == VerbStart || v == VerbStop || v == VerbKill || v == VerbRemove || v == VerbLogs ||
		v == VerbShell || v == VerbExec || v == VerbAttach || v == VerbPause || v == VerbUnpause || v == VerbRestart || v == VerbRename || v == VerbCopyAs || v == VerbEdit || v == VerbCommit || v == VerbExport
}

// lost reports whether the list is what it was when the engine went away.
func (s *Screen) lost() bool { return s.store.Conn().State == api.ConnLost }

// news says what has just changed under the cursor.
func (s *Screen) news(r Row) string {
	_, text := stateText(s.env.Styles, r)
	return r.Name() + " is " + text + " now: nothing was done"
}

// footed are the actions of the footer, the ones that are wanted most first.
func footed() []keymap.Action {
	return []keymap.Action{
		keymap.ContainerNew, keymap.ContainerStartStop, keymap.ContainerLogs, keymap.ContainerShell, keymap.JobCancel, keymap.ContainerRemove,
		keymap.ContainerDuplicate, keymap.ContainerEdit, keymap.ContainerDetail, keymap.ContainerAttach, keymap.ContainerRestart, keymap.ContainerPause, keymap.ContainerKill, keymap.ContainerRename, keymap.ContainerCopy,
	}
}

// Footer is the keys that do something for the selected row, or for those that are
// marked, with the words for it.
func (s *Screen) Footer() []keymap.Entry {
	if s.typing {
		return s.env.Keys.Entries(keymap.Line)
	}
	r, ok := s.Selected()
	var out []keymap.Entry
	for _, a := range footed() {
		e, bound := s.env.Keys.Entry(a)
		if !bound || e.Key() == "" {
			continue
		}
		if marked := s.bulk(a); marked != nil {
			if v := marked[0].Verb; !v.needsEngine() || !s.lost() {
				out = append(out, e.With(string(v)+" "+strconv.Itoa(len(marked))))
			}
			continue
		}
		v, _ := verb(a, r, ok)
		if v == "" || len(s.marks) > 0 && bulky(a) || v.needsEngine() && s.lost() {
			continue
		}
		out = append(out, e.With(string(v)))
	}
	return out
}

// Choice is an action as a menu tells it: what it would do to the selected row, or why not.
type Choice struct {
	Entry  keymap.Entry
	Verb   Verb
	Reason string // why it cannot be done now; "" when it can
}

// Choices are all actions on the selected row, whether they can be done now or not.
func (s *Screen) Choices() []Choice {
	r, ok := s.Selected()
	var out []Choice
	for _, e := range s.env.Keys.Entries(keymap.Containers) {
		if !strings.HasPrefix(string(e.Action), "container.") {
			continue
		}
		c := Choice{Entry: e}
		c.Verb, c.Reason = verb(e.Action, r, ok)
		if c.Verb == "" && c.Reason == "" {
			continue
		}
		if c.Verb.needsEngine() && s.lost() {
			c.Reason = "the engine is lost"
		}
		out = append(out, c)
	}
	return out
}

// ownerTag is an owner in a word or less, for the list; "" for gantry's own.
func ownerTag(o api.Owner) string {
	switch o {
	case api.OwnerKubernetes:
		return "k8s"
	case api.OwnerGantry, "":
		return ""
	}
	return string(o)
}

// OwnerTitle is an owner as it writes itself.
func OwnerTitle(o api.Owner) string {
	switch o {
	case api.OwnerKubernetes:
		return "Kubernetes"
	case api.OwnerDocker:
		return "Docker"
	case api.OwnerBuildKit:
		return "BuildKit"
	case api.OwnerNerdctl:
		return "nerdctl"
	case api.OwnerOther:
		return "another program"
	}
	return string(o)
}
