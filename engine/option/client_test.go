package option

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLabelsOfFilesComeBeforeThoseGiven(t *testing.T) {
	f := facts()
	f.Host.File = func(string) ([]byte, error) { return []byte("# of the team\ntier=back\nbare\nnerdctl/name=x\n"), nil }
	p := draft("image", "a", "label", "tier=front", "label-file", "web.labels").Parse(f)
	if diff := cmp.Diff(map[string]string{"tier": "front", "bare": ""}, p.Request.Config.Labels); diff != "" {
		t.Error(diff)
	}
	want := []string{"--label-file: labels that begin with nerdctl/ are reserved (choose another key)"}
	if diff := cmp.Diff(want, sentences(p.Problems)); diff != "" {
		t.Error(diff)
	}
}

func TestWhatConcernsTheCallerAloneIsNotInTheRequest(t *testing.T) {
	p := draft("image", "a", "quiet", "true", "disable-content-trust", "true", "cidfile", "/x", "detach-keys", "ctrl-x,q", "sig-proxy", "false").Parse(facts())
	if p.Err() != nil || p.Client != (Client{Quiet: true, DetachKeys: "ctrl-x,q", KeepSignals: true}) || p.Request.HostConfig.ContainerIDFile != "/x" || len(p.Warnings) != 1 {
		t.Errorf("%+v", p)
	}
}

func TestTheStreamsThatAreNamedAreThoseAttached(t *testing.T) {
	for _, tt := range []struct {
		in           []string
		in0, out, er bool
	}{
		{nil, false, true, true},
		{[]string{"attach", "STDOUT"}, false, true, false},
		{[]string{"attach", "stdin", "attach", "stderr", "interactive", "true"}, true, false, true},
		{[]string{"attach", "stdin", "interactive", "true"}, true, false, false},
	} {
		p := draft(append([]string{"image", "a"}, tt.in...)...).Parse(facts())
		if c := p.Request.Config; p.Err() != nil || c.AttachStdin != tt.in0 || c.AttachStdout != tt.out || c.AttachStderr != tt.er {
			t.Errorf("%q: %v, %v %v %v", tt.in, p.Err(), c.AttachStdin, c.AttachStdout, c.AttachStderr)
		}
	}
	p := draft("image", "a", "attach", "screen", "detach", "true", "attach", "stdout", "detach-keys", "ctrl-ä").Parse(facts())
	want := []string{
		"--attach: valid streams are stdin, stdout and stderr (write one of them, and the option once more for another)",
		"--detach-keys: Unknown character: 'ctrl-ä' (for example ctrl-p,ctrl-q)",
		"--attach: conflicting options: cannot specify both --attach and --detach (leave out one of them)",
	}
	if diff := cmp.Diff(want, sentences(p.Problems)); diff != "" {
		t.Error(diff)
	}
}
