// Package shimtest is a shim for tests: the real ttrpc server with a task service of which
// only State, Wait and CloseIO do anything, told by the test what becomes of the task.
package shimtest

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	task "github.com/containerd/containerd/api/runtime/task/v2"
	"github.com/containerd/ttrpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// Shim serves one task of one bundle.
type Shim struct {
	Bundle string

	server *ttrpc.Server
	conns  *cuttable
	mu     sync.Mutex
	init   *task.StateResponse
	gone   bool
	code   uint32
	at     time.Time
	ended  chan struct{}
	asked  chan struct{} // closed when State was called for the first time
	once   sync.Once
	waited chan struct{} // closed when Wait was called for the first time
	first  sync.Once
	input  chan struct{} // closed when CloseIO was called for the first time
	last   sync.Once
	killed chan struct{} // closed when it is killed
	end    sync.Once
}

// Start serves the task service in a version, 2 or 3, and writes the bundle's files as the
// containerd of that time does. The shim is killed when the test ends.
func Start(t testing.TB, version int) *Shim {
	t.Helper()
	dir, err := os.MkdirTemp("", "shim")
	if err != nil {
		t.Fatal(err)
	}
	s := &Shim{Bundle: t.TempDir(), ended: make(chan struct{}), asked: make(chan struct{}), waited: make(chan struct{}), input: make(chan struct{}), killed: make(chan struct{})}
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	s.conns = &cuttable{Listener: l}
	if s.server, err = ttrpc.NewServer(); err != nil {
		t.Fatal(err)
	}
	name := "containerd.task.v3.Task"
	if version == 2 {
		name = "containerd.task.v2.Task"
	}
	s.server.RegisterService(name, &ttrpc.ServiceDesc{Methods: map[string]ttrpc.Method{"State": s.state, "Wait": s.wait, "CloseIO": s.closeIO}})
	served := make(chan struct{})
	go func() { defer close(served); s.server.Serve(context.Background(), s.conns) }()
	t.Cleanup(func() { s.Kill(); <-served; os.RemoveAll(dir) })

	if version == 2 {
		err = os.WriteFile(filepath.Join(s.Bundle, "address"), []byte("unix://"+socket), 0o600)
	} else {
		var b []byte
		b, err = json.Marshal(map[string]any{"version": version, "address": "unix://" + socket, "protocol": "ttrpc"})
		if err == nil {
			err = os.WriteFile(filepath.Join(s.Bundle, "bootstrap.json"), b, 0o600)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// Asked is closed when the logger has asked for the task.
func (s *Shim) Asked() <-chan struct{} { return s.asked }

// Waited is closed when the logger knows the task and waits for its end.
func (s *Shim) Waited() <-chan struct{} { return s.waited }

// InputClosed is closed when the shim was told to let go of its end of the container's input.
func (s *Shim) InputClosed() <-chan struct{} { return s.input }

// Create makes the task be there.
func (s *Shim) Create(pid uint32, terminal bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.init = &task.StateResponse{Pid: pid, Terminal: terminal}
	_ = os.WriteFile(filepath.Join(s.Bundle, "init.pid"), []byte(strconv.Itoa(int(pid))), 0o600) // without it they find out later
}

// Exit ends its init process.
func (s *Shim) Exit(code uint32, at time.Time) {
	s.mu.Lock()
	s.code, s.at = code, at
	s.mu.Unlock()
	close(s.ended)
}

// Delete makes the shim forget the task.
func (s *Shim) Delete() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gone = true
}

// Kill ends the shim as SIGKILL would: its connections are cut.
func (s *Shim) Kill() {
	s.conns.cutAll()
	s.end.Do(func() { close(s.killed) }) // the server waits for a call that goes on
	s.server.Close()
}

func (s *Shim) get() (*task.StateResponse, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.init == nil || s.gone {
		return nil, status.Error(codes.NotFound, "container not created")
	}
	return s.init, nil
}

func (s *Shim) state(_ context.Context, unmarshal func(any) error) (any, error) {
	var r task.StateRequest
	if err := unmarshal(&r); err != nil {
		return nil, err
	}
	s.once.Do(func() { close(s.asked) })
	return s.get()
}

func (s *Shim) closeIO(_ context.Context, unmarshal func(any) error) (any, error) {
	var r task.CloseIORequest
	if err := unmarshal(&r); err != nil {
		return nil, err
	}
	if r.Stdin {
		s.last.Do(func() { close(s.input) })
	}
	return &emptypb.Empty{}, nil
}

func (s *Shim) wait(ctx context.Context, unmarshal func(any) error) (any, error) {
	var r task.WaitRequest
	if err := unmarshal(&r); err != nil {
		return nil, err
	}
	if _, err := s.get(); err != nil {
		return nil, err
	}
	s.first.Do(func() { close(s.waited) })
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.killed:
		return nil, net.ErrClosed
	case <-s.ended:
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return &task.WaitResponse{ExitStatus: s.code, ExitedAt: timestamppb.New(s.at)}, nil
}
