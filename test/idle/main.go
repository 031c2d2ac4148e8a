// Command idle is what a node can't cost less than: the bare libraries, a host with gossipsub and a DHT, with the peers that it is given and
// nothing to do. scripts/idle.sh measures it beside nodes.
//
//	idle [ADDRESS..]    connects to these, prints its own address with its peer ID, and runs until it is told to stop
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/libp2p/go-libp2p"
	dht "github.com/libp2p/go-libp2p-kad-dht"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

// connectTime bounds connecting to one peer.
const connectTime = 10 * time.Second

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "idle:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, peers []string, stdout io.Writer) error {
	h, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"), libp2p.Transport(tcp.NewTCPTransport),
		libp2p.Security(noise.ID, noise.New), libp2p.Muxer(yamux.ID, yamux.DefaultTransport), libp2p.DisableRelay(), libp2p.DisableMetrics())
	if err != nil {
		return err
	}
	defer func() { _ = h.Close() }()
	if err := gossip(ctx, h); err != nil {
		return err
	}
	for _, address := range peers {
		if err := connect(ctx, h, address); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(stdout, "%s/p2p/%s\n", h.Addrs()[0], h.ID()); err != nil {
		return err
	}
	<-ctx.Done()
	return nil
}

// gossip starts the DHT and gossipsub, with one topic.
func gossip(ctx context.Context, h host.Host) error {
	if _, err := dht.New(h, dht.ProtocolPrefix("/idle"), dht.Mode(dht.ModeServer), dht.DisableProviders(), dht.DisableValues()); err != nil {
		return err
	}
	ps, err := pubsub.NewGossipSub(ctx, h)
	if err != nil {
		return err
	}
	topic, err := ps.Join("idle")
	if err != nil {
		return err
	}
	_, err = topic.Relay()
	return err
}

func connect(ctx context.Context, h host.Host, address string) error {
	info, err := peer.AddrInfoFromString(address)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	return h.Connect(ctx, *info)
}
