//go:build unix

package signing

import (
	"io/fs"
	"os"
	"syscall"
)

// openKeyFile opens without waiting: a FIFO that nobody writes to would block a plain open for ever.
func openKeyFile(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// ownerOf returns the id of the user to whom the file belongs.
func ownerOf(info fs.FileInfo) (user int, known bool) {
	stat, known := info.Sys().(*syscall.Stat_t)
	if !known {
		return 0, false
	}
	return int(stat.Uid), true
}
