package main

import (
	"os"
	"slices"
	"sync"
	"time"

	"golang.org/x/term"
)

// keys reads the keys of the terminal without showing them.
type keys struct {
	tty     *os.File
	before  *term.State
	reading sync.WaitGroup
}

const ctrlC = 3 // the byte that comes of it: no signal, while keys are read raw

// openKeys reads keys until close. It returns nil where that can't be done, and ctrl-C is a signal as ever: without a
// terminal, and on systems where reading from one can't be ended.
func openKeys(quit func()) *keys {
	tty, err := os.Open("/dev/tty")
	if err != nil {
		return nil
	}
	k := &keys{tty: tty}
	if tty.SetReadDeadline(time.Time{}) != nil || k.control(func(fd int) (err error) {
		k.before, err = term.MakeRaw(fd)
		return err
	}) != nil {
		_ = tty.Close()
		return nil
	}
	k.reading.Go(func() {
		buffer := make([]byte, 64)
		for {
			n, err := tty.Read(buffer)
			if slices.ContainsFunc(buffer[:n], func(b byte) bool { return b == 'q' || b == ctrlC }) {
				quit()
			}
			if err != nil {
				return
			}
		}
	})
	return k
}

// close ends the reading and puts the terminal back as it was.
func (k *keys) close() error {
	if k == nil {
		return nil
	}
	_ = k.tty.SetReadDeadline(time.Now()) // openKeys saw that it can be set
	k.reading.Wait()
	err := k.control(func(fd int) error { return term.Restore(fd, k.before) })
	_ = k.tty.Close() // nothing was written
	return err
}

// control does something with the descriptor, and leaves it to the poller: File.Fd would make reading from it endless.
func (k *keys) control(do func(fd int) error) error {
	raw, err := k.tty.SyscallConn()
	if err != nil {
		return err
	}
	var done error
	if err := raw.Control(func(fd uintptr) { done = do(int(fd)) }); err != nil { //nolint:gosec // the system has them as int
		return err
	}
	return done
}
