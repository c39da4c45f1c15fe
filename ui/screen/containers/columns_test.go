package containers

import (
	"testing"

	"gantry/engine/api"
)

func TestPortsAreToldInTheShortestForm(t *testing.T) {
	p := func(host, inside uint16, proto string) api.Port {
		return api.Port{HostIP: "0.0.0.0", HostPort: host, ContainerPort: inside, Protocol: proto}
	}
	for _, c := range []struct {
		ports []api.Port
		want  string
	}{
		{nil, ""},
		{[]api.Port{p(8080, 80, "tcp")}, "8080>80"},
		{[]api.Port{p(8080, 80, "tcp"), {HostIP: "::", HostPort: 8080, ContainerPort: 80, Protocol: "tcp"}}, "8080>80"},
		{[]api.Port{p(53, 53, "udp"), p(53, 53, "tcp")}, "53>53 53>53/udp"},
		{[]api.Port{p(8001, 8001, "tcp"), p(8000, 8000, "tcp"), p(8002, 8002, "tcp"), p(90, 8003, "tcp")}, "8000-8002>8000-8002 90>8003"},
		{[]api.Port{p(0, 80, "tcp")}, ""},
	} {
		if got := ports(c.ports, ">"); got != c.want {
			t.Errorf("%v: %q, want %q", c.ports, got, c.want)
		}
	}
}

func TestPortsWithoutRoomAreCounted(t *testing.T) {
	const text = "8080>80 443>443"
	for width, want := range map[int]string{14: "8080>80 +1", 10: "8080>80 +1", 9: "8080>~ +1", 4: "~ +1"} {
		if got := fitPorts(text, width, "~"); got != want {
			t.Errorf("in %d cells: %q, want %q", width, got, want)
		}
	}
}
