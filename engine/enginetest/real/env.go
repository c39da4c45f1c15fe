package real

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	containerd "github.com/containerd/containerd/v2/client"
	"github.com/containerd/containerd/v2/pkg/namespaces"
	"github.com/containerd/errdefs"

	"gantry/engine/daemon"
)

// Env is one test's place on the real engine: a containerd namespace of its own, on the
// engine and beside the registry that all tests of the binary share.
type Env struct {
	Config    daemon.Config // opens the same engine
	Endpoint  daemon.Endpoint
	Caps      daemon.Caps
	Client    *containerd.Client // shared: do not close it
	Namespace string
	Registry  *Server
}

// Engine gives a test its Env, bringing the engine up at the first call. It skips the
// test where there can be no engine, or fails it with GANTRY_TEST_ENGINE=require. What
// the test leaves in its namespace is removed after it.
func Engine(t testing.TB) *Env {
	t.Helper()
	s := shared()
	s.start()
	if s.missing != "" {
		if os.Getenv("GANTRY_TEST_ENGINE") == "require" {
			t.Fatal(s.missing)
		}
		t.Skip(s.missing)
	}
	if s.err != nil {
		t.Fatalf("bring the test engine up: %v", s.err)
	}
	env := &Env{
		Config: s.config, Endpoint: s.endpoint, Caps: s.caps, Client: s.client, Registry: s.registry,
		Namespace: "t" + strings.ToLower(rand.Text()[:8]),
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		if err := clearNamespace(namespaces.WithNamespace(ctx, env.Namespace), env.Client); err != nil {
			t.Errorf("clear the namespace: %v", err)
		}
	})
	return env
}

// Context is the test's context in its namespace.
func (e *Env) Context(t testing.TB) context.Context {
	return namespaces.WithNamespace(t.Context(), e.Namespace)
}

// clearEngine removes the containers of all namespaces. An engine that is not up has
// none that it could end.
func clearEngine(ctx context.Context, ep daemon.Endpoint) error {
	c, err := daemon.Dial(ctx, ep)
	if err != nil {
		return nil
	}
	all, err := c.NamespaceService().List(ctx)
	for _, ns := range all {
		err = errors.Join(err, clearNamespace(namespaces.WithNamespace(ctx, ns), c))
	}
	return errors.Join(err, c.Close())
}

func clearNamespace(ctx context.Context, c *containerd.Client) error {
	left, err := c.Containers(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, box := range left {
		// The restart monitor may put a task back in between: then once more.
		for range 3 {
			if err = remove(ctx, box); err == nil {
				break
			}
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func remove(ctx context.Context, box containerd.Container) error {
	task, err := box.Task(ctx, nil)
	if err == nil {
		if err := task.Kill(ctx, syscall.SIGCONT); err == nil {
			// A paused task would not die.
			_ = task.Resume(ctx)
		}
		_, err = task.Delete(ctx, containerd.WithProcessKill)
	}
	if err != nil && !errdefs.IsNotFound(err) {
		return err
	}
	err = box.Delete(ctx, containerd.WithSnapshotCleanup)
	if errdefs.IsNotFound(err) { // the snapshot or the container is gone already
		err = box.Delete(ctx)
	}
	if errdefs.IsNotFound(err) {
		return nil
	}
	return err
}
