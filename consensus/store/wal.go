package store

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// Sizes in a write-ahead log (SQLite, Database File Format, section 4).
const (
	walHeader   = 32
	frameHeader = 24
	maxPageSize = 65536
)

// checkLog looks at the write-ahead log of a file that nobody has open. SQLite stops at the first frame that is not whole
// and takes what comes after for leftovers; but where the bad frame belongs to the same log, signatures may have been in it
// and after it. Then the error wraps ErrDamaged. A process that was killed between two halves of a frame leaves the same, which
// costs it a round. What the disk can't read is damaged too. What can't be seen is a log that was cut just between two frames.
func checkLog(path string) error {
	file, err := os.Open(path + "-wal")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	input := bufio.NewReaderSize(file, 1<<20)
	var header [walHeader]byte
	if n, err := io.ReadFull(input, header[:]); err != nil {
		if n == 0 && errors.Is(err, io.EOF) {
			return nil // nothing was written yet
		}
		return fmt.Errorf("%w: the log ends in its header: %w", ErrDamaged, err)
	}
	var sum logSum
	if binary.BigEndian.Uint32(header[:]) == 0x377f0683 {
		sum.order = binary.BigEndian
	} else {
		sum.order = binary.LittleEndian
	}
	size := binary.BigEndian.Uint32(header[8:])
	sum.add(header[:24])
	if !sum.is(header[24:]) || size > maxPageSize {
		return fmt.Errorf("%w: the header of the log has changed", ErrDamaged)
	}
	return checkFrames(input, [8]byte(header[16:24]), int(size), sum)
}

// checkFrames reads all frames: after one that is not whole there must be none of the same log, by its salt.
func checkFrames(input io.Reader, salt [8]byte, pageSize int, sum logSum) error {
	frame, whole := make([]byte, frameHeader+pageSize), true
	for number := 1; ; number++ {
		n, err := io.ReadFull(input, frame)
		if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("%w: frame %d of the log can't be read: %w", ErrDamaged, number, err)
		}
		if n == 0 {
			return nil
		}
		same := n >= 16 && [8]byte(frame[8:16]) == salt
		if err != nil {
			if same {
				return fmt.Errorf("%w: the log ends within frame %d", ErrDamaged, number)
			}
			return nil
		}
		if whole {
			sum.add(frame[:8])
			sum.add(frame[frameHeader:])
			whole = same && sum.is(frame[16:24])
		}
		if !whole && same {
			return fmt.Errorf("%w: the log has changed at or before frame %d", ErrDamaged, number)
		}
	}
}

// logSum is the running checksum of a log.
type logSum struct {
	order  binary.ByteOrder
	s0, s1 uint32
}

// add goes on with data of a multiple of 8 bytes.
func (s *logSum) add(data []byte) {
	for i := 0; i+8 <= len(data); i += 8 {
		s.s0 += s.order.Uint32(data[i:]) + s.s1
		s.s1 += s.order.Uint32(data[i+4:]) + s.s0
	}
}

// is compares with a written sum.
func (s *logSum) is(written []byte) bool {
	return binary.BigEndian.Uint32(written) == s.s0 && binary.BigEndian.Uint32(written[4:]) == s.s1
}
