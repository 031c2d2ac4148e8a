package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"time"
)

// urlFlag declares the flag that names a running node's HTTP server.
func urlFlag(fs *flag.FlagSet) *string {
	return fs.String("url", "", "`URL` of the node's HTTP server, such as http://10.0.0.7:9000; default that of GP_APIADDR")
}

// serverURL returns a running node's HTTP server: the one that a flag names, or the one of the settings.
func serverURL(flagged string) (string, error) {
	q, err := inquiryOf(flagged)
	return q.base, err
}

// maxShown bounds the bytes of an unwelcome answer that are shown.
const maxShown = 4 << 10

// ask gets a node's answer of at most so many bytes. Anything but status 200 is an error that shows the answer, of problem details
// (RFC 9457) what is wrong.
func ask(ctx context.Context, url string, most int64) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errUsage, err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%w; is the node running, and is this its GP_APIADDR?", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, most))
	if resp.StatusCode != http.StatusOK {
		var problem struct{ Detail string }
		if json.Unmarshal(body, &problem) == nil && problem.Detail != "" {
			body = []byte(problem.Detail)
		}
		return nil, fmt.Errorf("%s: %.*s", resp.Status, maxShown, bytes.TrimSpace(body))
	}
	return body, err
}

// answerTimeout bounds the wait for an answer of JSON.
const answerTimeout = 10 * time.Second

// askFor gets a node's answer of at most so many bytes, and reads its JSON.
func askFor[T any](ctx context.Context, url string, most int64) (answer T, err error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	body, err := ask(ctx, url, most)
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	if err != nil {
		return answer, fmt.Errorf("ask node: %w", err)
	}
	return answer, nil
}
