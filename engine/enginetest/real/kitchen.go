package real

import (
	"context"
	"sync"
)

// kitchen packs layers once and keeps them.
type kitchen struct {
	mu     sync.Mutex
	packed map[string][]Layer
}

func newKitchen() *kitchen { return &kitchen{packed: map[string][]Layer{}} }

// layers are those of a root file system: "busybox", "debian" or "nginx".
func (k *kitchen) layers(ctx context.Context, root string) ([]Layer, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if l := k.packed[root]; l != nil {
		return l, nil
	}
	var (
		sets = make([][]File, 1)
		err  error
	)
	switch root {
	case "debian":
		sets, err = debianRoot(ctx)
	case "nginx":
		sets, err = nginxRoot(ctx)
	default:
		sets[0], err = busyboxRoot(ctx)
	}
	if err != nil {
		return nil, err
	}
	layers := make([]Layer, len(sets))
	for i, files := range sets {
		if layers[i], err = NewLayer(files); err != nil {
			return nil, err
		}
	}
	k.packed[root] = layers
	return layers, nil
}
