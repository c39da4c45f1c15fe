package create_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gantry/engine/option"
	"gantry/themes"
	"gantry/ui/screen/create"
	"gantry/ui/uitest"
)

// time1 is longer than any pause that the form waits for.
const time1 = time.Second

var sizes = []struct{ w, h int }{{120, 36}, {80, 24}, {60, 16}}

// wrong is a draft with something wrong in every section, and warnings.
func wrong() option.Draft {
	var d option.Draft
	d.Set(option.KeyImage, "nginx:1.27")
	d.Set(option.KeyName, "web")
	d.Set(option.KeyPlatform, "linux/nonsense/x/y")
	d.Set(option.KeyEnv, "PORT=8080", "=x", "EMPTY=")
	d.Set(option.KeyWorkdir, "srv")
	d.Set(option.KeyHostname, "under score")
	d.Set(option.KeyInteractive, "true")
	d.Set(option.KeyStopTimeout, "soon")
	d.Set(option.KeyNetwork, "back/end")
	d.Set(option.KeyMemory, "512q")
	d.Set(option.KeyCPUs, "9")
	d.Set(option.KeyPidsLimit, "200")
	d.Set(option.KeyPrivileged, "true")
	d.Set(option.KeyCapAdd, "NET_ADMIN", "NET_ADMN")
	return d
}

func TestEverySectionWithErrors(t *testing.T) {
	for _, size := range sizes {
		open(t, wrong(), size.w, size.h, func(t *testing.T, s *uitest.Stepper, _ *root) {
			for i, sec := range option.Sections() {
				if i > 0 {
					s.Press("ctrl+right")
				}
				s.Golden(fmt.Sprintf("wrong-%s-%dx%d", strings.ToLower(string(sec)), size.w, size.h))
			}
		})
	}
}

func TestEmptyForm(t *testing.T) {
	for _, size := range append(sizes, struct{ w, h int }{40, 12}) {
		open(t, option.Draft{}, size.w, size.h, func(t *testing.T, s *uitest.Stepper, _ *root) {
			s.Golden(fmt.Sprintf("empty-%dx%d", size.w, size.h))
		})
	}
}

// What the image brings along stands in the rows that it would be replaced in, at every size.
func TestImageDefaultsAreGhosts(t *testing.T) {
	var d option.Draft
	d.Set(option.KeyImage, "haunted:1")
	for _, size := range sizes {
		open(t, d, size.w, size.h, func(t *testing.T, s *uitest.Stepper, _ *root) {
			for i, sec := range option.Sections() {
				if i > 0 {
					s.Press("ctrl+right")
				}
				switch sec {
				case option.SectionResources, option.SectionSecurity:
					continue // no image has a say in them
				}
				s.Golden(fmt.Sprintf("ghosts-%s-%dx%d", strings.ToLower(string(sec)), size.w, size.h))
			}
		})
	}
}

func TestWithoutColourAndUnicode(t *testing.T) {
	uitest.Run(t, func(t *testing.T) {
		e := env()
		e.Styles = themes.Mono(themes.Options{ASCII: true})
		r := &root{form: create.New(e, wrong(), world())}
		defer r.form.Close()
		uitest.New(t, r, 80, 24).Advance(time1).Press("ctrl+s").Golden("ascii-80x24")
	})
}

func TestTheCursorStandsBehindWhatWasTyped(t *testing.T) {
	for _, size := range sizes {
		open(t, option.Draft{}, size.w, size.h, func(t *testing.T, s *uitest.Stepper, _ *root) {
			s.Type("nginx")
			line := func() (string, int) {
				c := s.View().Cursor
				if c == nil {
					t.Fatal("there is no cursor")
				}
				return s.Line(c.Y), c.X
			}
			if text, x := line(); string([]rune(text)[:x]) != strings.TrimRight(string([]rune(text)[:x]), " ") || !strings.HasSuffix(string([]rune(text)[:x]), "nginx") {
				t.Errorf("%v: the cursor is at %d of %q", size, x, text)
			}
			s.Press("home")
			if text, x := line(); !strings.HasPrefix(string([]rune(text)[x:]), "nginx") {
				t.Errorf("%v: the cursor is at %d of %q", size, x, text)
			}
			s.Press("tab", "tab", "tab")
			if s.View().Cursor != nil {
				t.Error("a check box has a cursor")
			}
		})
	}
}
