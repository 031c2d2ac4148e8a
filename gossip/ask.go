package gossip

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// ErrNotServed says that a peer does not speak the protocol that it was asked by: it is of an older version, or has just
// connected and has not said yet what it speaks.
var ErrNotServed = errors.New("peer does not speak the protocol")

// answerTime bounds the wait for a response: the peer's own bounds for the exchange, and for a while in its queue.
const answerTime = 2*exchangeTime + 10*time.Second

// Ask sends a request to a connected peer by one of the configured protocols and returns its response. Ask a peer one thing
// at a time: it answers no second one meanwhile, and takes offence in the end. Errors wrap ErrNotServed, ErrTooLarge for a
// response that is longer than the protocol's MaxResponse, or what libp2p returns.
func (n *Network) Ask(ctx context.Context, id peer.ID, name string, request []byte) (response []byte, err error) {
	d, ok := n.desks[name]
	if !ok {
		return nil, fmt.Errorf("ask by %s: no such protocol", name)
	}
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	defer func() {
		if err != nil {
			err = fmt.Errorf("ask peer: %w", err)
		}
	}()
	if spoken, err := n.host.Peerstore().SupportsProtocols(id, protocol.ID(name)); err != nil || len(spoken) == 0 {
		return nil, errors.Join(ErrNotServed, err)
	}
	s, err := n.host.NewStream(network.WithNoDial(ctx, "ask"), id, protocol.ID(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = s.Reset() }() // without effect after both sides have closed
	defer context.AfterFunc(ctx, func() { _ = s.Reset() })()
	if err := errors.Join(writeFrame(s, request), s.CloseWrite()); err != nil {
		return nil, err
	}
	return readFrame(s, d.MaxResponse)
}

// Blame notes that a peer sent what no honest one sends, as a rejected message does: five times within a few minutes have it
// cut.
func (n *Network) Blame(id peer.ID) { n.ledger.invalid(id, time.Now()) }

func writeFrame(w io.Writer, data []byte) error {
	frame := append(binary.AppendUvarint(make([]byte, 0, binary.MaxVarintLen64+len(data)), uint64(len(data))), data...)
	_, err := w.Write(frame)
	return err
}

func readFrame(r io.Reader, most int) ([]byte, error) {
	input := bufio.NewReaderSize(r, 4<<10)
	size, err := binary.ReadUvarint(input)
	if err != nil {
		return nil, err
	}
	if size > uint64(most) {
		return nil, fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	}
	data := make([]byte, size)
	_, err = io.ReadFull(input, data)
	return data, err
}
