package price

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	// userAgent is how the client names itself.
	userAgent = "gossip-price"
	// maxBody bounds an answer, in bytes; Coinbase's is about 20 kB.
	maxBody = 1 << 20
)

// newRequest returns the request for the rates of currency from the service at baseURL. Its error leaves baseURL out,
// which may hold a password.
func newRequest(ctx context.Context, baseURL, currency string) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, baseURL, nil)
	if err != nil || (req.URL.Scheme != "http" && req.URL.Scheme != "https") || req.URL.Host == "" {
		return nil, fmt.Errorf("%w: its address: want http:// or https:// and a host", ErrSource)
	}
	if req.URL.Path == "" {
		req.URL.Path = "/" // what is joined to nothing begins without a slash
	}
	req.URL = req.URL.JoinPath(ratesPath)
	req.URL.RawQuery = url.Values{"currency": {currency}}.Encode()
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("Accept", "application/json")
	return req, nil
}

// get makes one try: it returns the body of an answer with status 200.
func (c *Coinbase) get(req *http.Request) ([]byte, error) {
	ctx, cancel := context.WithTimeoutCause(req.Context(), attemptTimeout,
		fmt.Errorf("%w within %s", errNoAnswer, attemptTimeout))
	defer cancel()
	resp, err := c.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSource, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil, refusal(resp)
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, resp.Body, maxBody))
	if err != nil {
		return nil, fmt.Errorf("%w: read answer: %w", ErrSource, err)
	}
	return body, nil
}

// refusal returns the error for an answer with another status than 200. Only a status that can pass by itself is worth
// another try.
func refusal(resp *http.Response) error {
	err := fmt.Errorf("%w: %w %d %s", ErrSource, ErrStatus, resp.StatusCode, http.StatusText(resp.StatusCode))
	switch code := resp.StatusCode; {
	case code == http.StatusTooManyRequests, code == http.StatusServiceUnavailable:
		if wait, asked := retryAfter(resp.Header.Get("Retry-After")); asked {
			return fmt.Errorf("%w: %w", err, &backoff.RetryAfterError{Duration: wait})
		}
		return err
	case code == http.StatusRequestTimeout, code >= http.StatusInternalServerError:
		return err
	default:
		return backoff.Permanent(err)
	}
}

// retryAfter reads a Retry-After header in seconds (RFC 9110, section 10.2.3). Its other form, a date, compares two
// clocks and counts as absent; so does 0, which would turn the backoff off.
func retryAfter(header string) (wait time.Duration, asked bool) {
	if !isDigits(header, len(header)) {
		return 0, false
	}
	// A number too large for 32 bits comes back as the largest one, which is just as much too long to wait for: the
	// error says nothing else here.
	seconds, _ := strconv.ParseUint(header, 10, 32)
	return time.Duration(seconds) * time.Second, seconds > 0
}
