package option

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/moby/moby/api/types/container"

	"gantry/engine/api"
)

// restarts is the row about what happens when the container ends.
func restarts() []row {
	return []row{{
		Option: Option{
			Key: KeyRestart, Label: "Restart", Section: SectionBasics, Kind: KindChoice, Form: true,
			Default: "no", Choices: []string{"no", "always", "unless-stopped", "on-failure"}, Own: true,
			Value: "policy", Help: "Start it again when it ends; on-failure takes a number of times: on-failure:5",
		},
		put: putRestart,
		take: func(r *api.CreateRequest) []string {
			p := r.HostConfig.RestartPolicy
			if p.IsOnFailure() && p.MaximumRetryCount > 0 {
				return []string{fmt.Sprintf("%s:%d", p.Name, p.MaximumRetryCount)}
			}
			return unless("no", string(p.Name))
		},
	}}
}

func putRestart(b *build, v string) {
	name, count, counted := strings.Cut(v, ":")
	if name == "" {
		name = "no"
	}
	p := container.RestartPolicy{Name: container.RestartPolicyMode(name)}
	const fix = "write no, always, unless-stopped, on-failure or on-failure:5"
	switch {
	case !slices.Contains([]string{"no", "always", "unless-stopped", "on-failure"}, name):
		b.refuse("is not a restart policy", fix)
		return
	case counted && name != "on-failure":
		b.refuse("has a number of times, which only on-failure can have", fix)
		return
	case counted:
		n, err := strconv.Atoi(count)
		if err != nil || n < 0 {
			b.refuse("has no number of times", fix)
			return
		}
		p.MaximumRetryCount = n
	}
	s := b.facts.Server
	switch {
	case name == "no" || s.Version == "":
	case len(s.RestartPolicies) == 0:
		b.refuse("containerd "+s.Version+" runs without its restart monitor", "enable the plugin io.containerd.monitor.container.v1.restart, or leave it out")
		return
	case !slices.Contains(s.RestartPolicies, name):
		b.refuse("containerd "+s.Version+" restarts only by: "+strings.Join(s.RestartPolicies, ", "), "write always")
		return
	}
	b.host.RestartPolicy = p
}

// acrossRestart refuses to have a container removed and restarted at its end.
func (b *build) acrossRestart(d Draft) {
	if b.host.AutoRemove && !b.host.RestartPolicy.IsNone() {
		b.refuseAt(KeyRestart, 0, d.Get(KeyRestart), "cannot be together with --rm", "choose one of them")
	}
}
