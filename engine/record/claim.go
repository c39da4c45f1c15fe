package record

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// claimPrefix begins the names of claims, and so the IDs of the leases that they stand for.
const claimPrefix = "gantry-"

// Claim is something in containerd that must go when its maker does, such as a lease. It is
// a file, locked for as long as its maker is at work, so that a killed one's can be told
// from a living one's, whatever process asks.
type Claim struct {
	ID   string // what is made in containerd bears this ID
	path string
	lock *os.File
}

// Claim makes a claim and holds it. Make what it stands for afterwards.
func (s *Store) Claim() (*Claim, error) {
	if err := os.MkdirAll(s.claimsDir(), 0o700); err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	for {
		c := &Claim{ID: claimPrefix + strings.ToLower(rand.Text())}
		c.path = filepath.Join(s.claimsDir(), c.ID)
		f, err := os.OpenFile(c.path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			return nil, fmt.Errorf("claim: %w", err)
		}
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if err == nil && isAt(f, c.path) {
			c.lock = f
			return c, nil
		}
		// A sweep came in the instant before it was locked, and has taken it away.
		if cerr := f.Close(); cerr != nil || err != nil && !errors.Is(err, unix.EWOULDBLOCK) {
			return nil, fmt.Errorf("claim: %w", errors.Join(err, cerr))
		}
	}
}

// Release ends a claim. done says that what it stood for is gone, or is to stay without it;
// if not, the claim is left behind for a sweep.
func (c *Claim) Release(done bool) error {
	var err error
	if done {
		err = os.Remove(c.path)
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	return errors.Join(err, c.lock.Close())
}

// SweepClaims hands the ID of each claim whose maker is gone to drop, and forgets the claim
// when that succeeds.
func (s *Store) SweepClaims(ctx context.Context, drop func(ctx context.Context, id string) error) error {
	entries, err := readDir(s.claimsDir())
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), claimPrefix) && ctx.Err() == nil {
			errs = append(errs, s.sweepClaim(ctx, e.Name(), drop))
		}
	}
	return errors.Join(errs...)
}

func (s *Store) sweepClaim(ctx context.Context, id string, drop func(context.Context, string) error) error {
	path := filepath.Join(s.claimsDir(), id)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	c := &Claim{ID: id, path: path, lock: f}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		if errors.Is(err, unix.EWOULDBLOCK) {
			err = nil // at work
		}
		return errors.Join(err, f.Close())
	}
	err = drop(ctx, id)
	return errors.Join(err, c.Release(err == nil))
}
