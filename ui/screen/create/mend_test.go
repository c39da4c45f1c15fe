package create_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/screen/create"
	"gantry/ui/uitest"
)

// busy is a world in which port 8080 is the proxy's, /data is not there, and names complete.
func busy() create.Deps {
	deps := world()
	deps.Check = func(_ context.Context, req api.CreateRequest) (out api.Checked, err error) {
		for inside, binds := range req.HostConfig.PortBindings {
			for _, b := range binds {
				if b.HostPort == "8080" {
					out.Problems = append(out.Problems, api.FieldError{Field: "publish", Value: "0.0.0.0:8080/" + string(inside.Proto()), Reason: "port 8080/tcp of this host is in use by proxy (process 812)"})
				}
			}
		}
		for i, b := range req.HostConfig.Binds {
			if strings.HasPrefix(b, "/data:") {
				out.Notes = append(out.Notes, api.FieldError{Field: "volume", Index: i, Value: b, Reason: "/data is not there on this host: an empty directory will be made"})
				out.Dirs = append(out.Dirs, "/data")
			}
		}
		return out, nil
	}
	deps.Remote = func(_ context.Context, ref, _ string) (api.RemoteImage, error) {
		switch ref {
		case "nginx:9":
			return api.RemoteImage{}, &api.PullError{Ref: ref, Registry: "docker.io", Cause: api.PullNoTag, Tags: []string{"1.27", "1.28"}}
		case "far:1":
			return api.RemoteImage{}, &api.PullError{Ref: ref, Registry: "far.example", Cause: api.PullUnreachable, Err: errors.New("no route")}
		}
		return api.RemoteImage{Name: ref, Platform: "linux/amd64", Size: 66_000_000, Layers: 8}, nil
	}
	deps.Suggest = func(_ context.Context, from option.Fill, text string) ([]create.Suggestion, error) {
		switch from {
		case option.FillImage:
			return []create.Suggestion{{Text: "nginx:1.27", Note: "here"}, {Text: "nginx:1.28", Note: "at the registry"}, {Text: "my/nginx:2"}}, nil
		case option.FillVolume:
			if text[0] == '/' {
				return []create.Suggestion{{Text: "/srv/"}, {Text: "/srv/www/"}}, nil
			}
			return []create.Suggestion{{Text: "data", Note: "volume"}}, nil
		}
		return nil, nil
	}
	return deps
}

func openBusy(t *testing.T, d option.Draft, w, h int, body func(t *testing.T, s *uitest.Stepper, r *root)) {
	t.Helper()
	uitest.Run(t, func(t *testing.T) {
		r := &root{form: create.New(env(), d, busy())}
		defer r.form.Close()
		s := uitest.New(t, r, w, h)
		s.Advance(time1)
		body(t, s, r)
	})
}

const tenFlags = "$ sudo docker run -d \\\r  --name shop --restart unless-stopped \\\r  -p 8080:80 -p 127.0.0.1:8443:443 \\\r" +
	"  -e POSTGRES_PASSWORD=\"hunter two\" -e MODE=prod -v /data:/var/lib/data:ro \\\r  --memory 512m --cpus 1.5 --frobnicate=3 nginx:1.27 nginx -g 'daemon off;' > log\r"

// The line is offered, its values fill the form, what has no place is told; one field is
// mended, and the container is made and started.
func TestAPastedLineFillsTheFormAndOneFieldIsMended(t *testing.T) {
	openBusy(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Paste(tenFlags).Golden("offer").Want("✗ --frobnicate=3", "✗ > log belongs to the shell")
		s.Press("enter").Advance(time1).Want("nginx:1.27", "shop", "Network 2 ✗").WantNot("hunter")
		s.Press("ctrl+s").WantNot("hunter").Golden("line-mend")
		s.Want("1 thing to mend: Ports", "in use by proxy (process 812)")
		s.Press("backspace", "backspace", "backspace", "backspace", "backspace", "backspace", "backspace").Type("8081:80").WantNot("in use")
		s.Press("ctrl+s").Want("Looking at this host first").Advance(time1)
		r.agree(t, s, "Make /data on this host?")
		m := r.submitted(t)
		const want = `docker run -d --name shop --restart unless-stopped -e "POSTGRES_PASSWORD=hunter two" -e MODE=prod -p 8081:80 -p 127.0.0.1:8443:443 -v /data:/var/lib/data:ro -m 512m --cpus 1.5 nginx:1.27 nginx -g "daemon off;"`
		d := m.Draft
		d.Set(option.KeyDetach, "true")
		if got := d.Line("docker run"); !sameWords(got, want) || !m.Start {
			t.Errorf("sent off\n%s\nwant\n%s", got, want)
		}
	})
}

func sameWords(a, b string) bool {
	x, errx := option.SplitWords(a)
	y, erry := option.SplitWords(b)
	if errx != nil || erry != nil {
		return false
	}
	dx, _ := option.FromArgs(x[2:])
	dy, _ := option.FromArgs(y[2:])
	return dx.Equal(dy)
}

func TestWhatTheWorldHasInTheWayIsTriedWhenAskedTwice(t *testing.T) {
	var d option.Draft
	d.Set(option.KeyImage, "nginx:1.27")
	d.Set(option.KeyPublish, "8080:80")
	openBusy(t, d, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Press("ctrl+s").Want("1 thing to mend: Ports; once more tries it all the same")
		s.Press("ctrl+s")
		r.submitted(t)
	})
	openBusy(t, d, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Press("ctrl+o") // a container that is only created holds no port
		if r.submitted(t).Start {
			t.Error("it was started")
		}
	})
}

