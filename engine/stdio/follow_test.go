package stdio

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"gantry/engine/api"
	"gantry/engine/stdio/wire"
)

// follower reads a log in the background while the test writes it.
type follower struct {
	t    *testing.T
	dir  string
	lock *os.File // held like a logger's
	got  strings.Builder
	news chan int // the length of got after each batch
	done chan error
}

func follow(t *testing.T, opt api.LogOptions, files ...string) *follower {
	f := &follower{t: t, dir: logDir(t, files...), news: make(chan int, 10_000), done: make(chan error, 1)}
	var err error
	if f.lock, err = wire.Lock(t.Context(), f.dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	opt.Follow = true
	r := newReader(ctx, f.dir, id, opt, func(lines []api.LogLine) error {
		for _, l := range lines {
			f.got.Write(l.Text)
		}
		f.news <- f.got.Len()
		return nil
	})
	r.poll = time.Hour // what is not told does not come
	go func() {
		f.done <- r.run()
		close(f.done)
	}()
	t.Cleanup(func() { cancel(); <-f.done; f.lock.Close() })
	return f
}

// until waits until that many bytes were received.
func (f *follower) until(n int) {
	f.t.Helper()
	for {
		select {
		case l := <-f.news:
			if l >= n {
				return
			}
		case err := <-f.done:
			f.t.Fatalf("the reading ended: %v", err)
		case <-time.After(20 * time.Second):
			f.t.Fatalf("%d bytes do not come", n)
		}
	}
}

// end frees the lock, as a logger does when all is written, and checks what came.
func (f *follower) end(want string) {
	f.t.Helper()
	wire.Unlock(f.lock)
	if err := <-f.done; err != nil {
		f.t.Error(err)
	}
	if got := f.got.String(); got != want {
		f.t.Errorf("got %d bytes %.60q, want %d %.60q", len(got), got, len(want), want)
	}
}

func (f *follower) append(s string) {
	f.t.Helper()
	file, err := os.OpenFile(LogPath(f.dir, id), os.O_APPEND|os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		f.t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteString(s); err != nil {
		f.t.Fatal(err)
	}
}

// rotate renames as Docker does, keeping n old files.
func (f *follower) rotate(keep int) {
	f.t.Helper()
	path := LogPath(f.dir, id)
	for i := keep; i > 1; i-- {
		os.Rename(fmt.Sprintf("%s.%d", path, i-1), fmt.Sprintf("%s.%d", path, i))
	}
	if err := os.Rename(path, path+".1"); err != nil {
		f.t.Fatal(err)
	}
}

func TestFollowDeliversTheLastLineAndEnds(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: 1}, entries(0, 3))
	f.until(len(texts(2, 3)))
	f.append(entry(3))
	f.until(len(texts(2, 4)))
	whole := entry(4)
	f.append(whole[:20]) // a write seen half way
	f.append(whole[20:])
	f.append(strings.TrimSuffix(entry(5), "\n"))
	f.end(texts(2, 6))
}

func TestFollowFromNowOn(t *testing.T) {
	f := &follower{t: t, dir: logDir(t, entries(0, 3))}
	each := func(lines []api.LogLine) error {
		for _, l := range lines {
			f.got.Write(l.Text)
		}
		return nil
	}
	r := newReader(t.Context(), f.dir, id, api.LogOptions{}, each)
	defer func() { closeAll(r.files) }()
	if err := r.begin(); err != nil {
		t.Fatal(err)
	}
	f.append(entry(3))
	if err := r.catchUp(); err != nil || f.got.String() != texts(3, 4) {
		t.Errorf("%q, %v", f.got.String(), err)
	}
}

func TestFollowALogThatIsNotBegun(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: -1})
	f.append(entry(0))
	f.until(1)
	f.end(texts(0, 1))
}

func TestFollowSurvivesRotation(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: -1}, entries(0, 5))
	n := 5
	for range 20 {
		f.append(entries(n, n+3))
		f.rotate(3)
		f.append(entries(n+3, n+5))
		n += 5
		f.until(len(texts(0, n-2)))
	}
	f.end(texts(0, n))
}

