package record

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestNewID(t *testing.T) {
	digits, letters := bytes.Repeat([]byte{0x12}, 32), bytes.Repeat([]byte{0x1f}, 32)
	id, err := NewID(bytes.NewReader(append(digits, letters...)))
	if err != nil || id != strings.Repeat("1f", 32) {
		t.Errorf("an ID that begins with a number was not passed over: %s, %v", id, err)
	}
	if _, err := NewID(bytes.NewReader(digits)); err == nil {
		t.Error("a source that ran dry gave an ID")
	}
}

func TestRandomName(t *testing.T) {
	a, b := rand.New(rand.NewPCG(1, 2)), rand.New(rand.NewPCG(1, 2))
	seen := map[string]bool{}
	for range 500 {
		name := RandomName(a, 0)
		if name != RandomName(b, 0) {
			t.Fatal("the same source gave two names")
		}
		if manner, thing, ok := strings.Cut(name, "_"); !ok || manner == "" || thing == "" || !ValidName(name) || strings.ContainsAny(name, "0123456789") {
			t.Fatalf("a poor name: %q", name)
		}
		seen[name] = true
	}
	if len(seen) < 450 {
		t.Errorf("only %d names of 500 differ", len(seen))
	}
	if name := RandomName(a, 1); !strings.ContainsAny(name[len(name)-1:], "0123456789") {
		t.Errorf("the second try has no digit: %q", name)
	}
	for _, words := range []string{manners, things} {
		seen := map[string]bool{}
		for _, w := range strings.Fields(words) {
			if seen[w] {
				t.Errorf("%s is there twice", w)
			}
			seen[w] = true
		}
	}
}
