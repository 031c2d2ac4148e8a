package main

import (
	"errors"
	"fmt"
	"os"
	"syscall"
)

// fillStep is by how much a file grows at once.
const fillStep = 64 << 10

// fill makes a file that takes all the space there is.
func fill(name string) error {
	file, err := os.Create(name)
	if err != nil {
		return err
	}
	defer file.Close()
	zeros := make([]byte, fillStep)
	for {
		if _, err := file.Write(zeros); errors.Is(err, syscall.ENOSPC) {
			return nil
		} else if err != nil {
			return fmt.Errorf("fill the disk: %w", err)
		}
	}
}
