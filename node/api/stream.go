package api

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"github.com/gossip-price/gossip-price/global/price"
)

// Feeder is a node that tells what happens to its prices.
type Feeder interface {
	Feed() *Feed
}

const (
	mediaStream = "text/event-stream"
	// maxStreams bounds the streams that are open at once.
	maxStreams = 1024
	// heartbeat is how often an idle stream gets a comment, so that what lies between keeps it open.
	heartbeat = 15 * time.Second
	// eventTimeout bounds the time that a reader may take for what it is sent at once.
	eventTimeout = 10 * time.Second
	// retry is after which time, in milliseconds, a client is asked to come back when its stream ends.
	retry = 2000
)

// streams serves GET /v1/stream: Server-Sent Events (HTML, section 9.2).
type streams struct {
	server  *Server
	gate    *gate
	open    prometheus.Gauge
	dropped prometheus.Counter
}

func newStreams(s *Server) *streams {
	registry := promauto.With(s.metrics)
	return &streams{
		server: s,
		gate:   newGate(maxStreams, fmt.Sprintf("%d streams are open, and there are no more", maxStreams)),
		open: registry.NewGauge(prometheus.GaugeOpts{
			Name: "gossip_price_api_streams", Help: "Streams of /v1/stream that are open.",
		}),
		dropped: registry.NewCounter(prometheus.CounterOpts{
			Name: "gossip_price_api_streams_dropped_total", Help: "Streams that this node ended because their readers were too slow.",
		}),
	}
}

func (t *streams) handle(w http.ResponseWriter, r *http.Request, q query) error {
	node, able := (*t.server.node.Load()).(Feeder)
	if !able {
		return faultf(http.StatusNotFound, "this node has no prices: it is starting, or a bootstrap node")
	}
	return t.gate.pass(func() error {
		t.open.Inc()
		defer t.open.Dec()
		t.serve(w, r, node.Feed(), q.pair)
		return nil
	})
}

// serve writes events until the reader goes, is too slow, or the server ends.
func (t *streams) serve(w http.ResponseWriter, r *http.Request, feed *Feed, pair price.Pair) {
	reader, missed := feed.join(r.Header.Get("Last-Event-ID"))
	defer reader.leave()
	s := stream{writer: w, control: http.NewResponseController(w), pair: pair}
	h := w.Header()
	h.Set("Content-Type", mediaStream)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // nginx would wait for more
	if r.Method == http.MethodHead {
		return
	}
	_ = s.control.SetReadDeadline(time.Time{}) // there is nothing to come but the end
	text := fmt.Sprintf("retry: %d\n\n", retry)
	if missed {
		text += message(feed.id(reader.next-1), MissedEvent, []byte(`{"ask":"/v1/prices"}`))
	}
	ticker := time.NewTicker(heartbeat)
	defer ticker.Stop()
	for {
		if err := s.send(text); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) {
				t.dropped.Inc()
			}
			return
		}
		select {
		case <-r.Context().Done():
			return
		case <-t.server.ended:
			return
		case <-ticker.C:
			text = ":\n\n"
		case <-reader.wake:
			events, first, ok := reader.take()
			if !ok {
				t.dropped.Inc()
				return
			}
			text = s.messages(feed, events, first)
		}
	}
}

// stream is one reader's connection.
type stream struct {
	writer  http.ResponseWriter
	control *http.ResponseController
	pair    price.Pair // empty: all
}

// messages returns the text of those events that the reader wants.
func (s *stream) messages(feed *Feed, events []event, first uint64) string {
	var text strings.Builder
	for i, e := range events {
		if s.pair == "" || s.pair == e.pair {
			text.WriteString(message(feed.id(first+uint64(i)), e.kind, e.data()))
		}
	}
	return text.String()
}

func message(id string, kind EventKind, data []byte) string {
	return fmt.Sprintf("id: %s\nevent: %s\ndata: %s\n\n", id, kind, data)
}

// send writes within the time that a reader may take.
func (s *stream) send(text string) error {
	if err := s.control.SetWriteDeadline(time.Now().Add(eventTimeout)); err != nil {
		return err
	}
	if _, err := io.WriteString(s.writer, text); err != nil {
		return err
	}
	return s.control.Flush()
}
