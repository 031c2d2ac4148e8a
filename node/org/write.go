package org

import (
	"errors"
	"os"
	"path/filepath"
)

// write makes the folder under another name beside its place and moves it there when it is whole.
func write(dir string, files []file) error {
	tmp, err := os.MkdirTemp(filepath.Dir(dir), ".org-*") // of mode 0700
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := writeFile(filepath.Join(tmp, f.name), f.content); err != nil {
			return errors.Join(err, os.RemoveAll(tmp))
		}
	}
	if err := os.Rename(tmp, dir); err != nil { // a folder with files that appeared meanwhile makes it fail
		return errors.Join(err, os.RemoveAll(tmp))
	}
	return nil
}

// writeFile makes a new file that is on the disk before its folder gets its name.
func writeFile(path, content string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(content)
	return errors.Join(err, f.Sync(), f.Close())
}