func TestFollowCatchesUpWithSeveralRotationsAtOnce(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: -1}, entries(0, 2))
	f.until(len(texts(0, 2)))
	for i := range 3 {
		f.append(entries(2+2*i, 4+2*i))
		f.rotate(9)
	}
	f.append(entries(8, 10))
	f.end(texts(0, 10))
}

// Whoever reads may be slower than the log is rotated, while its files are looked for too: it
// is every file once, in order, also when one is just between two names.
func TestFilesThatAreRotatedWhileTheyAreLookedForAreFoundOnceAndInOrder(t *testing.T) {
	for at := range 6 { // before which file there are rotations
		for n := 1; n <= 4; n++ { // and how many
			t.Run(fmt.Sprintf("%d before %d", n, at), func(t *testing.T) {
				f := &follower{t: t, dir: logDir(t, entries(0, 1))}
				again := func() {
					f.rotate(20)
					f.append(entry(1))
				}
				for range 3 {
					again()
				}
				opened := 0
				files, err := openLogs(LogPath(f.dir, id), func(name string) (*os.File, error) {
					if opened++; opened == at+1 {
						for range n {
							again()
						}
					}
					return os.Open(name)
				})
				defer closeAll(files)
				if err != nil || len(files) != 4+n {
					t.Fatalf("%d files, %v", len(files), err)
				}
				for i, got := range files {
					want, _ := os.Stat(fmt.Sprintf("%s.%d", LogPath(f.dir, id), len(files)-1-i))
					if i == len(files)-1 {
						want, _ = os.Stat(LogPath(f.dir, id))
					}
					if st, err := got.Stat(); err != nil || !os.SameFile(st, want) {
						t.Errorf("file %d of %d is another one", i, len(files))
					}
				}
			})
		}
	}
	t.Run("a hole", func(t *testing.T) {
		f := &follower{t: t, dir: logDir(t, entries(0, 1))}
		for range 3 {
			f.rotate(9)
			f.append(entry(1))
		}
		if err := os.Rename(LogPath(f.dir, id)+".3", LogPath(f.dir, id)+".4"); err != nil {
			t.Fatal(err)
		}
		files, err := openLogs(LogPath(f.dir, id), os.Open)
		defer closeAll(files)
		if err != nil || len(files) != 4 {
			t.Errorf("%d files, %v", len(files), err)
		}
	})
}

func TestFollowALogEmptiedInPlace(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: -1}, entries(0, 50))
	f.until(len(texts(0, 50)))
	if err := os.Truncate(LogPath(f.dir, id), 0); err != nil {
		t.Fatal(err)
	}
	f.append(entry(50))
	f.end(texts(0, 51))
}

func TestFollowKeepsUpWithAHundredThousandLines(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: -1}, "")
	for i := 0; i < 100_000; i += 500 {
		f.append(entries(i, i+500))
	}
	f.end(texts(0, 100_000))
}

func TestFollowEndsAtOnceWhenNothingRuns(t *testing.T) {
	if got := read(t, logDir(t, entries(0, 3)), api.LogOptions{Tail: -1, Follow: true}); got != texts(0, 3) {
		t.Errorf("%q", got)
	}
}

func TestFollowEndsWhenTheContainerIsRemoved(t *testing.T) {
	f := follow(t, api.LogOptions{Tail: -1}, entries(0, 3))
	f.until(len(texts(0, 3)))
	if err := os.RemoveAll(f.dir); err != nil {
		t.Fatal(err)
	}
	if err := <-f.done; err != nil {
		t.Error(err)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	dir := logDir(t, entries(0, 3))
	lock, err := wire.Lock(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	ctx, cancel := context.WithCancel(t.Context())
	err = Read(ctx, dir, id, api.LogOptions{Tail: -1, Follow: true}, func([]api.LogLine) error { cancel(); return nil })
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
