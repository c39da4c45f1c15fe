package image

import (
	"context"
	"testing"
)

func TestKeyLock(t *testing.T) {
	l := newKeyLock()
	ctx, cancel := context.WithCancel(context.Background())
	if err := l.Lock(ctx, "a"); err != nil {
		t.Fatal(err)
	}
	if l.TryLock("a") {
		t.Error("taken twice")
	}
	waits := make(chan error)
	go func() { waits <- l.Lock(ctx, "a") }()
	cancel()
	if err := <-waits; err != context.Canceled {
		t.Errorf("a cancelled wait ended with %v", err)
	}
	go func() { waits <- l.Lock(context.Background(), "a") }()
	l.Unlock("a")
	if err := <-waits; err != nil {
		t.Error(err)
	}
	l.Unlock("a")
	if !l.TryLock("a") {
		t.Error("free, but cannot be taken")
	}
	l.Unlock("a")
	if len(l.held) != 0 {
		t.Errorf("%d keys are kept for nobody", len(l.held))
	}
}
