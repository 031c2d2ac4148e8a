package devnet

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// replayMark begins every line while the prices are recorded ones.
const replayMark = "REPLAY "

// screen writes lines with their time, and on a terminal one status line below them that is written over.
type screen struct {
	mark     string
	terminal bool

	mu     sync.Mutex // guards out and status
	out    io.Writer
	status string
}

// line writes one line.
func (s *screen) line(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	fmt.Fprintf(s.out, "%s%s  %s\n", s.mark, time.Now().Format("15:04:05.000"), fmt.Sprintf(format, args...))
	s.draw()
}

// plain writes text without the time: what is to be read or copied as a whole.
func (s *screen) plain(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clear()
	for l := range strings.Lines(fmt.Sprintf(format, args...)) {
		fmt.Fprintf(s.out, "%s%s", s.mark, l)
	}
}

// show replaces the status line; empty takes it away. Where lines can't be written over it does nothing.
func (s *screen) show(status string) {
	if !s.terminal {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if status == s.status {
		return
	}
	s.clear()
	s.status = status
	s.draw()
}

// busy says what is being waited for, until show: in the status line, or where lines can't be written over, in a line.
func (s *screen) busy(text string) {
	if s.terminal {
		s.show(text)
		return
	}
	s.plain("%s\n", text)
}

func (s *screen) clear() {
	if s.status != "" {
		fmt.Fprint(s.out, "\r\x1b[K")
	}
}

func (s *screen) draw() {
	if s.status != "" {
		fmt.Fprint(s.out, s.mark+s.status)
	}
}
