package api

// Act is something done to a container, by the word it has on the command line.
type Act string

// The acts that are told apart by whose the container is. Unpausing goes as pausing.
const (
	ActInspect Act = "inspect"
	ActLogs    Act = "logs"
	ActExec    Act = "exec"
	ActAttach  Act = "attach"
	ActPause   Act = "pause"
	ActUnpause Act = "unpause"
	ActStop    Act = "stop"
	ActKill    Act = "kill"
	ActStart   Act = "start"
	ActRestart Act = "restart"
	ActRemove  Act = "remove"
	ActRename  Act = "rename"
	ActUpdate  Act = "update"
	ActCommit  Act = "commit"
	ActCopy    Act = "cp"
)

// Acts are all of them.
func Acts() []Act {
	return []Act{
		ActInspect, ActLogs, ActExec, ActAttach, ActPause, ActUnpause, ActStop, ActKill,
		ActStart, ActRestart, ActRemove, ActRename, ActUpdate, ActCommit, ActCopy,
	}
}

// Verb is the act in a sentence, before the container's name.
func (a Act) Verb() string {
	switch a {
	case ActLogs:
		return "read the log of"
	case ActExec:
		return "run a process in"
	case ActAttach:
		return "attach to"
	case ActCopy:
		return "copy files of"
	}
	return string(a)
}

// Verdict is whether an act may be done.
type Verdict int

// The verdicts. What is warned about the engine does; a frontend says it first.
const (
	Allow Verdict = iota
	Warn
	Deny
)

// Rule is a verdict, and unless it is Allow why: a half sentence, lower case, no full stop.
type Rule struct {
	Verdict Verdict
	Reason  string
}

// Policy is what may be done to containers of an owner. Whoever made a container does not
// look into containerd for what it believes: it would undo a change, or go on with a picture
// that is wrong. The engine refuses by the same table that frontends grey by.
func Policy(o Owner, a Act) Rule {
	if a == ActInspect {
		return Rule{}
	}
	switch o {
	case OwnerGantry:
		return Rule{}
	case OwnerNerdctl:
		return nerdctlPolicy(a)
	case OwnerKubernetes:
		return kubernetesPolicy(a)
	case OwnerDocker:
		return dockerPolicy(a)
	case OwnerBuildKit:
		return Rule{Deny, "it is a step of a build, and buildkitd clears it away"}
	}
	return otherPolicy(a)
}

// May is what may be done to this container.
func (c Container) May(a Act) Rule { return Policy(c.Owner, a) }

// nerdctlPolicy: its records are gantry's own format, its streams are not shared.
func nerdctlPolicy(a Act) Rule {
	if a == ActAttach {
		return Rule{Deny, "nerdctl's logger holds its streams; its log can be followed"}
	}
	return Rule{}
}

func kubernetesPolicy(a Act) Rule {
	switch a {
	case ActLogs:
		return Rule{Deny, "the kubelet keeps its log"}
	case ActExec:
		return Rule{Warn, "the kubelet will not know of the process"}
	case ActAttach:
		return Rule{Deny, "the kubelet holds its streams"}
	case ActPause, ActUnpause:
		return Rule{Warn, "the kubelet will not know of it, and may count the container as failed"}
	case ActStop, ActKill:
		return Rule{Warn, "the kubelet will start it again"}
	case ActStart:
		return Rule{Deny, "the kubelet alone starts it, with the rest of its pod"}
	case ActRestart:
		return Rule{Deny, "the kubelet alone starts it; it does so once it is stopped"}
	case ActRemove:
		return Rule{Deny, "the kubelet still counts on it; its pod has to be removed"}
	case ActCommit:
		return Rule{Deny, "the kubelet would clear the new image away"}
	case ActCopy:
		return Rule{}
	}
	return Rule{Deny, "the kubelet goes by what it wrote down of it"}
}

func dockerPolicy(a Act) Rule {
	switch a {
	case ActLogs:
		return Rule{Deny, "dockerd keeps its log"}
	case ActExec:
		return Rule{Warn, "dockerd will not know of the process"}
	case ActAttach:
		return Rule{Deny, "dockerd holds its streams, and would lose what is read here"}
	case ActPause, ActUnpause, ActCopy:
		return Rule{}
	case ActStop, ActKill:
		return Rule{Warn, "dockerd will take it for a crash, and start it again if its restart policy says so"}
	case ActStart:
		return Rule{Deny, "dockerd holds its log and network, and would not know of the start"}
	case ActRestart:
		return Rule{Deny, "dockerd holds its log and network, and has to start it itself"}
	case ActRemove:
		return Rule{Deny, "dockerd would still list it, and could not start it"}
	case ActCommit:
		return Rule{Deny, "dockerd keeps its image and layers"}
	}
	return Rule{Deny, "dockerd goes by what it wrote down of it"}
}

// otherPolicy is for what ctr made, or a program unknown to gantry.
func otherPolicy(a Act) Rule {
	switch a {
	case ActLogs:
		return Rule{Deny, "its output goes to whoever started it"}
	case ActAttach:
		return Rule{Deny, "its streams are with whoever started it"}
	case ActStart, ActRestart:
		return Rule{Warn, "what it writes will go nowhere: where it went is not known"}
	case ActRemove:
		return Rule{Warn, "whoever made it may still need it"}
	case ActRename:
		return Rule{Deny, "whoever made it goes by its ID; it has no name that gantry knows"}
	case ActUpdate:
		return Rule{Warn, "whoever made it will not know of it"}
	}
	return Rule{}
}
