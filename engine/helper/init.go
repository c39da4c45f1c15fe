package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// initName is what gantry-helper is called in a container whose init it is.
const initName = "docker-init"

// onTerminal begins the arguments of the init's child until that has the terminal.
const onTerminal = "_GANTRY_TERMINAL_1"

// The exit codes of a command that cannot be run.
const (
	exitNotRunnable = 126
	exitNotFound    = 127
)

// initial is the role of a container's first process: it starts the command, passes signals
// on to it, reaps whatever processes are left to it, and ends as the command does. It needs
// nothing of the container's image.
func initial(args []string) int {
	if len(args) > 1 && args[0] == onTerminal {
		return takeTerminal(args[1:])
	}
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return refuse("the init has no command")
	}
	// Small by means that stay here: what the kernel is told would be handed down to the command.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(gcPercent)
	signals := make(chan os.Signal, 64)
	signal.Notify(signals)
	child, err := begin(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "exec: %q: %v\n", args[0], plain(err))
		return codeOf(err)
	}
	go forward(signals, child)
	return reap(child)
}

// begin starts the command in a process group of its own, so that a signal from the terminal
// reaches it once. A terminal is handed over by a second instance of this program in the
// command's place, since whoever takes a terminal must not be stopped for it.
func begin(args []string) (pid int, err error) {
	path, err := lookUp(args[0])
	if err != nil {
		return 0, err
	}
	if _, err := unix.IoctlGetTermios(0, unix.TCGETS); err == nil {
		args = append([]string{initName, onTerminal, path}, args...)
		path = "/proc/self/exe"
	}
	return syscall.ForkExec(path, args, &syscall.ProcAttr{
		Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true},
	})
}

// takeTerminal makes this process's group the terminal's, and becomes the command: its path
// and its arguments.
func takeTerminal(args []string) int {
	signal.Ignore(unix.SIGTTOU)
	_ = unix.IoctlSetPointerInt(0, unix.TIOCSPGRP, unix.Getpgrp()) // without it the command has no terminal's signals
	signal.Reset(unix.SIGTTOU)
	err := syscall.Exec(args[0], args[1:], os.Environ())
	fmt.Fprintf(os.Stderr, "exec: %q: %v\n", args[1], plain(err))
	return codeOf(err)
}

// lookUp finds a command as the runtime would.
func lookUp(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	return exec.LookPath(name)
}

// forward passes signals on; those that are about this process itself stay.
func forward(signals <-chan os.Signal, child int) {
	for s := range signals {
		switch s {
		case unix.SIGCHLD, unix.SIGURG, unix.SIGTTIN, unix.SIGTTOU, unix.SIGPIPE:
		default:
			if n, ok := s.(syscall.Signal); ok {
				_ = unix.Kill(child, n) // it may have ended just now
			}
		}
	}
}

// reap waits for every process that ends, until the child has.
func reap(child int) int {
	for {
		var st unix.WaitStatus
		pid, err := unix.Wait4(-1, &st, 0, nil)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return 1 // nobody is left, the child neither
		case pid != child:
		case st.Exited():
			return st.ExitStatus()
		case st.Signaled():
			return 128 + int(st.Signal())
		}
	}
}

// plain is why a command cannot be run, without the name of the system call.
func plain(err error) error {
	if errors.Is(err, exec.ErrNotFound) {
		return errors.New("executable file not found in $PATH")
	}
	return err
}

func codeOf(err error) int {
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return exitNotFound
	}
	return exitNotRunnable
}
