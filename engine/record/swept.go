package record

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// SweepDue reports whether it is time to look for leftovers: somebody who held a claim is
// gone without giving it back, or nobody has looked for that long.
func (s *Store) SweepDue(every time.Duration) bool {
	st, err := os.Stat(s.sweptFile())
	if err != nil || time.Since(st.ModTime()).Abs() > every {
		return true
	}
	claims, err := readDir(s.claimsDir())
	for _, c := range claims {
		path := filepath.Join(s.claimsDir(), c.Name())
		if strings.HasPrefix(c.Name(), claimPrefix) && !held(path) && fileExists(path) {
			return true
		}
	}
	return err != nil
}

// Swept notes that the leftovers have been taken away.
func (s *Store) Swept() error {
	name := s.sweptFile()
	err := os.MkdirAll(filepath.Dir(name), 0o700)
	if err == nil {
		var f *os.File
		if f, err = os.Create(name); err == nil {
			now := time.Now()
			err = errors.Join(f.Close(), os.Chtimes(name, now, now))
		}
	}
	if err != nil {
		return fmt.Errorf("note the sweep: %w", err)
	}
	return nil
}
