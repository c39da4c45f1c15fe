package logger

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gantry/engine/stdio/wire"
)

func TestALineThatALoggerWasKilledInIsEnded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte(`{"log":"whole"}`+"\n"+`{"log":"ha`), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	l.write([]byte("next\n"))
	l.close()
	b, _ := os.ReadFile(path)
	if got := strings.Split(string(b), "\n"); len(got) != 4 || got[2] != "next" {
		t.Errorf("%q", b)
	}
}

func TestTheLogTellsWhatAFullDiskHasCost(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	l, err := openLog(path)
	if err != nil {
		t.Fatal(err)
	}
	good := l.f
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip(err)
	}
	l.f = full
	l.write([]byte("a\nb\n"))
	l.write([]byte("c\n"))
	full.Close()
	l.f = good
	l.write([]byte("d\n"))
	l.close()
	b, _ := os.ReadFile(path)
	if got := strings.Split(string(b), "\n"); len(got) != 3 || !strings.Contains(got[0], "3 lines could not be written") || got[1] != "d" {
		t.Errorf("%q", b)
	}
}

func TestOOMIsReadFromTheMemoryControllerOfEitherVersion(t *testing.T) {
	for name, c := range map[string]struct{ cgroup, file, content string }{
		"v2": {"0::/default/c1\n", "default/c1/memory.events", "low 0\noom 2\noom_kill 1\n"},
		"v1": {"12:pids:/default/c1\n4:cpu,memory:/default/c1\n0::/\n", "memory/default/c1/memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n"},
	} {
		proc, root := t.TempDir(), t.TempDir()
		write(t, filepath.Join(proc, "42", "cgroup"), c.cgroup)
		write(t, filepath.Join(root, c.file), c.content)
		file := oomFile(proc, root, 42)
		if !oomKilled(file) {
			t.Errorf("%s: not seen in %q", name, file)
		}
		write(t, file, strings.Replace(c.content, "oom_kill 1", "oom_kill 0", 1))
		if oomKilled(file) {
			t.Errorf("%s: seen where there is none", name)
		}
		if got := oomFile(proc, root, 43); got != "" || oomKilled(got) {
			t.Errorf("%s: a process that is gone has %q", name, got)
		}
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFullLogIsRotatedAndNeverMissing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for _, files := range []int{1, 3} {
		l, err := openLog(path)
		if err != nil {
			t.Fatal(err)
		}
		l.max, l.files = 10, files
		for _, s := range []string{"one 45678\n", "two 45678\n", "three\n", "three more\n", "four\n"} {
			l.write([]byte(s))
		}
		l.close()
		want := map[string]string{"": "four\n", ".1": "three\nthree more\n", ".2": "two 45678\n"}
		for _, end := range []string{"", ".1", ".2", ".3", ".new", ".1.new"} {
			b, err := os.ReadFile(path + end)
			if end != "" && files == 1 || want[end] == "" {
				if err == nil {
					t.Errorf("%d files: there is log%s: %q", files, end, b)
				}
			} else if string(b) != want[end] {
				t.Errorf("%d files: log%s has %q (%v)", files, end, b, err)
			}
		}
		os.Remove(path)
	}
}

func TestTheJournalIsGivenWhatDockersDriverGives(t *testing.T) {
	socket := filepath.Join(t.TempDir(), "journal")
	at, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer at.Close()
	id := strings.Repeat("0123456789abcdef", 4)
	j, err := openJournal(socket, id, wire.LogFacts{Name: "web", Image: "nginx", Attrs: map[string]string{"tier.of": "front"}})
	if err != nil {
		t.Fatal(err)
	}
	defer j.close()
	j.write("stderr", func(each func([]byte)) { each([]byte("whole\n")); each([]byte("a \n part")) })
	about := "CONTAINER_ID=0123456789ab\nCONTAINER_ID_FULL=" + id + "\nCONTAINER_NAME=web\nCONTAINER_TAG=0123456789ab\nIMAGE_NAME=nginx\n" +
		"SYSLOG_IDENTIFIER=0123456789ab\nTIER_OF=front\nPRIORITY=3\n"
	for _, want := range []string{
		about + "MESSAGE=whole\n",
		about + "CONTAINER_PARTIAL_MESSAGE=true\nMESSAGE\n\x08\x00\x00\x00\x00\x00\x00\x00a \n part\n",
	} {
		b := make([]byte, 4096)
		n, err := at.Read(b)
		if err != nil || string(b[:n]) != want {
			t.Errorf("%v\n%q\nwant\n%q", err, b[:n], want)
		}
	}
}
