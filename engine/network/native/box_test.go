package native

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// box does what it is told line by line: "listen PROTO ADDR NAME" answers everybody with
// the name and who asked; "ask PROTO ADDR" tells the answer, and "reach PROTO ADDR" does not
// give up soon.
func box() {
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		f := strings.Fields(in.Text())
		var answer string
		var err error
		switch f[0] {
		case "listen":
			err = listen(f[1], f[2], f[3])
		case "ask":
			answer, err = ask(f[1], f[2])
		case "reach":
			answer, err = reach(f[1], f[2])
		}
		if err != nil {
			answer = "error: " + err.Error()
		}
		fmt.Println(answer)
	}
}

func listen(proto, addr, name string) error {
	if strings.HasPrefix(proto, "udp") {
		c, err := net.ListenPacket(proto, addr)
		if err != nil {
			return err
		}
		go func() {
			b := make([]byte, 64)
			for {
				_, from, err := c.ReadFrom(b)
				if err != nil {
					return
				}
				c.WriteTo([]byte(name+" "+from.String()), from)
			}
		}()
		return nil
	}
	l, err := net.Listen(proto, addr)
	if err != nil {
		return err
	}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, name+" "+c.RemoteAddr().String())
			c.Close()
		}
	}()
	return nil
}

func ask(proto, addr string) (string, error) {
	c, err := net.DialTimeout(proto, addr, silence)
	if err != nil {
		return "", err
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(silence))
	if strings.HasPrefix(proto, "udp") {
		c.Write([]byte("?"))
		b := make([]byte, 64)
		n, err := c.Read(b)
		return string(b[:n]), err
	}
	b, err := io.ReadAll(c)
	return string(b), err
}

// reach asks until there is an answer: on a busy host a first packet may be lost.
func reach(proto, addr string) (answer string, err error) {
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if answer, err = ask(proto, addr); err == nil {
			break
		}
	}
	return answer, err
}

// process is a box from outside.
type process struct {
	t   testing.TB
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Scanner
}

func newProcess(t testing.TB) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command("/proc/self/exe")}
	// With the race detector a program waits a second at its end.
	p.cmd.Env = append(os.Environ(), roleVar+"="+roleBox, "GORACE=atexit_sleep_ms=0")
	p.cmd.Stderr = os.Stderr
	// No Pdeathsig: that goes by the thread, and threads end here. Its input ends with us.
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: unix.CLONE_NEWNET}
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.out = bufio.NewScanner(out)
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.end)
	return p
}

func (p *process) end() {
	if p.cmd.ProcessState == nil {
		p.in.Close()
		p.cmd.Wait()
	}
}

func (p *process) tell(format string, a ...any) string {
	p.t.Helper()
	fmt.Fprintf(p.in, format+"\n", a...)
	if !p.out.Scan() {
		p.t.Fatalf("the box ended: %v", p.out.Err())
	}
	return p.out.Text()
}

func (p *process) listen(proto, addr, name string) {
	p.t.Helper()
	if got := p.tell("listen %s %s %s", proto, addr, name); got != "" {
		p.t.Fatalf("listen on %s: %s", addr, got)
	}
}
