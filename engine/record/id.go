package record

import (
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// NewID reads 64 hex digits from a random source. The first twelve are never all decimal:
// they serve as a hostname, and a number would not do there.
func NewID(random io.Reader) (string, error) {
	var b [32]byte
	for {
		if _, err := io.ReadFull(random, b[:]); err != nil {
			return "", fmt.Errorf("random ID: %w", err)
		}
		if id := hex.EncodeToString(b[:]); strings.ContainsAny(id[:12], "abcdef") {
			return id, nil
		}
	}
}
