package api

// Namespace is a part of containerd: containers and images of one do not see those of another.
type Namespace struct {
	Name       string
	Containers int
	Running    int // of these; paused ones too
	// Owner is whose the namespace is by its name: Kubernetes, Docker or BuildKit; OwnerOther
	// is one that anybody may use.
	Owner Owner
	// Owners count the containers by who made them.
	Owners map[Owner]int
}
