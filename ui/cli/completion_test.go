package cli

import (
	"strings"
	"testing"

	"gantry/engine/api"
)

// completed is what a shell is offered for the words of a line.
func (d *desk) completed(words ...string) string {
	d.t.Helper()
	got := d.gantry(append([]string{"__complete"}, words...)...)
	if got.code != 0 {
		d.t.Errorf("%q: %d, %s", words, got.code, got.err)
	}
	lines := strings.Split(strings.TrimSpace(got.out), "\n")
	for i, l := range lines {
		lines[i], _, _ = strings.Cut(l, "\t")
	}
	return strings.Join(lines, " ")
}

func TestAShellCompletesFlagsValuesAndNames(t *testing.T) {
	d := sit(t)
	d.Add(api.Container{Name: "web", Image: "nginx", State: api.StateRunning})
	d.Add(api.Container{Name: "old", Image: "nginx", State: api.StateExited})
	for _, err := range []error{
		second(d.CreateNetwork(t.Context(), api.NetworkCreate{Name: "back"})), second(d.CreateVolume(t.Context(), api.VolumeCreate{Name: "data"})),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	const noFiles, noSpace = " :4", " :6"
	for _, c := range []struct{ line, want string }{
		{"run --restart |", "no always unless-stopped on-failure" + noFiles},
		{"run --restart=un|", "--restart=unless-stopped" + noFiles},
		{"run -d --pu|", "--publish --publish-all --pull" + noFiles},
		{"run -itu|", ":4"},
		{"run -d -w / --sig|", "--sig-proxy" + noFiles},
		{"run -it --network |", "bridge host none back container:" + noSpace},
		{"run --network container:w|", "container:web" + noFiles},
		{"run --net b|", "bridge back" + noSpace},
		{"run -v d|", "data:" + noSpace},
		{"run -v /e|", ":0"},
		{"run --env-file |", ":0"},
		{"run --attach std|", "stdin stdout stderr" + noFiles},
		{"run --engine |", "auto system embedded" + noFiles},
		{"run --volumes-from |", "web old" + noFiles},
		{"run -d --name x -p 80:80 b|", "busybox:latest" + noFiles},
		{"run -d busybox |", ":0"},
		{"create --log-driver j|", "json-file journald" + noFiles},
		{"stop |", "web" + noFiles},
		{"start |", "old" + noFiles},
		{"rmi |", "busybox:latest" + noFiles},
		{"network rm b|", "bridge back" + noFiles},
		{"volume rm |", "data" + noFiles},
		{"recreate |", "web old" + noFiles},
		{"recreate web --with|", "--without" + noFiles},
		{"recreate web --without cap|", "cap-add cap-drop" + noFiles},
		{"new --preset re|", "redis registry" + noFiles},
		{"presets re|", "redis registry" + noFiles},
		{"cp w|", "web: :2"},
		{"completion |", "bash zsh fish" + noFiles},
	} {
		words := strings.Split(strings.TrimSuffix(c.line, "|"), " ")
		got, want := strings.Fields(d.completed(words...)), strings.Fields(c.want)
		if !sameSet(got, want) {
			t.Errorf("%s\n%q, want\n%q", c.line, got, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func sameSet(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	have := map[string]bool{}
	for _, x := range a {
		have[x] = true
	}
	for _, x := range b {
		if !have[x] {
			return false
		}
	}
	return true
}

func TestShellsGetTheirScripts(t *testing.T) {
	d := sit(t)
	for shell, want := range map[string]string{"bash": "complete -o default -F __start_gantry gantry", "zsh": "#compdef gantry", "fish": "complete -c gantry"} {
		if got := d.gantry("completion", shell); got.code != 0 || !strings.Contains(got.out, want) {
			t.Errorf("%s: %d, %s", shell, got.code, got.err)
		}
	}
	if got := d.gantry("completion", "tcsh"); got.code != 1 || !strings.Contains(got.err, "bash, zsh or fish") || got.out != "" {
		t.Errorf("%+v", got)
	}
}
