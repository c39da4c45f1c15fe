package record

import (
	"strings"

	"gantry/engine/api"
)

// Owner tells who made a container, by its namespace and labels. Kubernetes comes first:
// its runtime copies labels of pods and images onto the record, so the others could be
// imitated there.
func Owner(namespace string, labels map[string]string) api.Owner {
	switch {
	case labels[criKind] != "":
		return api.OwnerKubernetes
	case labels[LabelVersion] != "":
		return api.OwnerGantry
	case labels[LabelStateDir] != "", labels[LabelNamespace] != "":
		return api.OwnerNerdctl
	case labels[dockerBundle] != "", namespace == "moby", namespace == "plugins.moby":
		return api.OwnerDocker
	case namespace == "k8s.io":
		return api.OwnerKubernetes
	case namespace == "buildkit", strings.HasPrefix(namespace, "buildkit_"):
		return api.OwnerBuildKit
	}
	return api.OwnerOther
}

// kubernetesName is nerdctl's way of naming a container of a pod.
func kubernetesName(labels map[string]string) string {
	pod := labels["io.kubernetes.pod.name"]
	if labels[criKind] == "" || pod == "" {
		return ""
	}
	name := "k8s://" + labels["io.kubernetes.pod.namespace"] + "/" + pod
	if c := labels["io.kubernetes.container.name"]; c != "" {
		name += "/" + c
	}
	return name
}
