package engine_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/containerd/containerd/v2/core/containers"

	"gantry/engine"
	"gantry/engine/api"
	"gantry/engine/path"
	"gantry/engine/record"
)

// BenchmarkRun is create and start of a container whose image is here, with the time of
// each step beside the whole. Removing it is not counted.
func BenchmarkRun(b *testing.B) {
	for _, others := range []int{0, 500} {
		b.Run(fmt.Sprintf("beside %d", others), func(b *testing.B) {
			p := open(b)
			p.output("busybox", "true")
			p.fill(b, others)
			req := p.request("--network", "none", "busybox", "sleep", "60")
			steps := map[string]time.Duration{}
			for b.Loop() {
				made, _, err := p.Run(b.Context(), req, api.StartOptions{}, api.Observer{})
				b.StopTimer()
				if err != nil {
					b.Fatal(err)
				}
				traces, err := p.Traces(b.Context(), made.ID)
				if err != nil {
					b.Fatal(err)
				}
				sum(steps, traces[0])
				p.remove(made.ID)
				b.StartTimer()
			}
			for name, d := range steps {
				b.ReportMetric(float64(d.Microseconds())/1000/float64(b.N), name+"-ms")
			}
		})
	}
}

// sum adds the times of a run's steps, and of its two halves.
func sum(steps map[string]time.Duration, t path.Trace) {
	half := "create"
	for _, s := range t.Steps {
		if s.State != path.Skipped {
			steps[s.Name] += s.Duration
		}
		if s.Name == "state" {
			half = "start"
		}
		steps[half] += s.Duration
	}
}

// BenchmarkList is the whole list, asked for once.
func BenchmarkList(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := open(b)
			p.fill(b, n)
			for b.Loop() {
				all, err := p.Containers(b.Context())
				if err != nil || len(all) < n {
					b.Fatalf("%d containers: %v", len(all), err)
				}
			}
		})
	}
}

// BenchmarkOpen is from nothing to the full list on an engine that is up.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{100, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			p := open(b)
			p.fill(b, n)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			for b.Loop() {
				e := engine.Open(engine.Config{Daemon: p.env.Config, Namespace: p.env.Namespace, DockerConfigDir: b.TempDir()})
				for u := range e.Watch(ctx) {
					if u.Full && len(u.Containers) >= n {
						break
					}
				}
				b.StopTimer()
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
			}
		})
	}
}

// BenchmarkCommand is gantry create from its connection to its end, beside others.
func BenchmarkCommand(b *testing.B) {
	for _, others := range []int{0, 500} {
		b.Run(fmt.Sprintf("create beside %d", others), func(b *testing.B) {
			p := open(b)
			p.fill(b, others)
			req := p.request("--network", "none", "busybox", "true")
			for b.Loop() {
				e := engine.Open(engine.Config{Daemon: p.env.Config, Namespace: p.env.Namespace, DockerConfigDir: b.TempDir(), Brief: true})
				made, err := e.Create(b.Context(), req, api.Observer{})
				if err = errors.Join(err, e.Close()); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				p.remove(made.ID)
				b.StartTimer()
			}
		})
	}
}

// fill makes containers that have ended: records and files only, copies of a real one.
func (p *place) fill(b *testing.B, n int) {
	b.Helper()
	if n == 0 {
		return
	}
	o, err := p.attached("busybox", "true")
	if err != nil {
		b.Fatal(err)
	}
	ctx := p.env.Context(b)
	store := p.env.Client.ContainerService()
	rec, err := store.Get(ctx, o.id)
	if err != nil {
		b.Fatal(err)
	}
	records := record.Open(p.env.Endpoint.RecordStore, p.env.Namespace)
	for i := range n {
		id := fmt.Sprintf("%064x", i+1)
		labels := map[string]string{}
		for k, v := range rec.Labels {
			labels[k] = v
		}
		labels[record.LabelName] = "box-" + strconv.Itoa(i)
		if err := os.CopyFS(records.Dir(id), os.DirFS(records.Dir(o.id))); err != nil {
			b.Fatal(err)
		}
		if _, err := store.Create(ctx, containers.Container{ID: id, Labels: labels, Image: rec.Image, Runtime: rec.Runtime, Spec: rec.Spec}); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = os.RemoveAll(records.Dir(id)) })
	}
	p.remove(o.id)
}
