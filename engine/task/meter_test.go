package task

import (
	"maps"
	"testing"

	"golang.org/x/sys/unix"
)

func TestTheGroupIsTheContainersOwn(t *testing.T) {
	for _, tt := range []struct {
		what, cgroup string
		want         map[string]string
	}{
		{"v1", "9:name=systemd:/gantry/ID\n4:memory:/gantry/ID\n2:cpu,cpuacct:/gantry/ID\n0::/gantry/ID\n",
			map[string]string{"name=systemd": "/gantry/ID", "memory": "/gantry/ID", "cpu": "/gantry/ID", "cpuacct": "/gantry/ID", "": "/gantry/ID"}},
		{"v2, by systemd", "0::/system.slice/gantry-ID.scope\n", map[string]string{"": "/system.slice/gantry-ID.scope"}},
		{"an init that has moved", "0::/default/ID/init.scope\n", map[string]string{"": "/default/ID"}},
		{"another one's process", "0::/user.slice/user-0.slice\n", map[string]string{}},
		{"nonsense", "nonsense\n\n0:\n", map[string]string{}},
	} {
		if got := groupsOf(tt.cgroup, "ID"); !maps.Equal(got, tt.want) {
			t.Errorf("%s: %v", tt.what, got)
		}
	}
}

func TestAMeterLeavesOutWhatIsNoContainersProcess(t *testing.T) {
	var m Meter
	defer m.Close()
	if got := m.Read(map[string]uint32{"a container": uint32(unix.Getpid()), "gone": 1 << 30}); len(got) != 0 {
		t.Errorf("%v", got)
	}
}
