package e2e

import (
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gantry/engine/enginetest/real"
)

// A web server with a port, a volume and a policy, made by keys alone: it answers when gantry has
// been left, and comes back when it is killed then.
func TestAWebServerByKeysAlone(t *testing.T) {
	real.Packages(t, real.NginxPackages()...)
	g := install(t)
	m := g.open(120, 36)
	m.shows("No containers", "live")
	m.press("n")
	m.shows("New container", "Image")
	m.typed(g.image(real.Nginx)).press("tab").typed("web")
	m.option("--restart", "Restart").press("right")
	m.shows("◂ always ▸")
	m.option("--publish", "Ports").typed("8080:80")
	m.option("--volume", "Volumes").typed("data:/var/www/html")
	m.shows("--name web", "-p 8080:80", "-v data:/var/www/html", "--restart always")
	m.press("ctrl+s")
	m.line("web", "Running", "8080→80")
	pid := g.runs("web")
	g.leave(m)
	if got := g.page("http://127.0.0.1:8080/"); got != real.NginxPage {
		t.Errorf("it says %q", got)
	}
	began := time.Now()
	if pid < 2 {
		t.Fatalf("%d is not the number of a process to be killed", pid)
	}
	if err := unix.Kill(pid, unix.SIGKILL); err != nil {
		t.Fatal(err)
	}
	g.eventually("its end", func() bool { return unix.Kill(pid, 0) != nil })
	if got := g.page("http://127.0.0.1:8080/"); got != real.NginxPage {
		t.Errorf("killed, it says %q", got)
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("back only after %s", took)
	}
	g.run("rm", "-f", "web").want(t, 0)
	g.run("volume", "rm", "data").want(t, 0)
}

// option goes to an option's row by the form's search.
func (m *terminal) option(flag, label string) *terminal {
	m.t.Helper()
	m.press("ctrl+f").shows("find an option")
	m.typed(flag)
	m.line("▌", label, flag)
	m.press("enter")
	m.until("the form", func(s string) bool { return !strings.Contains(s, "find an option") && rowWith(s, "▌", label) != "" })
	return m
}

// page is what a server on this host answers, as soon as it does.
func (g *gantry) page(url string) (text string) {
	g.t.Helper()
	g.eventually(url, func() bool {
		var err error
		text, err = real.Page(url)
		return err == nil
	})
	return text
}
