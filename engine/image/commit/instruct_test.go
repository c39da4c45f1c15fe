package commit

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	docker "github.com/moby/docker-image-spec/specs-go/v1"
	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"

	"gantry/engine/api"
)

func config(c ocispec.ImageConfig) Config { return Config{ImageConfig: c} }

func TestInstructionsChangeTheConfiguration(t *testing.T) {
	old := config(ocispec.ImageConfig{
		Entrypoint: []string{"/init"}, Cmd: []string{"serve"}, Env: []string{"PATH=/bin", "A=1"}, WorkingDir: "/srv",
	})
	got := old
	err := Instruct(&got, []string{
		`CMD ["top", "-b"]`, `env A=2 B="x y" C='$HOME' D=\$E`, `ENV OLD style value`, `EXPOSE 80 53/udp 8000-8001`, `LABEL a.b=c "d e"=f`,
		`USER nobody:nogroup`, `VOLUME ["/data", "/log"]`, `VOLUME /x /y`, `WORKDIR sub`, `WORKDIR deeper/..`, `STOPSIGNAL SIGINT`,
		`HEALTHCHECK --interval=5s --retries=2 CMD ["probe", "-q"]`, `ONBUILD RUN echo $HOME`,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := config(ocispec.ImageConfig{
		Entrypoint: []string{"/init"}, Cmd: []string{"top", "-b"}, WorkingDir: "/srv/sub", User: "nobody:nogroup", StopSignal: "SIGINT",
		Env:          []string{"PATH=/bin", "A=2", "B=x y", "C=$HOME", "D=$E", "OLD=style value"},
		ExposedPorts: map[string]struct{}{"80/tcp": {}, "53/udp": {}, "8000/tcp": {}, "8001/tcp": {}},
		Volumes:      map[string]struct{}{"/data": {}, "/log": {}, "/x": {}, "/y": {}},
		Labels:       map[string]string{"a.b": "c", "d e": "f"},
	})
	want.Healthcheck = &docker.HealthcheckConfig{Test: []string{"CMD", "probe", "-q"}, Interval: 5 * time.Second, Retries: 2}
	want.OnBuild = []string{"RUN echo $HOME"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.Equal(old.Env, []string{"PATH=/bin", "A=1"}) {
		t.Errorf("the configuration that it came from has %q now", old.Env)
	}
}

func TestAnEntrypointDropsTheCommandOfTheOther(t *testing.T) {
	for _, c := range []struct {
		lines      []string
		entry, cmd []string
	}{
		{[]string{`ENTRYPOINT ["/new"]`}, []string{"/new"}, nil},
		{[]string{`CMD ["a"]`, `ENTRYPOINT ["/new"]`}, []string{"/new"}, []string{"a"}},
		{[]string{`ENTRYPOINT []`}, []string{}, []string{"serve"}},
		{[]string{`CMD echo "$HOME"`}, []string{"/init"}, []string{"/bin/sh", "-c", `echo "$HOME"`}},
	} {
		got := config(ocispec.ImageConfig{Entrypoint: []string{"/init"}, Cmd: []string{"serve"}})
		if err := Instruct(&got, c.lines); err != nil || !slices.Equal(got.Entrypoint, c.entry) || !slices.Equal(got.Cmd, c.cmd) {
			t.Errorf("%q: %q %q, %v", c.lines, got.Entrypoint, got.Cmd, err)
		}
	}
}

func TestBadInstructionsAreNamedAllAtOnce(t *testing.T) {
	lines := []string{
		"RUN rm -rf /", "", "CMD", "ENV A", `LABEL a="b`, "EXPOSE http", "STOPSIGNAL SIGNOT", "ENV A=$PATH:/x", "VOLUME [\"\"]",
		"HEALTHCHECK curl x", "HEALTHCHECK --every=1s CMD x", "HEALTHCHECK --interval=soon CMD x", "ENV A=b c",
	}
	says := []string{
		"RUN is not an instruction", "is empty", "nothing follows CMD", "A has no value", "not closed", "http is not a port", "invalid signal", "variables", "path is empty",
		"neither CMD", "--every=1s is not an option", "--interval", "c is not NAME=VALUE",
	}
	var errs api.FieldErrors
	if !errors.As(Instruct(new(Config), lines), &errs) || len(errs) != len(lines) {
		t.Fatalf("%d of %d: %v", len(errs), len(lines), errs)
	}
	for i, e := range errs {
		if e.Field != "change" || e.Index != i || e.Value != lines[i] || !strings.Contains(e.Reason, says[i]) {
			t.Errorf("%q: %+v", lines[i], e)
		}
	}
}

func TestWhatAContainerWasMadeWithGoesOverItsImage(t *testing.T) {
	image := config(ocispec.ImageConfig{
		User: "web", Env: []string{"PATH=/bin", "A=1", "GONE=x"}, Entrypoint: []string{"/init"}, Cmd: []string{"serve"},
		ExposedPorts: map[string]struct{}{"80/tcp": {}}, Labels: map[string]string{"a": "1", "b": "1"}, StopSignal: "SIGQUIT",
	})
	image.OnBuild, image.Shell = []string{"RUN x"}, []string{"/bin/ash", "-c"}
	image.Healthcheck = &docker.HealthcheckConfig{Test: []string{"CMD", "probe"}, Retries: 5}
	got := Over(image, &container.Config{
		Env: []string{"A=2", "GONE", "NEW=3"}, Entrypoint: []string{""}, Cmd: []string{"sh"}, WorkingDir: "/w", Labels: map[string]string{"b": "2"},
		ExposedPorts: network.PortSet{network.MustParsePort("53/udp"): {}}, Volumes: map[string]struct{}{"/v": {}}, Healthcheck: &container.HealthConfig{Retries: 1},
	})
	want := config(ocispec.ImageConfig{
		User: "web", Env: []string{"PATH=/bin", "A=2", "NEW=3"}, Cmd: []string{"sh"}, WorkingDir: "/w", StopSignal: "SIGQUIT",
		ExposedPorts: map[string]struct{}{"80/tcp": {}, "53/udp": {}}, Volumes: map[string]struct{}{"/v": {}}, Labels: map[string]string{"a": "1", "b": "2"},
	})
	want.Shell = image.Shell
	want.Healthcheck = &docker.HealthcheckConfig{Test: []string{"CMD", "probe"}, Retries: 1}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if image.Labels["b"] != "1" {
		t.Error("the image's own labels were changed")
	}
}
