package consensus

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/global"
)

// MaxLabel bounds the version and the price store's id in a heartbeat.
const MaxLabel = 64

// message reads a message inside a message.
func (f field) message(take func(field) error, once fieldSet) error {
	b, err := f.raw()
	if err == nil {
		_, err = fields(b, take, once)
	}
	return err
}

// label reads a short text that people are shown: nothing in it can play with a terminal or a page.
func (f field) label() (string, error) {
	b, err := f.raw()
	if err != nil {
		return "", err
	}
	if len(b) > MaxLabel || bytes.ContainsFunc(b, unprintable) {
		return "", fmt.Errorf("%w: want at most %d printable ASCII characters", global.ErrMalformed, MaxLabel)
	}
	return string(b), nil
}

func unprintable(r rune) bool { return r < ' ' || r > '~' }

// members reads a bit for each member of a roster.
func (f field) members() ([]byte, error) {
	b, err := f.raw()
	if err == nil && len(b) > global.MaxSigners/8 {
		err = fmt.Errorf("%w: %d bytes of members", global.ErrMalformed, len(b))
	}
	return bytes.Clone(b), err
}

// duration reads a length of time of at most a hundred years.
func (f field) duration(dst *time.Duration, unit time.Duration) error {
	var n uint64
	if err := f.uint(&n); err != nil {
		return err
	}
	if n > uint64(100*365*24*time.Hour/unit) {
		return fmt.Errorf("%w: time out of range", global.ErrMalformed)
	}
	*dst = time.Duration(n) * unit
	return nil
}

// small reads a number of at most most.
func (f field) small(dst *int, most uint64) error {
	var n uint64
	if err := f.uint(&n); err != nil {
		return err
	}
	if n > most {
		return fmt.Errorf("%w: %d, at most %d", global.ErrMalformed, n, most)
	}
	*dst = int(n)
	return nil
}

// counts reads packed numbers of 16 bits, at most MaxReceived.
func (f field) counts(dst *[]uint16) error {
	b, err := f.raw()
	for err == nil && len(b) > 0 {
		v, n := protowire.ConsumeVarint(b)
		if n < 0 || v > math.MaxUint16 || len(*dst) == MaxReceived {
			return fmt.Errorf("%w: want at most %d counts of 16 bits", global.ErrMalformed, MaxReceived)
		}
		*dst, b = append(*dst, uint16(v)), b[n:]
	}
	return err
}
