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
	p := draft("image", "a", "quiet", "true", "disable-content-trust", "true", "cidfile", "/x").Parse(facts())
	if p.Err() != nil || p.Client != (Client{Quiet: true}) || p.Request.HostConfig.ContainerIDFile != "/x" || len(p.Warnings) != 1 {
		t.Errorf("%+v", p)
	}
}
