package bundle

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sys/unix"
)

// sealName is the file, beside the programs, that says in which state they were when
// they were last verified.
const sealName = ".verified"

// seal is what a file's inode looked like. The change time cannot be set by a program,
// so a file that was written to, replaced or given other rights shows.
type seal struct {
	Inode   uint64 `json:"inode"`
	Size    int64  `json:"size"`
	Changed int64  `json:"changed"` // nanoseconds since 1970
}

func sealOf(name string) (seal, error) {
	var st unix.Stat_t
	if err := unix.Lstat(name, &st); err != nil {
		return seal{}, err
	}
	return seal{Inode: st.Ino, Size: st.Size, Changed: st.Ctim.Nano()}, nil
}

// verify reads every program, compares its hash, and seals what it found good.
func verify(dir string, m Manifest) error {
	seals := make([]seal, len(m.Files))
	var g errgroup.Group
	for i, f := range m.Files {
		g.Go(func() error {
			name := filepath.Join(dir, f.Name)
			fi, err := os.Lstat(name)
			if err != nil {
				return err
			}
			if !fi.Mode().IsRegular() || fi.Mode().Perm() != 0o755 || fi.Size() != f.Size {
				return fmt.Errorf("%s is not as it was unpacked", name)
			}
			// Sealed before it is read: a change while reading shows later.
			if seals[i], err = sealOf(name); err != nil {
				return err
			}
			sum, err := hashFile(name)
			if err != nil {
				return err
			}
			if sum != f.SHA256 {
				return fmt.Errorf("%s is damaged", name)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	raw, err := json.Marshal(seals)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, sealName), raw, 0o600)
}

// unchanged says whether the programs are those that verify sealed.
func unchanged(dir string, m Manifest) bool {
	raw, err := os.ReadFile(filepath.Join(dir, sealName))
	if err != nil {
		return false
	}
	var seals []seal
	if json.Unmarshal(raw, &seals) != nil || len(seals) != len(m.Files) {
		return false
	}
	for i, f := range m.Files {
		now, err := sealOf(filepath.Join(dir, f.Name))
		if err != nil || now != seals[i] {
			return false
		}
	}
	return true
}
