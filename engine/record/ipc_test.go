package record

import (
	"testing"

	"github.com/moby/moby/api/types/container"
)

// The label is nerdctl's: it starts containers by it, and joins them.
func TestIPCAsNerdctlReadsIt(t *testing.T) {
	for _, tt := range []struct {
		mode container.IpcMode
		size int64
		want string
		shm  string // where others find the shared memory
	}{
		{"", 0, `{"mode":"private"}`, ""},
		{"none", 0, `{"mode":"private"}`, ""},
		{"private", 1 << 20, `{"mode":"private","shmSize":"1048576"}`, ""},
		{"host", 0, `{"mode":"host"}`, "/dev/shm"},
		{"shareable", 0, `{"mode":"shareable","hostShmPath":"/s/shm","shmSize":"67108864"}`, "/s/shm"},
		{"container:0a1b", 0, `{"mode":"container","victimContainerId":"0a1b"}`, ""},
	} {
		got := ipcOf(&container.HostConfig{IpcMode: tt.mode, ShmSize: tt.size}, "/s/shm")
		if text := marshal(got); text != tt.want || got.Shm() != tt.shm {
			t.Errorf("%s: %s and %q, want %s and %q", tt.mode, text, got.Shm(), tt.want, tt.shm)
		}
	}
}
