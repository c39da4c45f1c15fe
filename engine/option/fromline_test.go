package option

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is a pasted text as lines: the draft, then what is left over and what is marked.
func told(p Pasted) string {
	var b strings.Builder
	verb := "run"
	if p.Create {
		verb = "create"
	}
	b.WriteString(p.Draft.Line(p.Program + " " + verb))
	for _, l := range p.Leftovers {
		fmt.Fprintf(&b, "\n%s %s | %s", l.Kind, l.Text, l.Reason)
		if l.Fix != "" {
			b.WriteString(" | " + l.Fix)
		}
	}
	for _, m := range p.Marks {
		fmt.Fprintf(&b, "\n%s.%d+%d %s %s", m.Key, m.Index, m.At, m.Text, m.Reason)
		if m.Name != "" || m.Default != "" {
			b.WriteString(" | " + m.Name + ":" + m.Default)
		}
	}
	return b.String()
}

func TestFromLine(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"a plain line", "docker run --rm busybox echo hi", "docker run --rm busybox echo hi"},
		{"sudo and another program", "  sudo /usr/bin/podman create -it --name=x a\n", "podman create -it --name x a"},
		{"sudo's own flags", "sudo -u root -E nerdctl run a", "nerdctl run a\nsetting -u root | says how the program is run\nsetting -E | says how the program is run"},
		{
			"the program's own flags", "docker --context far -H=tcp://a:1 container run a",
			"docker run a\nsetting --context far | chooses an engine or its settings; the one that is open here is used\n" +
				"setting -H=tcp://a:1 | chooses an engine or its settings; the one that is open here is used",
		},
		{
			"a namespace", "nerdctl -n k8s.io --debug run a",
			"nerdctl run a\nsetting -n k8s.io | chooses an engine or its settings; the one that is open here is used\n" +
				"setting --debug | chooses an engine or its settings; the one that is open here is used",
		},
		{"a run.exe of another system", `./docker.exe run a`, "docker run a"},
		{"several lines", "docker run -d \\\n  -p8080:80 \\\r\n  -e=X=1 \\\n  a", "docker run -d -e X=1 -p 8080:80 a"},
		{"blanks behind the backslash", "docker run -d \\ \t\n --name web a", "docker run -d --name web a"},
		{"a backslash within a word", "docker run --na\\\nme web a", "docker run --name web a"},
		{"a forgotten backslash", "docker run -d\n  --name web\n  -p 80:80 a", "docker run -d --name web -p 80:80 a"},
		{"other shells' continuations", "docker run -d ^\n --name web `\n a", "docker run -d --name web a"},
		{
			"comments between", "# a web server\ndocker run -d \\\n  # its name\n  --name web \\ # really\n  a # end",
			"docker run -d --name web a\ncomment # a web server | is a comment\ncomment # its name | is a comment\n" +
				"comment # really | is a comment\ncomment # end | is a comment",
		},
		{"a prompt and its continuation", "$ docker run -d \\\n> --name web \\\n> a", "docker run -d --name web a"},
		{"root's prompt", "# docker run a", "docker run a"},
		{"a fence", "```sh\ndocker run a\n```", "docker run a\ncomment ```sh | is a comment\ncomment ``` | is a comment"},
		{
			"commands around", "docker network create n && docker run -d --network n a; docker logs -f x | grep y\ndocker run b",
			"docker run -d --network n a\ncommand docker network create n | is another command\n" +
				"command docker logs -f x | is another command\ncommand grep y | is another command\ncommand docker run b | is another command",
		},
		{
			"redirections", "docker run a sh >out 2>&1 </dev/null &",
			"docker run a sh\nredirection >out | belongs to the shell, not to the container\nredirection 2>&1 | belongs to the shell, not to the container\n" +
				"redirection </dev/null | belongs to the shell, not to the container",
		},
		{"a variable before", "TAG=1 docker run a", "docker run a\nsetting TAG=1 | sets a variable for this command only"},
		{"every quote", `docker run -e A='x y' -e "B=\"q\" \n" -e C=$'t\tab' -e D=a\ b a`, `docker run -e "A=x y" -e 'B="q" \n' -e $'C=t\tab' -e "D=a b" a`},
		{
			"substitutions", "docker run -v $(pwd)/x:/x -v \"${PWD}\":/y -v ~/z:/z -e T=\"a ${T:-b c} d\" -e U=`id -u` -u $(id -u):$(id -g \"$X\") a $CMD",
			"docker run -e 'T=a ${T:-b c} d' -e 'U=`id -u`' -u '$(id -u):$(id -g \"$X\")' -v '$(pwd)/x:/x' -v '${PWD}:/y' -v \"~/z:/z\" a '$CMD'\n" +
				"volume.0+0 $(pwd) stands for the directory one is in | PWD:\n" +
				"volume.1+0 ${PWD} stands for the value of PWD | PWD:\n" +
				"volume.2+0 ~ stands for one's home directory | HOME:\n" +
				"env.0+4 ${T:-b c} stands for the value of T, else b c | T:b c\n" +
				"env.1+2 `id -u` stands for the output of a command, which was not run\n" +
				"user.0+0 $(id -u) stands for the output of a command, which was not run\n" +
				"user.0+9 $(id -g \"$X\") stands for the output of a command, which was not run\n" +
				"args.0+0 $CMD stands for the value of CMD | CMD:",
		},
		{"quoted ones are text", `docker run -e 'A=$B' -e C=\$D -e "E=\$F $" a`, `docker run -e 'A=$B' -e 'C=$D' -e 'E=$F $' a`},
		{
			"another system's", `docker run -v %cd%:/x -e U=%20y a`,
			"docker run -e U=%20y -v %cd%:/x a\nvolume.0+0 %cd% stands for a value of another system's shell | PWD:",
		},
		{
			"placeholders", "docker run -e KEY=<your key> -v </path/to>:/x <image>:tag",
			"docker run -e \"KEY=<your key>\" -v \"</path/to>:/x\" \"<image>:tag\"\n" +
				"env.0+4 <your key> wants a value of your own\nvolume.0+0 </path/to> wants a value of your own\nimage.0+0 <image> wants a value of your own",
		},
		{
			"options elsewhere", "docker run [OPTIONS] $EXTRA -d $IMAGE \"$@\"",
			"docker run -d '$IMAGE' '$@'\noption [OPTIONS] | stands for options that are not written out | write them out\n" +
				"option $EXTRA | stands for options that are not written out | write them out\n" +
				"image.0+0 $IMAGE stands for the value of IMAGE | IMAGE:\nargs.0+0 $@ stands for a value of the shell's",
		},
		{
			"strange flags", "podman run --replace --pod web --nmae x --what this --that --memory=1g a",
			"podman run -m 1g a\noption --replace | is podman's own\noption --pod web | is podman's own\n" +
				"option --nmae x | is no option that gantry knows | did you mean --name?\n" +
				"option --what this | is no option that gantry knows\noption --that | is no option that gantry knows",
		},
		{
			"refused flags", "docker run --cpu-percent 5 --kernel-memory=1m -d --disable-content-trust -m= a",
			"docker run -d --disable-content-trust a\noption --cpu-percent 5 | exists on Windows only\noption --kernel-memory=1m | was given up by Docker and does nothing\n" +
				"option -m= | needs a value",
		},
		{"the last counts", "docker run --name a --name $X --name b c", "docker run --name b c\n" +
			"option --name a | is given again later, and the later one counts\noption --name $X | is given again later, and the later one counts"},
		{"an open quote", `docker run -e "A=b c`, "docker run -e \"A=b c\"\nquote \" | is not closed"},
		{"an open bracket", `docker run -v $(pwd a`, "docker run -v '$(pwd a'\nquote $( | is not closed"},
		{"a last backslash", "docker run a \\", "docker run a\nquote \\ | has nothing behind it"},
		{"nothing behind", "docker run", "docker run"},
		{"an end of flags", "docker run -it -- a --rm", "docker run -it a --rm"},
		{"arguments are the image's", "docker run a -p 80:80 # no\n", "docker run a -p 80:80\ncomment # no | is a comment"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := FromLine(tt.text)
			if diff := cmp.Diff(strings.TrimRight(tt.want, "\n"), told(p)); diff != "" || err != nil {
				t.Errorf("%s\n%v (-want +got)\n%s", tt.text, err, diff)
			}
			placed(t, tt.text, p)
		})
	}
}

