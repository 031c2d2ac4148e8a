package price

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	// attemptTimeout bounds one try, from the name look-up to the last byte.
	attemptTimeout = 5 * time.Second
	// maxHeader bounds the header of an answer, in bytes.
	maxHeader = 64 << 10
	// maxIdleConns bounds the connections kept for the next fetch.
	maxIdleConns = 2
	// idleTimeout bounds how long such a connection is kept.
	idleTimeout = 90 * time.Second
)

// ErrSource is wrapped by every error of Coinbase.Fetch that lies with the source: not reached, too slow, a status
// other than 200, an answer that can't be trusted. Where it is the price that is refused, global.ErrMalformed is
// wrapped too.
var ErrSource = errors.New("no price from the source")

// ErrStatus is wrapped too where the source answered with another status than 200.
var ErrStatus = errors.New("status")

// errNoAnswer is wrapped too where a try took too long.
var errNoAnswer = errors.New("no answer")

// Coinbase asks Coinbase's public exchange rates, or what stands in for them, for prices (docs/protocol.md, section
// 3.2). It may be used by several goroutines at once.
type Coinbase struct {
	// Failed is told of each try of a fetch that brought no price and is repeated: a fetch may try for minutes. It is set before
	// the first fetch; nil: nobody is told.
	Failed func(Pair, error)

	baseURL string
	now     func() time.Time
	client  *http.Client
}

// NewCoinbase returns a client of the service at baseURL, for example "https://api.coinbase.com"; now dates the quotes.
// The proxy settings of the environment hold, as they do for http.DefaultTransport. Coinbase.Close ends its
// connections.
func NewCoinbase(baseURL string, now func() time.Time) *Coinbase {
	transport := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: attemptTimeout}).DialContext,
		TLSHandshakeTimeout:    attemptTimeout,
		ForceAttemptHTTP2:      true,
		MaxResponseHeaderBytes: maxHeader,
		MaxIdleConns:           maxIdleConns,
		IdleConnTimeout:        idleTimeout,
	}
	return &Coinbase{
		baseURL: baseURL,
		now:     now,
		client: &http.Client{
			Transport: transport,
			// A redirect leads to a source that nobody chose: it comes back as its status, which is refused.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Fetch asks for the price of pair and returns it with the time at which the answer had been read. A try that may
// succeed later is repeated, with growing random delays or after the time that the source asks for, until ctx ends or
// the tries are used up. An error wraps ErrSource, global.ErrMalformed for the pair, or, once ctx has ended, ctx's
// error.
func (c *Coinbase) Fetch(ctx context.Context, pair Pair) (Quote, error) {
	quote, err := c.fetch(ctx, pair)
	if err != nil {
		return Quote{}, fmt.Errorf("fetch price %.40s: %w", pair, err)
	}
	return quote, nil
}

// Close ends the idle connections; one that is in use ends with its fetch.
func (c *Coinbase) Close() { c.client.CloseIdleConnections() }

func (c *Coinbase) fetch(ctx context.Context, pair Pair) (Quote, error) {
	if _, err := ParsePair(string(pair)); err != nil {
		return Quote{}, err
	}
	req, err := newRequest(ctx, c.baseURL, pair.Base())
	if err != nil {
		return Quote{}, err
	}
	failed := func(err error) {
		if c.Failed != nil {
			c.Failed(pair, err)
		}
	}
	return retry(ctx, failed, func() (Quote, error) {
		body, err := c.get(req)
		if err != nil {
			return Quote{}, err
		}
		at := c.now().UTC()
		price, err := decode(body, pair)
		if err != nil {
			return Quote{}, unusableError{err}
		}
		return Quote{Pair: pair, Price: price, At: at}, nil
	})
}
