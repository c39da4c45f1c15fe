package engine

import (
	"testing"

	"gantry/engine/api"
	"gantry/engine/record"
)

// What is not known for certain stays blank.
func TestWhoDidItIsSaidOnlyWhereItIsKnown(t *testing.T) {
	monitored := record.Info{RestartStatus: "running", RestartPolicy: "always"}
	ended := func(o api.Owner, code int) api.Container {
		return api.Container{Owner: o, ExitCode: code, ExitKnown: true}
	}
	for _, c := range []struct {
		what   string
		action string
		c      api.Container
		labels record.Info
		own    bool
		actor  string
		want   string
	}{
		{"its own operation", "start", api.Container{}, monitored, true, "", api.ByThis},
		{"another one's, while it has the lock", "start", api.Container{}, monitored, false, "nerdctl", "nerdctl"},
		{"a start without a lock, under a policy", "start", api.Container{}, monitored, false, "", api.ByPolicy},
		{"a start without a lock and a policy: ctr's perhaps", "start", api.Container{}, record.Info{}, false, "", ""},
		{"a start of a pod's", "start", api.Container{Owner: api.OwnerKubernetes}, record.Info{}, false, "", "kubelet"},
		{"made by nerdctl", "create", api.Container{Owner: api.OwnerNerdctl}, record.Info{}, false, "", "nerdctl"},
		{"made by a gantry that is no more at it", "create", api.Container{Owner: api.OwnerGantry}, record.Info{}, false, "", api.ByGantry},
		{"made by nobody that is known", "create", api.Container{Owner: api.OwnerOther}, record.Info{}, false, "", ""},
		{"an end that nobody asked for", "die", ended(api.OwnerGantry, 3), record.Info{}, false, "", api.ByItself},
		{"an end that another gantry waits for", "die", ended(api.OwnerGantry, 0), record.Info{}, false, api.ByGantry, api.ByGantry},
		{"an end by a signal", "die", ended(api.OwnerGantry, 137), record.Info{}, false, "", ""},
		{"an end after somebody stopped it", "die", ended(api.OwnerGantry, 0), record.Info{ExplicitlyStopped: true}, false, "", ""},
		{"an end of a container that is not gantry's", "die", ended(api.OwnerOther, 0), record.Info{}, false, "", ""},
		{"an end whose code is lost", "die", api.Container{Owner: api.OwnerGantry}, record.Info{}, false, "", ""},
		{"an end for want of memory", "die", api.Container{Owner: api.OwnerGantry, OOMKilled: true, ExitCode: 137, ExitKnown: true}, record.Info{}, false, "", api.ByKernel},
		{"a pause", "pause", api.Container{Owner: api.OwnerGantry}, record.Info{}, false, "", ""},
	} {
		if got := doer(happening{action: c.action}, c.c, c.labels, c.own, c.actor); got != c.want {
			t.Errorf("%s: by %q, want %q", c.what, got, c.want)
		}
	}
}
