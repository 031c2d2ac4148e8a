//go:build linux || darwin

package doctor

import (
	"fmt"
	"syscall"
)

// Bits of access(2).
const (
	enter = 1
	write = 2
)

// mayWrite tells whether this process may make files in a folder, and makes none. Errors are those of the system.
func mayWrite(folder string) error {
	if err := syscall.Access(folder, write|enter); err != nil {
		return fmt.Errorf("write folder %s: %w", folder, err)
	}
	return nil
}
