package record

import "gantry/engine/api"

// UpdateLabels are the labels that change with a container's request; an empty value takes a
// label away. logURI is where the restart monitor sends the output.
func UpdateLabels(labels map[string]string, req api.CreateRequest, logURI string) map[string]string {
	in := Read(labels)
	out := map[string]string{LabelRequest: RequestHash(req)}
	if in.HasSummary {
		in.Summary.Memory = req.HostConfig.Memory
		out[LabelSummary] = marshal(in.Summary)
	}
	policy := ""
	if p := req.HostConfig.RestartPolicy; !p.IsNone() {
		policy = restartPolicy(p)
	}
	switch {
	case policy == in.RestartPolicy:
	case policy == "":
		out[LabelRestartPolicy], out[LabelRestartStatus], out[LabelRestartLogURI], out[LabelRestartCount] = "", "", "", ""
	default:
		out[LabelRestartPolicy], out[LabelRestartLogURI] = policy, logURI
		if in.RestartPolicy == "" {
			out[LabelRestartExplicitlyStopped] = "false"
		}
	}
	return out
}
