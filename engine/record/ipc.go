package record

import (
	"strconv"

	"github.com/moby/moby/api/types/container"
)

// ShmDir is the folder of a state dir that the /dev/shm of a container is mounted on whose IPC
// others may join. nerdctl has it there too.
const ShmDir = "shm"

// nerdctl's modes of a container's IPC.
const (
	IPCPrivate   = "private"
	IPCShareable = "shareable"
	IPCHost      = "host"
	IPCContainer = "container"
)

// IPC is nerdctl's description of whose IPC a container has.
type IPC struct {
	Mode        string `json:"mode,omitempty"`
	Victim      string `json:"victimContainerId,omitempty"` // of IPCContainer
	HostShmPath string `json:"hostShmPath,omitempty"`       // of IPCShareable
	ShmSize     string `json:"shmSize,omitempty"`           // bytes; of those with an own one
}

// Shm is where the shared memory of this container lies for another one that joins it; "" when
// it is not to be joined.
func (i IPC) Shm() string {
	switch i.Mode {
	case IPCShareable:
		return i.HostShmPath
	case IPCHost:
		return "/dev/shm"
	}
	return ""
}

// ipcOf describes what a request asks for. nerdctl has no word for a container without /dev/shm.
func ipcOf(host *container.HostConfig, shmPath string) IPC {
	size := host.ShmSize
	if size == 0 && host.IpcMode.IsShareable() {
		size = 64 << 20
	}
	out := IPC{Mode: IPCPrivate}
	if size > 0 {
		out.ShmSize = strconv.FormatInt(size, 10)
	}
	switch m := host.IpcMode; {
	case m.IsHost():
		return IPC{Mode: IPCHost}
	case m.IsContainer():
		return IPC{Mode: IPCContainer, Victim: m.Container()}
	case m.IsShareable():
		out.Mode, out.HostShmPath = IPCShareable, shmPath
	}
	return out
}
