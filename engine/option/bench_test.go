package option

import "testing"

// full is a form with every row filled, which is read at each key press.
func full() Draft {
	return draft("image", "ghcr.io/owner/project/name:1.27-alpine", "name", "web", "args", "nginx", "args", "-g", "args", "daemon off;",
		"detach", "true", "tty", "true", "interactive", "true", "rm", "true", "pull", "always", "platform", "linux/amd64",
		"entrypoint", "/docker-entrypoint.sh", "env", "A=1", "env", "B=2", "env", "FROM_HOST", "workdir", "/srv", "user", "1000:1000",
		"hostname", "web-1", "label", "a=1", "label", "team=web", "stop-signal", "SIGQUIT", "stop-timeout", "30", "network", "host",
		"memory", "512m", "cpus", "1.5", "pids-limit", "200", "read-only", "true", "cap-add", "NET_ADMIN", "cap-drop", "ALL")
}

func BenchmarkParse(b *testing.B) {
	d, f := full(), facts()
	b.ReportAllocs()
	for b.Loop() {
		if p := d.Parse(f); p.Err() != nil {
			b.Fatal(p.Err())
		}
	}
}

func BenchmarkCheckImage(b *testing.B) {
	f := facts()
	b.ReportAllocs()
	for b.Loop() {
		Check(f, KeyImage, 0, "ghcr.io/owner/project/name:1.27-alpine")
	}
}

func BenchmarkSet(b *testing.B) {
	d := full()
	b.ReportAllocs()
	for b.Loop() {
		d.Set(KeyName, "other")
	}
}

func BenchmarkLine(b *testing.B) {
	d := full()
	b.ReportAllocs()
	for b.Loop() {
		d.Line("docker run")
	}
}

func BenchmarkFromArgs(b *testing.B) {
	words := full().Words()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := FromArgs(words); err != nil {
			b.Fatal(err)
		}
	}
}
