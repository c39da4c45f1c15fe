package api

// State is a container's state in Docker's words (container.ContainerState of moby/api),
// plus StateUnknown for what could not be asked.
type State string

// The states a container can be in.
const (
	StateCreated    State = "created"
	StateRunning    State = "running"
	StatePaused     State = "paused"
	StateRestarting State = "restarting"
	StateRemoving   State = "removing"
	StateExited     State = "exited"
	StateDead       State = "dead"
	StateUnknown    State = "unknown"
)

// Alive reports whether a process of the container may exist.
func (s State) Alive() bool { return s == StateRunning || s == StatePaused || s == StateRestarting }

// Health is what a container's health check says, in Docker's words.
type Health string

// The states of a container's health.
const (
	HealthStarting  Health = "starting"
	HealthHealthy   Health = "healthy"
	HealthUnhealthy Health = "unhealthy"
)

// Owner says who made a container and so who decides about it.
type Owner string

// The owners that are told apart, by namespace and labels.
const (
	OwnerGantry     Owner = "gantry"
	OwnerNerdctl    Owner = "nerdctl"
	OwnerKubernetes Owner = "kubernetes"
	OwnerDocker     Owner = "docker"
	OwnerBuildKit   Owner = "buildkit"
	OwnerOther      Owner = "other" // ctr or a program unknown to gantry
)
