package app_test

import (
	"context"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/teatest/v2"

	"gantry/engine/api"
	"gantry/engine/enginetest/fake"
	"gantry/ui/app"
	"gantry/ui/uitest"
)

const tenFlagLine = "$ docker run -d --name shop --restart on-failure:3 -p 8080:80 -p 8443:443 -e MODE=prod -e DB_PASSWORD=hunter2 \\\r\n" +
	"  -v data:/var/lib/data -m 512m --cpus 1.5 --read-only --frobnicate=3 nginx:1.27 nginx -g 'daemon off;'\r\n"

// TestPasteMendAndStartOnARealProgram pastes a line of ten flags, mends the port that is
// taken, and has a running container with all of it.
func TestPasteMendAndStartOnARealProgram(t *testing.T) {
	const w, h = 120, 36
	e := fake.New()
	e.AddImage("nginx:1.27", api.ImageConfig{Cmd: []string{"nginx"}, ExposedPorts: []string{"80/tcp"}})
	e.TakePort("8080/tcp", "proxy (process 812)")
	m := app.New(context.Background(), e, app.Options{Now: e.Now})
	defer m.Close()
	seen := &watcher{want: make(chan wish, 8)}
	tm := teatest.NewTestModel(t, m, teatest.WithInitialTermSize(w, h), teatest.WithProgramOptions(tea.WithFilter(seen.filter)))
	seen.wait(t, tm, "No containers yet")
	tm.Send(uitest.KeyMsg("n"))
	seen.wait(t, tm, "New container")
	tm.Send(tea.PasteMsg{Content: tenFlagLine})
	seen.wait(t, tm, "values of docker understood", "✗ --frobnicate")
	tm.Send(uitest.KeyMsg("enter"))
	seen.wait(t, tm, "shop", "--frobnicate=3 is no option that gantry knows", "DB_PASSWORD=********")
	tm.Send(uitest.KeyMsg("f8"))
	seen.wait(t, tm, "Network 2 ✗")
	tm.Send(uitest.KeyMsg("ctrl+s"))
	seen.wait(t, tm, "1 thing to mend: Ports", "proxy (process 812)")
	for range len("8080:80") {
		tm.Send(uitest.KeyMsg("backspace"))
	}
	tm.Type("8081:80")
	tm.Send(uitest.KeyMsg("ctrl+s"))
	seen.wait(t, tm, "● Running", "✓ create & start")
	tm.Send(uitest.KeyMsg("q"))
	final := tm.FinalModel(t, teatest.WithFinalTimeout(10*time.Second))
	uitest.Golden(t, "paste-mend-start", uitest.Plain(final.(*app.Model).View().Content, w, h))

	c, err := e.Peek("shop")
	if err != nil {
		t.Fatal(err)
	}
	req, err := e.Request(t.Context(), c.ID)
	if err != nil {
		t.Fatal(err)
	}
	cfg, host := req.Config, req.HostConfig
	if len(cfg.Env) != 2 || cfg.Env[1] != "DB_PASSWORD=hunter2" || len(cfg.Cmd) != 3 || host.Memory != 512<<20 || host.NanoCPUs != 1_500_000_000 ||
		!host.ReadonlyRootfs || host.RestartPolicy.MaximumRetryCount != 3 || len(host.PortBindings) != 2 || len(host.Binds) != 1 {
		t.Errorf("%+v\n%+v", cfg, host)
	}
}
