package doctor

import (
	"context"
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"gantry/engine/api"
)

// overlay says whether layers can be stacked: by the kernel, and on the disk of the data
// root where the engine is gantry's own. Otherwise every layer is a full copy.
func (e *examination) overlay(context.Context) []api.Finding {
	const what = "overlayfs"
	list, err := e.read("proc/filesystems")
	if err != nil {
		return one(warn(what, "the kernel's file systems cannot be read: "+err.Error(), "mount /proc"))
	}
	loaded := "in the kernel"
	if !hasFileSystem(list, "overlay") {
		if !e.overlayModule() {
			return one(warn(what, "not in this kernel: layers are copied in full, which is slow and takes much space", "use a kernel with CONFIG_OVERLAY_FS"))
		}
		loaded = "a module, loaded when it is needed"
	}
	if e.status.Endpoint.Kind == api.EngineSystem {
		return one(ok(what, loaded))
	}
	dir, err := existing(e.home())
	if err != nil {
		return one(note(what, loaded+"; the data root cannot be looked at: "+err.Error(), ""))
	}
	if why := e.unfit(dir); why != "" {
		return one(warn(what, fmt.Sprintf("%s, but %s %s: layers are copied in full", loaded, dir, why), "choose a data root on ext4, xfs or btrfs: --data-root"))
	}
	return one(ok(what, loaded+", and fits the data root"))
}

func hasFileSystem(list, name string) bool {
	for line := range strings.Lines(list) {
		if f := strings.Fields(line); len(f) > 0 && f[len(f)-1] == name {
			return true
		}
	}
	return false
}

// overlayModule looks for the module of the running kernel.
func (e *examination) overlayModule() bool {
	release, err := e.read("proc/sys/kernel/osrelease")
	if err != nil {
		return false
	}
	dir := filepath.Join(e.root, "lib/modules", strings.TrimSpace(release), "kernel/fs/overlayfs")
	found, err := filepath.Glob(filepath.Join(dir, "overlay.ko*"))
	return err == nil && len(found) > 0
}

// unfit says why a folder's file system cannot be the upper layer of an overlay; "" when
// it can, or when that cannot be told.
func (e *examination) unfit(dir string) string {
	var st unix.Statfs_t
	if err := e.statfs(dir, &st); err != nil {
		return ""
	}
	switch uint32(st.Type) {
	case unix.OVERLAYFS_SUPER_MAGIC:
		return "is itself on overlayfs"
	case unix.NFS_SUPER_MAGIC, unix.SMB_SUPER_MAGIC, unix.CIFS_SUPER_MAGIC, unix.SMB2_SUPER_MAGIC, unix.V9FS_MAGIC:
		return "is on a network file system"
	case unix.FUSE_SUPER_MAGIC:
		return "is on a FUSE file system"
	case unix.MSDOS_SUPER_MAGIC, unix.EXFAT_SUPER_MAGIC:
		return "is on a FAT file system"
	case unix.ECRYPTFS_SUPER_MAGIC:
		return "is on eCryptfs"
	}
	if noEntryTypes(dir) {
		return "is on a file system that does not tell the types of its entries (xfs with ftype=0)"
	}
	return ""
}

// noEntryTypes reads the first entry of a folder as the kernel gives it. File systems that
// know types give one to every entry.
func noEntryTypes(dir string) bool {
	// Of struct linux_dirent64: inode and offset (8 bytes each), length (2), type (1).
	const lengthAt, typeAt = 16, 18
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	buf := make([]byte, 4096)
	n, err := unix.Getdents(int(f.Fd()), buf)
	if err != nil || n <= typeAt || binary.NativeEndian.Uint16(buf[lengthAt:]) == 0 {
		return false
	}
	return buf[typeAt] == unix.DT_UNKNOWN
}
