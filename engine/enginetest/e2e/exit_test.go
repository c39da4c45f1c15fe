package e2e

import (
	"strings"
	"testing"

	"gantry/engine/enginetest/real"
)

// A run ends with the container's code, or with Docker's for what went wrong, and says
// in one sentence what that was.
func TestExitCodesAndWhatIsSaid(t *testing.T) {
	g := install(t)
	busybox := g.image(real.Busybox)
	host, _, _ := strings.Cut(busybox, "/")
	for name, c := range map[string]struct {
		args []string
		code int
		says string // all of stderr, without the program's name; NAME stands for the container's
	}{
		"the container's own code": {[]string{"--rm", busybox, "sh", "-c", "exit 7"}, 7, ""},
		"no such command": {[]string{"--rm", "--name", "NAME", busybox, "/nowhere"}, 127,
			"NAME did not start: /nowhere: no such program in the image (check the command; a script needs the interpreter of its first line in the image too)"},
		"not executable": {[]string{"--rm", "--name", "NAME", busybox, "/etc/passwd"}, 126,
			"NAME did not start: /etc/passwd: not executable, or a directory (make the file executable in the image, or run it with sh)"},
		"a folder": {[]string{"--rm", "--name", "NAME", busybox, "/etc"}, 126,
			"NAME did not start: /etc: not executable, or a directory (make the file executable in the image, or run it with sh)"},
		"unknown flag": {[]string{"--memroy", "5m", busybox}, 125,
			"unknown flag: --memroy (did you mean --memory?); see 'gantry run --help'"},
		"bad value": {[]string{"--memory", "lots", busybox}, 125, "--memory: is not a size (write a number and a unit, such as 512m or 2g)"},
		"no such image": {[]string{host + "/nothing:here"}, 125,
			"No such image: " + host + "/nothing:here: " + host + " has no repository of this name (check the spelling of the name)"},
		"not an image name": {[]string{"Not/An:Image:Name"}, 125, ""},
		"dead registry": {[]string{"127.0.0.1:1/app:3"}, 125,
			"127.0.0.1:1/app:3 could not be pulled: 127.0.0.1:1 is not reachable: 127.0.0.1:1 refuses the connection (check the network and the proxy settings)"},
		"nothing for this platform": {[]string{g.image(real.Foreign)}, 125, ""},
		"not an image":              {[]string{g.image(real.Artifact)}, 125, ""},
	} {
		t.Run(name, func(t *testing.T) {
			called := "x" + strings.ToLower(strings.ReplaceAll(name, " ", "-"))
			args := append([]string{"run"}, c.args...)
			for i := range args {
				args[i] = strings.ReplaceAll(args[i], "NAME", called)
			}
			r := g.in(t).run(args...).want(t, c.code)
			if r.out != "" {
				t.Errorf("stdout is not empty: %q", r.out)
			}
			said := sentences(r.errOut)
			if own := c.code == 7; own != (len(said) == 0) || len(said) > 1 {
				t.Fatalf("says %q", said)
			}
			if want := strings.ReplaceAll(c.says, "NAME", called); want != "" && said[0] != "gantry: "+want {
				t.Errorf("says  %q\nnot   %q", said[0], "gantry: "+want)
			}
		})
	}
}

// sentences are the lines of stderr but for what a pull tells of itself.
func sentences(stderr string) []string {
	var lines []string
	for l := range strings.Lines(stderr) {
		l = strings.TrimSuffix(l, "\n")
		if !strings.HasPrefix(l, "Pulling ") && !strings.HasPrefix(l, "Pulled ") {
			lines = append(lines, l)
		}
	}
	return lines
}

// Errors of the other commands are one sentence and code 1.
func TestOtherCommandsFailInOneSentence(t *testing.T) {
	g := install(t)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"no such container": {[]string{"stop", "nobody"}, "No such container: nobody (see gantry ps -a)"},
		"inspect nothing":   {[]string{"inspect", "nobody"}, "No such container: nobody (see gantry ps -a)"},
		"logs of nothing":   {[]string{"logs", "nobody"}, "No such container: nobody (see gantry ps -a)"},
		"unknown command":   {[]string{"runn"}, ""},
		"unknown flag":      {[]string{"ps", "--nope"}, "Unknown flag: --nope; see 'gantry ps --help'"},
		"no socket": {[]string{"--address", "/nonexistent.sock", "ps"},
			"No containerd at /nonexistent.sock: there is no such socket (start containerd, or let gantry bring its own: --engine embedded)"},
	} {
		t.Run(name, func(t *testing.T) {
			r := g.in(t).run(c.args...).want(t, 1)
			said := sentences(r.errOut)
			if len(said) != 1 || c.says != "" && said[0] != "gantry: "+c.says {
				t.Errorf("says %q", said)
			}
			if out := strings.TrimSpace(r.out); out != "" && out != "[]" {
				t.Errorf("stdout is not empty: %q", r.out)
			}
		})
	}
}

// A person who is not root is told so, with the line that helps.
func TestNotRoot(t *testing.T) {
	g := install(t)
	p := g.command("ps", "--engine", "embedded", "--data-root", "/var/lib/gantry-nobody")
	r := g.asNobody(p).want(t, 1)
	if want := "gantry: The embedded engine needs root: containers need namespaces, mounts and cgroups (run it with sudo)\n"; r.errOut != want || r.out != "" {
		t.Errorf("says %q and prints %q", r.errOut, r.out)
	}
}
