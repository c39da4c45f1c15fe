package kit

import (
	"fmt"
	"strings"
	"time"

	"gantry/engine/api"
)

// AtOnce is how short a run is said to have ended at once.
const AtOnce = 2 * time.Second

// PostMortem is how and why a container has ended, in words. All texts are clean.
type PostMortem struct {
	// Short is a few words to stand after the state and the exit code: "out of memory
	// (64M)"; "" when the code says all there is to say.
	Short string
	// Full is a sentence with code, signal, limit and run time, without a full stop.
	Full string
	// Hint is what to do about it; "" when it ended well or nobody can know.
	Hint string
	// AtOnce is set when it ran for less than AtOnce, so that its end is news.
	AtOnce bool
	// Fine is set when nothing went wrong.
	Fine bool
}

// Examine says how and why a container has ended. It is zero for one that has not, and
// for one that never ran and has nothing to tell.
func Examine(c api.Container) PostMortem {
	switch {
	case c.State == api.StateCreated && c.Error != "":
		return clean(PostMortem{Short: "not started: " + c.Error, Full: "It did not start: " + c.Error})
	case c.State != api.StateExited && c.State != api.StateDead:
		return PostMortem{}
	}
	d := death{c: c, ran: c.FinishedAt.Sub(c.StartedAt)}
	d.timed = !c.StartedAt.IsZero() && !c.FinishedAt.IsZero() && d.ran >= 0
	p := d.cause()
	p.AtOnce = d.atOnce()
	return clean(p)
}

func clean(p PostMortem) PostMortem {
	p.Short, p.Full, p.Hint = Clean(p.Short), Clean(p.Full), Clean(p.Hint)
	return p
}

// News is the sentence for a container whose end at once is news: "web: Exited 0 after
// 0.1 s: sh had no terminal". It is "" for one that ran for a while.
func (p PostMortem) News(c api.Container) string {
	if !p.AtOnce {
		return ""
	}
	s := Clean(c.DisplayName()) + ": Exited"
	if c.ExitKnown {
		s += fmt.Sprintf(" %d", c.ExitCode)
	}
	if strings.HasPrefix(p.Short, "after ") {
		return s + " " + p.Short
	}
	s += " after " + Ran(c.FinishedAt.Sub(c.StartedAt))
	if p.Short != "" {
		s += ": " + p.Short
	}
	return s
}

// death is a container that has ended, as it is looked at.
type death struct {
	c     api.Container
	ran   time.Duration
	timed bool // ran is known
}

func (d death) atOnce() bool { return d.timed && d.ran < AtOnce }

// after is the run time as the end of a clause: " after 0.1 s"; "" when it is not known.
func (d death) after() string {
	if !d.timed {
		return ""
	}
	return " after " + Ran(d.ran)
}

// cause goes from what is known for certain to what the exit code alone suggests.
func (d death) cause() PostMortem {
	switch {
	case d.c.OOMKilled:
		return d.outOfMemory()
	case d.c.Error != "":
		return PostMortem{Short: d.c.Error, Full: "It did not start: " + d.c.Error}
	case !d.c.ExitKnown:
		return PostMortem{Short: "its exit code was lost", Full: "Ended" + d.after() + "; its exit code was lost with its task"}
	}
	if p, ok := d.signalled(); ok {
		return p
	}
	return d.exited()
}

func (d death) outOfMemory() PostMortem {
	how := fmt.Sprintf("Exited %d", d.c.ExitCode)
	if name := signalName(d.c.ExitCode - 128); name != "" {
		how = fmt.Sprintf("Killed by %s (%d)", name, d.c.ExitCode)
	}
	if d.c.MemoryLimit > 0 {
		limit := Bytes(d.c.MemoryLimit)
		return PostMortem{
			Short: "out of memory (" + limit + ")", Full: how + d.after() + ": it ran out of memory, its limit is " + limit,
			Hint: "give it a higher memory limit, or find out what in it needs so much",
		}
	}
	return PostMortem{
		Short: "out of memory", Full: how + d.after() + ": the host ran out of memory",
		Hint: "free memory on the host; a limit of its own keeps it from taking all",
	}
}

// signalled is the end by a signal: 128 and its number, by convention.
func (d death) signalled() (PostMortem, bool) {
	n := d.c.ExitCode - 128
	name := signalName(n)
	if name == "" {
		return PostMortem{}, false
	}
	by := fmt.Sprintf("%s (%d)", name, d.c.ExitCode)
	switch n {
	case 4, 5, 6, 7, 8, 11, 31:
		what := crash(n)
		return PostMortem{Short: "crashed: " + what, Full: "Crashed with " + by + d.after() + ": " + what,
			Hint: "this is a fault of the program; its log may say more"}, true
	case 9:
		return PostMortem{Short: "killed by " + name, Full: "Killed by " + by + d.after(),
			Hint: "somebody killed it, or it did not end in time when it was stopped"}, true
	}
	return PostMortem{Short: "ended by " + name, Full: "Ended by " + by + d.after()}, true
}

func crash(n int) string {
	switch n {
	case 4:
		return "illegal instruction"
	case 5:
		return "trap"
	case 6:
		return "it aborted itself"
	case 8:
		return "arithmetic error"
	case 31:
		return "forbidden system call"
	}
	return "bad memory access"
}

// exited is an end by the process itself.
func (d death) exited() PostMortem {
	full := fmt.Sprintf("Exited %d", d.c.ExitCode) + d.after()
	p := PostMortem{Full: full}
	if d.atOnce() {
		p.Short = strings.TrimSpace(d.after())
	}
	switch name := shell(d.c); {
	case d.c.ExitCode == 0 && d.atOnce() && !d.c.Tty && name != "":
		p.Short += ": " + name + " had no terminal"
		p.Full += ": " + name + " had no terminal to read from"
		p.Hint = "make it anew with Tty, or give it a command"
	case d.c.ExitCode == 0:
		p.Fine = true
	case d.c.ExitCode == 126:
		p.Short, p.Full = "a command could not be run", full+": a command in it could not be run"
		p.Hint = "make the file executable in the image, or run it with sh"
	case d.c.ExitCode == 127:
		p.Short, p.Full = "a command was not found", full+": a command in it was not found"
		p.Hint = "check the spelling, and that the image has the program"
	default:
		p.Hint = "its log may say why"
	}
	return p
}

// shell is the shell that the container runs with nothing to do, "" if it is anything else.
func shell(c api.Container) string {
	if len(c.Command) != 1 {
		return ""
	}
	name := c.Command[0][strings.LastIndexByte(c.Command[0], '/')+1:]
	switch name {
	case "sh", "bash", "ash", "dash", "zsh", "ksh", "fish":
		return name
	}
	return ""
}

// Ran is how long something ran: "0.1 s", and not less; from ten seconds on as Took has it.
func Ran(d time.Duration) string {
	if d < 9950*time.Millisecond {
		return fmt.Sprintf("%.1f s", max(0.1, d.Seconds()))
	}
	return Took(d)
}

// signalName is Linux's name of a signal by its number, "" when it has none.
func signalName(n int) string {
	names := [...]string{1: "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
		"STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS"}
	switch {
	case n >= 1 && n < len(names):
		return "SIG" + names[n]
	case n == 34:
		return "SIGRTMIN"
	case n > 34 && n <= 64:
		return fmt.Sprintf("SIGRTMIN+%d", n-34)
	}
	return ""
}