// placed holds every place to the text that it names.
func placed(t *testing.T, text string, p Pasted) {
	t.Helper()
	for _, l := range p.Leftovers {
		if l.From < 0 || l.To > len(text) || l.From >= l.To || text[l.From:l.To] != l.Text || l.Reason == "" {
			t.Errorf("%q: a leftover is not where it says: %+v", text, l)
		}
	}
	for _, m := range p.Marks {
		v := p.Draft.All(m.Key)
		if text[m.From:m.To] != m.Text || m.Index >= len(v) || !strings.HasPrefix(v[m.Index][m.At:], m.Text) {
			t.Errorf("%q: a mark is not where it says: %+v", text, m)
		}
	}
}

func TestATextWithoutARun(t *testing.T) {
	for _, text := range []string{
		"", " \n", "nginx", "docker", "docker ps", "docker exec -it a sh", "docker compose run a", "run a", "echo docker run a", "# docker is nice\nls", "'",
		"sudo", "mydocker run a", "docker build .",
	} {
		if p, err := FromLine(text); !errors.Is(err, ErrNoRun) || !p.Draft.Empty() {
			t.Errorf("%q: %v, %s", text, err, told(p))
		}
	}
}

func TestMarksAreFilled(t *testing.T) {
	p, err := FromLine("docker run -v $(pwd)/$A:/x:$A -e B=${B:-c} --name $N <img>")
	if err != nil {
		t.Fatal(err)
	}
	p = p.Fill(func(m Mark) (string, bool) {
		v := map[string]string{"PWD": "/home/me/code", "A": "", "B": m.Default}
		s, ok := v[m.Name]
		return s, ok
	})
	want := "docker run --name '$N' -e B=c -v /home/me/code/:/x: \"<img>\"\nname.0+0 $N stands for the value of N | N:\nimage.0+0 <img> wants a value of your own"
	if got := told(p); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// FuzzFromLine reads any text: what is said of it is where it says, and the draft comes back
// from its own line.
func FuzzFromLine(f *testing.F) {
	for _, s := range []string{
		"docker run -itp80:80 \\\n # c\n a sh", "$ sudo podman --log-level x create -v $(pwd)/$A:/x `b` <c d>", "docker run -e \"A=${B:-$(c \"d\")}\" $'\\x41' ~/a",
		"docker run [o] $O -d $I \"$@\" > x 2>&1 | y; docker run z", "```\ndocker run --what it %cd% ^\n a\n```", "docker run -m 1 -m=$X --name ''",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := FromLine(text)
		if err != nil {
			return
		}
		placed(t, text, p)
		roundTrip(t, p.Draft)
		if same := p.Fill(func(m Mark) (string, bool) { return m.Text, true }); !same.Draft.Equal(p.Draft) || len(same.Marks) > 0 {
			t.Errorf("%q: filled with themselves: %s", text, told(same))
		}
	})
}
