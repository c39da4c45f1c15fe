package create_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/option"
	"gantry/ui/kit"
	"gantry/ui/screen/create"
	"gantry/ui/uitest"
)

func TestTypingAnImageAndSendingItOff(t *testing.T) {
	for _, c := range []struct {
		key   string
		start bool
	}{{"ctrl+s", true}, {"ctrl+o", false}} {
		open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
			s.Type("nginx:1.27").Press("tab").Type("shop").Press(c.key)
			m := r.submitted(t)
			if m.Start != c.start {
				t.Errorf("%s: start = %v", c.key, m.Start)
			}
			if got := m.Draft.Get(option.KeyImage) + " " + m.Draft.Get(option.KeyName); got != "nginx:1.27 shop" {
				t.Errorf("draft has %q", got)
			}
			if !m.Parsed.Detach || m.Parsed.Request.Config.Image != "nginx:1.27" || m.Parsed.Request.Name != "shop" {
				t.Errorf("parsed = %+v", m.Parsed)
			}
			s.Press(c.key, "enter") // a key that repeats
			r.submitted(t)
		})
	}
}

func TestEnterGoesThroughTheRowsToTheButton(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Type("busybox")
		for range len(option.In(option.SectionBasics)) {
			s.Press("enter")
		}
		s.Golden("button").Press("right", "space")
		if r.submitted(t).Start {
			t.Error("the second button starts the container")
		}
	})
}

func TestSendingOffWhatIsWrongShowsAllOfIt(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.WantNot("an image is needed")
		s.Press("tab").Type("web").Press("ctrl+right", "ctrl+right", "ctrl+right", "ctrl+right").Type("512q")
		s.Press("ctrl+s").Golden("mend")
		s.Want("3 things to mend: Image, Name, Memory", "an image is needed", "in use by web (3f2a91c04b7d), running")
		s.Type("nginx:1.27").Want("2 things to mend: Name, Memory").WantNot("an image is needed")
		s.Press("ctrl+s").Type("2").Want("1 thing to mend: Memory")
		s.Press("ctrl+s").Want("is not a size").Press("backspace").Type("m").WantNot("to mend")
		s.Press("ctrl+s")
		if m := r.submitted(t); m.Parsed.Request.HostConfig.Memory != 512<<20 || m.Parsed.Request.Name != "web2" {
			t.Errorf("parsed = %+v", m.Parsed.Request)
		}
	})
}

func TestAProblemWaitsForThePauseButGoesAtOnce(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		s.Press("tab").Type("w").WantNot("at least two").Advance(time1).Want("at least two characters")
		s.Type("e").WantNot("at least two").Type("b").WantNot("in use")
		s.Press("tab").Want("in use by web") // the row was left
		s.Press("shift+tab").Type("!").Want("only [a-zA-Z0-9]").Press("backspace", "backspace").WantNot("✗")
	})
}

func TestBackKeepsWhatWasTyped(t *testing.T) {
	var kept option.Draft
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Type("nginx").Press("tab", "tab").Type(`sh -c "echo hi`).Advance(time1).Want(`the quote " is not closed`)
		s.Press("esc")
		m, ok := r.got[len(r.got)-1].(create.CloseMsg)
		if !ok {
			t.Fatalf("esc sent %v", r.got)
		}
		kept = m.Draft
	})
	open(t, kept, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		s.Want("Image         nginx", `sh -c "echo hi"`)
	})
}

func TestPasteGoesIntoTheFocusedRow(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Paste("  ghcr.io/owner/app:2\n").Want("Image         ghcr.io/owner/app:2")
		s.Press("tab", "tab").Paste("sh -c\n'exit 3'").Want("Command       sh -c 'exit 3'")
		s.Press("ctrl+right", "tab").Paste("A=1\nB=two words\n\nC=\x1b[31m3\n")
		s.Press("tab").Golden("pasted").Press("ctrl+s")
		m := r.submitted(t)
		if got, want := m.Draft.All(option.KeyEnv), []string{"A=1", "B=two words", "C=3"}; !slices.Equal(got, want) {
			t.Errorf("env = %q, want %q", got, want)
		}
		if got, want := m.Draft.All(option.KeyArgs), []string{"sh", "-c", "exit 3"}; !slices.Equal(got, want) {
			t.Errorf("args = %q, want %q", got, want)
		}
	})
}

