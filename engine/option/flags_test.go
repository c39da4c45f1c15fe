package option

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gantry/engine/api"
)

func TestFromArgs(t *testing.T) {
	tests := []struct {
		line string
		want Draft
	}{
		{"", Draft{}},
		{"busybox", draft("image", "busybox")},
		{"--rm busybox sh -c 'exit 7'", draft("rm", "true", "image", "busybox", "args", "sh", "args", "-c", "args", "exit 7")},
		{"-it --name web -e A=1 -eB=2 -e=C=3 --env D=4 --env=E=5 a", draft("interactive", "true", "tty", "true", "name", "web",
			"env", "A=1", "env", "B=2", "env", "C=3", "env", "D=4", "env", "E=5", "image", "a")},
		{"-itm 512m a", draft("interactive", "true", "tty", "true", "memory", "512m", "image", "a")},
		{"-dm512m a", draft("detach", "true", "memory", "512m", "image", "a")},
		{"--tty=false -i=true --detach=0 a", draft("tty", "false", "interactive", "true", "detach", "0", "image", "a")},
		{"--tty false a", draft("tty", "true", "image", "false", "args", "a")},
		{"--pids-limit -1 a", draft("pids-limit", "-1", "image", "a")},
		{"-w / -u 0 -h box -l x=y a", draft("workdir", "/", "user", "0", "hostname", "box", "label", "x=y", "image", "a")},
		{"--net host a", draft("network", "host", "image", "a")},
		{"--name a --name b c", draft("name", "b", "image", "c")},
		{"--name '' -w '' c", draft("image", "c")},
		{"--entrypoint '' a", draft("entrypoint", "", "image", "a")},
		{"-t -- -a --rm", draft("tty", "true", "image", "-a", "args", "--rm")},
		{"a -- b", draft("image", "a", "args", "--", "args", "b")},
		{"a --rm -it", draft("image", "a", "args", "--rm", "args", "-it")},
		{"-", draft("image", "-")},
	}
	for _, tt := range tests {
		words, err := SplitWords(tt.line)
		if err != nil {
			t.Fatal(err)
		}
		got, err := FromArgs(words)
		if err != nil {
			t.Errorf("%s: %v", tt.line, err)
		}
		if diff := cmp.Diff(tt.want.Entries(), got.Entries()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.line, diff)
		}
	}
}

func TestFromArgsRefuses(t *testing.T) {
	tests := []struct{ line, want string }{
		{"--nmae web a", "unknown flag: --nmae (did you mean --name?)"},
		{"--memroy=1g a", "unknown flag: --memroy (did you mean --memory?)"},
		{"--xylophone a", "unknown flag: --xylophone"},
		{"-name web a", "unknown flag: -name (did you mean --name?)"},
		{"-tz a", "unknown flag: -tz"},
		{"--image a", "unknown flag: --image"},
		{"--name", "--name: needs a value"},
		{"-ite", "--env: needs a value"},
		{"-m '' a", "--memory: needs a value"},
		{"--cpus= --tty= a", "--cpus: needs a value; --tty: needs a value"},
		{"-a stdin --restart=always --use-api-socket -d a", "--use-api-socket: would give it Docker's API socket: there is no Docker daemon here"},
		{"--cpu-percent 5 --kernel-memory 1m a", "--cpu-percent: exists on Windows only; --kernel-memory: was given up by Docker and does nothing"},
	}
	for _, tt := range tests {
		words, err := SplitWords(tt.line)
		if err != nil {
			t.Fatal(err)
		}
		_, err = FromArgs(words)
		if err == nil || err.Error() != tt.want {
			t.Errorf("%s\n got %v\nwant %s", tt.line, err, tt.want)
		}
		var fields api.FieldErrors
		var unknown *UnknownFlagError
		if errors.As(err, &fields) == errors.As(err, &unknown) {
			t.Errorf("%s: %T is neither or both", tt.line, err)
		}
	}
	if _, err := FromArgs([]string{"-d", "--help", "a"}); !errors.Is(err, ErrHelp) {
		t.Errorf("--help: %v", err)
	}
	if _, err := FromArgs([]string{"a", "--help"}); err != nil {
		t.Errorf("--help behind the image belongs to the container: %v", err)
	}
}

// Every flag of Docker's that is not carried out is named, and none is both.
func TestLaterFlagsAreNotInTheTable(t *testing.T) {
	for _, l := range laters() {
		if _, ok := Find(Key(l.name)); ok {
			t.Errorf("--%s is in the table and refused as well", l.name)
		}
		if _, ok := shorts[(l.short + "-")[0]]; ok {
			t.Errorf("-%s is in the table and refused as well", l.short)
		}
		if l.reason == "" {
			t.Errorf("--%s is refused without a reason", l.name)
		}
	}
}

func TestExtrasOfTheProgram(t *testing.T) {
	var trace, address string
	extras := []Extra{
		{Name: "trace", Short: "x", Bool: true, Set: func(v string) error { trace = v; return nil }},
		{Name: "address", Set: func(v string) error { address = v; return nil }},
		{Name: "engine", Set: func(string) error { return api.FieldError{Field: "engine", Reason: "is neither"} }},
		{Name: "broken", Bool: true, Set: func(string) error { return errors.New("broken") }},
	}
	d, err := FromArgs([]string{"-dx", "--address", "/s", "a", "--trace=false"}, extras...)
	if err != nil || trace != "true" || address != "/s" || !d.Equal(draft("detach", "true", "image", "a", "args", "--trace=false")) {
		t.Errorf("trace %q, address %q, %+v, %v", trace, address, d.Entries(), err)
	}
	if _, err := FromArgs([]string{"--engine=x", "--trcae"}, extras...); err == nil || err.Error() != "unknown flag: --trcae (did you mean --trace?)" {
		t.Errorf("near an extra: %v", err)
	}
	if _, err := FromArgs([]string{"--engine=x", "--name"}, extras...); err == nil || err.Error() != "--engine: is neither; --name: needs a value" {
		t.Errorf("an extra's own field error joins the others: %v", err)
	}
	if _, err := FromArgs([]string{"--broken", "a"}, extras...); err == nil || err.Error() != "broken" {
		t.Errorf("any other error of an extra ends it: %v", err)
	}
}
