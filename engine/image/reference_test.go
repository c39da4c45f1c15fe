package image

import (
	"errors"
	"strings"
	"testing"

	"gantry/engine/api"
)

func TestParse(t *testing.T) {
	hex := strings.Repeat("ab", 32)
	tests := []struct {
		in   string
		want Ref
		why  string // of a bad one
	}{
		{in: "busybox", want: Ref{Full: "docker.io/library/busybox:latest", Familiar: "busybox:latest", Host: "docker.io", Repo: "library/busybox", Tag: "latest"}},
		{in: "docker.io/library/busybox:1", want: Ref{Full: "docker.io/library/busybox:1", Familiar: "busybox:1", Host: "docker.io", Repo: "library/busybox", Tag: "1"}},
		{in: "me/app:v2", want: Ref{Full: "docker.io/me/app:v2", Familiar: "me/app:v2", Host: "docker.io", Repo: "me/app", Tag: "v2"}},
		{in: "localhost:5000/app", want: Ref{Full: "localhost:5000/app:latest", Familiar: "localhost:5000/app:latest", Host: "localhost:5000", Repo: "app", Tag: "latest"}},
		{in: "r.example/a/b@sha256:" + hex, want: Ref{Full: "r.example/a/b@sha256:" + hex, Familiar: "r.example/a/b@sha256:" + hex, Host: "r.example", Repo: "a/b", Digest: "sha256:" + hex}},
		{in: hex, want: Ref{Full: "sha256:" + hex, Familiar: hex[:12], Digest: "sha256:" + hex}},
		{in: "sha256:" + hex, want: Ref{Full: "sha256:" + hex, Familiar: hex[:12], Digest: "sha256:" + hex}},
		{in: "", why: "it is empty"},
		{in: "Busybox", why: "names are lower case"},
		{in: "busy box", why: "it has a space in it"},
		{in: "busybox ", why: "it has a space in it"},
		{in: "https://r.example/a", why: "leave out https://"},
		{in: "busybox:", why: "the tag after : is empty"},
		{in: "busybox@sha256:12", why: "after @ stands a digest: sha256: and 64 hex digits"},
		{in: "a//b", why: "a part of the name is empty"},
		{in: "-d", why: "a name does not begin with -"},
		{in: strings.Repeat("a", 300), why: "the name is longer than 255 characters"},
		{in: "busybox:ä", why: "a name is [registry/]repository[:tag], of lower case letters, digits and . _ -"},
	}
	for _, tt := range tests {
		got, err := Parse(tt.in)
		if tt.why == "" {
			if err != nil || got != tt.want {
				t.Errorf("Parse(%q) = %+v, %v", tt.in, got, err)
			}
			continue
		}
		var pe *api.PullError
		if !errors.As(err, &pe) || pe.Cause != api.PullBadReference || pe.Detail != tt.why {
			t.Errorf("Parse(%q) = %v, want %q", tt.in, err, tt.why)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"busybox", "a:b@sha256:c", "://", strings.Repeat("0", 64)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := Parse(s)
		var pe *api.PullError
		if err != nil && (!errors.As(err, &pe) || pe.Detail == "") {
			t.Errorf("%q is bad without a reason: %v", s, err)
		}
		if err != nil {
			return
		}
		if again, err := Parse(r.Full); err != nil || again.Full != r.Full {
			t.Errorf("%q becomes %q, which becomes %q (%v)", s, r.Full, again.Full, err)
		}
	})
}