func TestListsGrowAndShrinkWhileTyping(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Type("busybox").Press("ctrl+right", "tab").Type("A=1").Press("enter").Type("=b").Press("enter").Type("C=3")
		s.Want(`-e A=1 -e "=b" -e C=3`)
		// The first is emptied: what is wrong stays under the second.
		s.Press("up", "up", "backspace", "backspace", "backspace").Advance(time1)
		for i, want := range []string{"Environment", "=b", "✗ invalid environment variable: =b", "C=3"} {
			if got := s.Line(4 + i); !has(got, want) {
				t.Errorf("line %d is %q, want %q in it:\n%s", 4+i, got, want, s.Screen())
			}
		}
		s.Press("down", "down")
		if got := r.form.Draft().All(option.KeyEnv); !slices.Equal(got, []string{"=b", "C=3"}) {
			t.Errorf("env = %q", got)
		}
	})
}

func TestChoicesAndBoxesAnswerOnlyTheirKeys(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Type("busybox").Press("tab", "tab", "tab").Type("x").Press("left", "right").Want("Tty           [ ]")
		s.Press("space").Want("Tty           [x]", "docker run -d -t busybox")
		s.Press("tab", "tab").Type("hl").Want("◂ missing ▸").Press("right").Want("◂ always ▸", "--pull always")
		s.Press("left").Want("◂ missing ▸").WantNot("--pull missing", "--pull always")
		if d := r.form.Draft(); d.Has(option.KeyPull) {
			t.Error("what holds anyway is in the draft")
		}
	})
}

// The number of times stands behind the choice, or all of it is typed.
func TestARestartPolicyTakesANumberOfTimes(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Type("busybox").Press("tab", "tab", "tab", "tab", "tab", "tab", "tab").Press("left").Want("◂ on-failure ▸").Type(":x").Advance(time1).Want("has no number of times")
		s.Press("backspace").Type("5").WantNot("✗").Want("◂ on-failure:5 ▸", "--restart on-failure:5")
		s.Press("left").Want("◂ on-failure ▸").Type("always").Advance(time1).WantNot("✗").Want("--restart always")
	})
}

func TestTheLineIsCopied(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Want("docker run -d IMAGE").Type("busybox").Press("tab").Type("web1").Press("tab").Type("echo 'two words'")
		s.Press("ctrl+y")
		const want = `docker run -d --name web1 busybox echo "two words"`
		if s.Clipboard() != want {
			t.Errorf("clipboard has %q, want %q", s.Clipboard(), want)
		}
		if n, ok := r.got[len(r.got)-1].(kit.NoticeMsg); !ok || n.Level != kit.Good {
			t.Errorf("no notice: %v", r.got)
		}
		s.Want(want)
	})
}

func TestTheImageIsLookedUp(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		s.Type("nginx:1.2").Advance(100 * time.Millisecond).WantNot("pulled").Advance(time1).Want("not here yet: will be pulled")
		s.Type("7").WantNot("pulled").Advance(time1).Want("here", "nginx -g \"daemon off;\"", "from the image").WantNot("pulled")
		s.Press("ctrl+right").Type("/bin/sh").Press("ctrl+left").WantNot("daemon off") // another entrypoint drops the command
		s.Press("tab", "tab", "tab", "tab", "tab", "right").Want("here; the registry is asked")
		s.Press("ctrl+left", "ctrl+right", "tab", "shift+tab", "end").Type("x").Press("tab", "tab", "tab", "tab", "tab", "right").Advance(time1)
		s.Want("not here, and Pull says never")
	})
}

func TestAnImageThatCannotBeLookedUp(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		s.Type("broken").Advance(time1).Want("whether it is here could not be found out")
	})
}

