package image

import (
	"context"
	"sync"
)

// keyLock is a lock by name whose waiting can be cancelled. It keeps two pulls from
// fetching one blob or unpacking one layer at the same time.
type keyLock struct {
	mu   sync.Mutex
	held map[string]*heldKey
}

type heldKey struct {
	free  chan struct{} // holds one token while nobody has the lock
	users int           // holders and waiters
}

func newKeyLock() *keyLock { return &keyLock{held: map[string]*heldKey{}} }

// Lock waits for the key or for ctx's end.
func (l *keyLock) Lock(ctx context.Context, key string) error {
	l.mu.Lock()
	k := l.held[key]
	if k == nil {
		k = &heldKey{free: make(chan struct{}, 1)}
		k.free <- struct{}{}
		l.held[key] = k
	}
	k.users++
	l.mu.Unlock()
	select {
	case <-k.free:
		return nil
	case <-ctx.Done():
		l.leave(key, k)
		return ctx.Err()
	}
}

// TryLock takes the key if nobody has it and nobody waits for it.
func (l *keyLock) TryLock(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.held[key] != nil {
		return false
	}
	l.held[key] = &heldKey{free: make(chan struct{}, 1), users: 1}
	return true
}

// Unlock lets the next one in.
func (l *keyLock) Unlock(key string) {
	l.mu.Lock()
	k := l.held[key]
	l.mu.Unlock()
	k.free <- struct{}{}
	l.leave(key, k)
}

func (l *keyLock) leave(key string, k *heldKey) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if k.users--; k.users == 0 {
		delete(l.held, key)
	}
}
