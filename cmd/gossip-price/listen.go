package main

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/global"
)

// listenRetry is how long a node that does not stream, or no longer, is left before it is asked again.
const listenRetry = 5 * time.Second

// listen tells of news, at most once where the last was not looked at, whenever the node's stream of events has something;
// until ctx ends. A node without a stream has no news.
func (q inquiry) listen(ctx context.Context, news chan<- struct{}) {
	for {
		q.stream(ctx, news)
		if !global.Wait(ctx, listenRetry) {
			return
		}
	}
}

// stream reads Server-Sent Events until they end.
func (q inquiry) stream(ctx context.Context, news chan<- struct{}) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, q.base+"/v1/stream", http.NoBody)
	if err != nil {
		return // the survey says so
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		return
	}
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, maxProof)
	for lines.Scan() {
		if strings.HasPrefix(lines.Text(), "data:") { // a line that begins with a colon is a heartbeat
			select {
			case news <- struct{}{}:
			default:
			}
		}
	}
}
