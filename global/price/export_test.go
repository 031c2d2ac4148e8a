package price

import (
	"context"
	"io"
	"net"
	"net/http"
)

// MaxTries and MaxBody are the bounds that tests go up to.
const (
	MaxTries = maxTries
	MaxBody  = maxBody
)

// Decode is the parser of answers, without HTTP around it.
func Decode(body []byte, pair Pair) (Price, error) { return decode(body, pair) }

// ReadRecording reads a recording with a bound that a test reaches soon.
func ReadRecording(r io.Reader, most int) ([]Price, error) { return readRecording(r, most) }

// DialWith makes c connect by dial, for tests in virtual time: a real socket would hold the clock still.
func (c *Coinbase) DialWith(dial func(ctx context.Context, network, addr string) (net.Conn, error)) {
	if transport, ok := c.client.Transport.(*http.Transport); ok {
		transport.DialContext = dial
	}
}