func TestTheRegistryIsAskedAboutAnImageThatIsNotHere(t *testing.T) {
	openBusy(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		s.Type("redis:7").Advance(time1).Want("not here yet: will be pulled (66.0 MB, linux/amd64)")
		s.Press("ctrl+u").Type("nginx:9").Advance(time1).Want("✗", "1.27, 1.28")
		s.Press("ctrl+u").Type("far:1").Advance(time1).Want("! not here yet, and", "far.example").WantNot("✗")
	})
}

func TestCompletionHasTabAndArrowsFirst(t *testing.T) {
	openBusy(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Type("ngi").Advance(time1).Want("nginx:1.27  here", "nginx:1.28  at the registry", "my/nginx:2")
		s.Press("down", "down").Golden("completion").Press("tab").Want("Image         nginx:1.28").WantNot("at the registry")
		s.Press("tab").Want("▌ Name") // the list is closed: tab goes on
		s.Press("up").Type("x").Advance(time1).Press("backspace").Advance(time1)
		s.Press("backspace").Advance(time1).Want("nginx:1.27  here").Press("esc").WantNot("  here")
		if len(r.got) > 0 {
			t.Errorf("esc left the form: %v", r.got)
		}
		s.Press("ctrl+f").Type("volumes").Press("enter").Type("/s").Advance(time1).Want("/srv/www/")
		s.Press("tab").Advance(time1).Want("/srv/  ", "/srv/www/").Press("tab").Type(":/w").Press("tab")
		if got := r.form.Draft().Get(option.KeyVolume); got != "/srv/www/:/w" {
			t.Errorf("volume %q", got)
		}
	})
}

func TestAnOptionIsFoundByFlagOrWord(t *testing.T) {
	openBusy(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		for _, c := range [][2]string{{"-m", "Memory"}, {"--cap-add", "Add caps"}, {"net alias", "Aliases"}, {"CPUs", "CPUs"}} {
			s.Press("ctrl+f").Type(c[0]).Press("enter").Want("▌ " + c[1])
		}
		s.Press("ctrl+f").Type("no such thing").Want("no option has that").Press("enter", "esc").Want("▌ CPUs")
		s.Press("ctrl+f").Type("mem").Golden("find")
	})
}

func TestAPortAndAMountAreEditedInParts(t *testing.T) {
	openBusy(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Press("ctrl+f").Type("--publish").Press("enter", "ctrl+t")
		s.Press("tab").Type("8080").Press("tab").Type("80").Press("tab", "right").Advance(time1).Golden("parts")
		s.Press("enter").Want("8080:80/udp")
		s.Press("ctrl+f").Type("--mount").Press("enter", "ctrl+t", "right", "tab").Type("/srv").Press("tab").Type("/x").Press("tab", "right", "tab", "enter")
		d := r.form.Draft()
		if got := d.Get(option.KeyMount) + " " + d.Get(option.KeyPublish); got != "type=bind,source=/srv,target=/x,readonly 8080:80/udp" {
			t.Errorf("made %q", got)
		}
		s.Press("ctrl+t", "tab", "tab").Press("backspace").Type("y").Press("esc")
		if got := r.form.Draft().Get(option.KeyMount); got != "type=bind,source=/srv,target=/y,readonly" {
			t.Errorf("changed to %q", got)
		}
	})
}

func TestSecretsAreHiddenUntilAskedFor(t *testing.T) {
	var d option.Draft
	d.Set(option.KeyImage, "nginx:1.27")
	d.Set(option.KeyEnv, "DB_PASSWORD=hunter2", "DB_PASSWORD_FILE=/run/secret", "MODE=prod")
	openBusy(t, d, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		s.Press("ctrl+right").Want("DB_PASSWORD=********", "/run/secret", "MODE=prod").WantNot("hunter2")
		s.Press("ctrl+r").Want("hunter2").Press("ctrl+r").WantNot("hunter2")
		s.Press("ctrl+y")
		if !strings.Contains(s.Clipboard(), "hunter2") {
			t.Errorf("what was copied cannot be run: %q", s.Clipboard())
		}
		s.Press("ctrl+g").Want("nerdctl run -d").Press("ctrl+g").Want("gantry run -d").Press("ctrl+g").Want("docker run -d")
	})
}

func TestWhatTheImageExposesIsPublishedByOneKey(t *testing.T) {
	deps := busy()
	deps.ImageConfig = func(context.Context, string, string) (api.ImageConfig, error) {
		return api.ImageConfig{ExposedPorts: []string{"443/tcp", "53/udp", "80/tcp"}, Env: []string{"PATH=/bin", "API_TOKEN=abc", "V=1"}, Volumes: []string{"/data"}}, nil
	}
	uitest.Run(t, func(t *testing.T) {
		var d option.Draft
		d.Set(option.KeyImage, "x")
		d.Set(option.KeyPublish, "8443:443")
		r := &root{form: create.New(env(), d, deps)}
		defer r.form.Close()
		s := uitest.New(t, r, 120, 36).Advance(time1)
		s.Press("ctrl+f").Type("environment").Press("enter").Golden("ghosts-env-120x36").Want("API_TOKEN V").WantNot("abc")
		s.Press("ctrl+x").Want("docker run -d -p 8443:443 -p 53:53/udp -p 80:80 x")
	})
}