func TestALateAnswerIsDroppedAndItsLookUpCancelled(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		var cancelled []string
		deps := world()
		deps.ImageConfig = func(ctx context.Context, ref, _ string) (api.ImageConfig, error) {
			if ref == "slow" {
				<-ctx.Done()
				cancelled = append(cancelled, ref)
				return api.ImageConfig{Cmd: []string{"late"}}, nil // it does not look at its context
			}
			return api.ImageConfig{Cmd: []string{"prompt"}}, nil
		}
		r := &root{form: create.New(env(), option.Draft{}, deps)}
		s := uitest.New(t, r, 80, 24)
		s.Type("slow").Advance(time1).Type("2").Advance(time1).Want("prompt").WantNot("late")
		if !slices.Equal(cancelled, []string{"slow"}) {
			t.Errorf("cancelled %q", cancelled)
		}
		s.Press("backspace").Advance(time1)
		r.form.Close()
		s.Settle()
		if len(cancelled) != 2 {
			t.Errorf("Close left a look-up: %q", cancelled)
		}
	})
}

func TestWhatTheEngineRefusesStandsAtItsField(t *testing.T) {
	var d option.Draft
	d.Set(option.KeyImage, "nginx:1.27")
	d.Set(option.KeyUser, "nobody-here")
	open(t, d, 80, 24, func(t *testing.T, s *uitest.Stepper, r *root) {
		s.Press("ctrl+s")
		r.submitted(t)
		r.form.SetProblems([]api.FieldError{
			{Field: "user", Value: "nobody-here", Reason: "no such user in the image"},
			{Field: "volume-driver", Reason: "is too small"},
		})
		s.Press("end").Want("✗ no such user in the image", "2 things to mend: User, --volume-driver: is too small").Golden("refused")
		s.Type("x").WantNot("no such user")
		r.got = nil
		s.Press("ctrl+s")
		r.submitted(t)
	})
}

func TestAWorldThatChanges(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		taken := false
		deps := world()
		deps.NameInUse = func(string) (api.Container, bool) {
			return api.Container{ID: "0123456789abcdef", Name: "job", State: api.StateExited}, taken
		}
		var d option.Draft
		d.Set(option.KeyImage, "busybox")
		d.Set(option.KeyName, "job")
		r := &root{form: create.New(env(), d, deps)}
		defer r.form.Close()
		s := uitest.New(t, r, 80, 24).Advance(time1).WantNot("in use")
		taken = true
		r.form.Refresh()
		s.Press("end").Want("in use by job (0123456789ab), exited")
	})
}

func TestEveryRowIsReachedByTab(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		rows := 0
		for _, sec := range option.Sections() {
			rows += len(option.In(sec)) + 2
		}
		begin, seen := s.Screen(), map[string]bool{}
		for range rows {
			seen[s.Screen()] = true
			s.Press("tab")
		}
		if len(seen) != rows || s.Screen() != begin {
			t.Errorf("%d of %d places were visited; the end is\n%s", len(seen), rows, s.Screen())
		}
		basics, next := option.In(option.Sections()[0]), option.In(option.Sections()[1])
		s.Press("up").Want("[▸Create & start ]").Press("down", "down").Want("▌ " + next[0].Label)
		s.Press("up").Want("▌ " + basics[len(basics)-1].Label)
	})
}

func TestPagesGoThroughASectionAndOnIntoTheNext(t *testing.T) {
	open(t, option.Draft{}, 80, 24, func(t *testing.T, s *uitest.Stepper, _ *root) {
		first := option.In(option.Sections()[1])[0].Label
		for range 3 {
			if s.Has("▌ " + first) {
				break
			}
			s.Press("pgdown")
		}
		s.Want("▌ " + first)
		s.Press("pgup").WantNot("▌ " + first).Want("▸Basics")
		s.Press("pgup").Want("▌ Image")
	})
}

func has(line, text string) bool { return strings.Contains(line, text) }
