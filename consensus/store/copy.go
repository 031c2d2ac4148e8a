package store

import (
	"errors"
	"io"
	"os"
	"path/filepath"
)

const (
	// copyChunk is how much is read at once, pageSize how much where that fails: an SQLite page, or several sectors.
	copyChunk = 1 << 20
	pageSize  = 4096
	// maxUnreadable bounds the pages that a disk fails to read, each perhaps after seconds, until the rest is given up.
	maxUnreadable = 1024
)

// copyJournal copies a file, and its log if there is one.
func copyJournal(from, to string) error {
	if err := copyFile(from+"-wal", to+"-wal"); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return errors.Join(copyFile(from, to), syncFolder(to))
}

// copyFile copies what can be read of a file. Pages that the disk can't read become zeros, which SQLite sees.
func copyFile(from, to string) error {
	source, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = source.Close() }()
	info, err := source.Stat()
	if err != nil {
		return err
	}
	target, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	err = copyReadable(target, source, info.Size())
	if err = errors.Join(err, target.Sync(), target.Close()); err != nil {
		_ = os.Remove(to) // half a copy only takes room
	}
	return err
}

// copyReadable writes size bytes. What can't be read becomes zeros; only writing fails.
func copyReadable(target io.Writer, source io.ReaderAt, size int64) error {
	buffer, unreadable := make([]byte, copyChunk), 0
	for at := int64(0); at < size; at += copyChunk {
		chunk := buffer[:min(copyChunk, size-at)]
		if !read(source, chunk, at) {
			for i := 0; i < len(chunk); i += pageSize {
				page := chunk[i:min(i+pageSize, len(chunk))]
				if unreadable == maxUnreadable || !read(source, page, at+int64(i)) {
					clear(page)
					unreadable = min(unreadable+1, maxUnreadable)
				}
			}
		}
		if _, err := target.Write(chunk); err != nil {
			return err
		}
	}
	return nil
}

// read tells whether all of the bytes could be read.
func read(source io.ReaderAt, into []byte, at int64) bool {
	n, _ := source.ReadAt(into, at) // why not does not matter
	return n == len(into)
}

// syncFolder brings the names in a file's folder to the disk. Where a folder can't be synced there is nothing to do.
func syncFolder(path string) error {
	folder, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	_ = folder.Sync()
	return folder.Close()
}
