package gossip

import (
	"context"
	"errors"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// ErrBadRequest is what a Handler's error wraps when no honest peer sends such a request: five within a few minutes have
// the peer cut.
var ErrBadRequest = errors.New("bad request")

// Handler answers a peer's request. It is called concurrently, at most once at a time for a peer, and maxAnswering times in
// all. With an error the peer gets no answer. ctx ends with Network.Close, which waits for it.
type Handler func(ctx context.Context, from peer.ID, request []byte) (response []byte, err error)

// ServeConfig is a protocol of requests and responses in a Config.
type ServeConfig struct {
	// Protocol is its full name; names in use by two networks must differ.
	Protocol string
	// MaxRequest and MaxResponse bound the two in bytes.
	MaxRequest, MaxResponse int
	// Handler answers requests.
	Handler Handler
}

const (
	// exchangeTime bounds a request and its response, waits for the peer's budget aside.
	exchangeTime = 15 * time.Second
	// maxAnswering bounds the requests that are answered at once; others wait, at most one of each peer.
	maxAnswering = 16

	// asksPerSecond and asksAtOnce are how many requests of a peer are answered without a wait: a node that lacks a day of
	// a network of usual size has it back within the burst.
	asksPerSecond = 20
	asksAtOnce    = 200
	// answerRate and answerBurst are as many bytes of answers: 65,536 certificates of three signers take 30 MB.
	answerRate  = 4 << 20 // a second
	answerBurst = 32 << 20
)

// desk answers the requests of one protocol.
type desk struct {
	ServeConfig
	network *Network
	slots   chan struct{} // of capacity maxAnswering
	running inFlight
	close   context.CancelFunc
}

// open lets peers ask until ctx ends.
func (n *Network) open(ctx context.Context, cfg ServeConfig) {
	d := &desk{ServeConfig: cfg, network: n, slots: make(chan struct{}, maxAnswering)}
	ctx, d.close = context.WithCancel(ctx)
	n.desks[cfg.Protocol] = d
	n.host.SetStreamHandler(protocol.ID(cfg.Protocol), func(s network.Stream) {
		if !d.running.start() {
			_ = s.Reset()
			return
		}
		defer d.running.done()
		d.serve(ctx, s)
	})
}

// shut lets nobody ask any more, and waits for the answers under way, which are broken off.
func (d *desk) shut() {
	d.network.host.RemoveStreamHandler(protocol.ID(d.Protocol))
	d.close()
	d.running.finish()
}

// serve answers one request. A peer that goes on asking while another request of its own is answered breaks the protocol: an
// honest node asks one at a time. That costs it control entries, of which an honest node has many to spare.
func (d *desk) serve(ctx context.Context, s network.Stream) {
	from, n := s.Conn().RemotePeer(), d.network
	client := n.ledger.client(from, time.Now())
	if client == nil || !client.begin(ctx) {
		_ = n.ledger.admit(from, load{control: 1}, time.Now())
		n.counts.note(func(c *Counts) { c.AsksRefused++ })
		_ = s.Reset()
		return
	}
	defer client.end()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(ctx, func() { _ = s.Reset() })() // ends a blocked read or write
	err := d.answer(ctx, s, from, client)
	switch {
	case err == nil:
		n.counts.note(func(c *Counts) { c.AsksAnswered++ })
		_ = s.Close()
		return
	case errors.Is(err, ErrBadRequest):
		n.ledger.invalid(from, time.Now())
	}
	n.counts.note(func(c *Counts) { c.AsksRefused++ })
	n.log.DebugContext(ctx, "request not answered", "peer", from, "err", err)
	_ = s.Reset()
}

func (d *desk) answer(ctx context.Context, s network.Stream, from peer.ID, client *client) error {
	if err := client.pay(ctx, client.asks, 1); err != nil {
		return err
	}
	_ = s.SetDeadline(time.Now().Add(exchangeTime))
	request, err := readFrame(s, d.MaxRequest)
	if err != nil {
		return err
	}
	response, err := d.respond(ctx, from, request)
	if err != nil {
		return err
	}
	if err := client.pay(ctx, client.bytes, len(response)); err != nil {
		return err
	}
	_ = s.SetDeadline(time.Now().Add(exchangeTime))
	return writeFrame(s, response)
}

// respond has the request handled as soon as there is a slot.
func (d *desk) respond(ctx context.Context, from peer.ID, request []byte) ([]byte, error) {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-d.slots }()
	response, err := d.Handler(ctx, from, request)
	if err == nil && len(response) > d.MaxResponse {
		err = ErrTooLarge
	}
	return response, err
}
