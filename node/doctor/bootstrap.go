package doctor

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"

	"github.com/gossip-price/gossip-price/gossip"
	"github.com/gossip-price/gossip-price/node"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// dialTimeout bounds the dial of one bootstrap node, identification included; all are dialled at once.
const dialTimeout = 10 * time.Second

// dialled is what came of dialling the bootstrap nodes.
type dialled struct {
	observed []string // the IP addresses from which they see this node come, each once
	faults   []string // a text for each that is no help
}

// known tells whether the bootstrap nodes can be dialled as the node would. While a node runs on the key that can't be: two of one
// peer ID would put each other out.
func (p *patient) known() bool { return !p.running && p.keyErr == nil }

// lookAtBootstrap dials each bootstrap node.
func lookAtBootstrap(_ context.Context, p *patient) vitals.Verdict {
	total := len(p.cfg.BootstrapAddr)
	if total == 0 {
		return vitals.Warning("GP_BOOTSTRAPADDR is unset: this node finds only whom it knew before, and who comes by itself")
	}
	d := p.dial()
	told := fmt.Sprintf("%d of %d bootstrap nodes let this node in", total-len(d.faults), total)
	if !p.known() {
		told = fmt.Sprintf("%d of %d bootstrap nodes take connections; who they are was not asked, for a node runs on this key or there is none",
			total-len(d.faults), total)
	}
	switch {
	case len(d.faults) == total:
		return vitals.Failing("%s: %s", told, strings.Join(d.faults, "; "))
	case len(d.faults) > 0:
		return vitals.Warning("%s: %s", told, strings.Join(d.faults, "; "))
	}
	return vitals.Well("%s", told)
}

// dialAll dials all bootstrap nodes: with the node's key, or where that can't be by a TCP connection alone.
func (p *patient) dialAll(ctx context.Context) (d dialled) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	var h host.Host
	if p.known() {
		var err error
		if h, err = node.NewProbe(p.cfg, p.key); err != nil {
			return dialled{faults: slices.Repeat([]string{err.Error()}, len(p.cfg.BootstrapAddr))}
		}
		defer func() { _ = h.Close() }()
	}
	seen, faults := make([]multiaddr.Multiaddr, len(p.cfg.BootstrapAddr)), make([]error, len(p.cfg.BootstrapAddr))
	var all sync.WaitGroup
	for i, info := range p.cfg.BootstrapAddr {
		all.Go(func() { seen[i], faults[i] = p.dialOne(ctx, h, info) })
	}
	all.Wait()
	for i, info := range p.cfg.BootstrapAddr {
		if faults[i] != nil {
			d.faults = append(d.faults, fmt.Sprintf("%s: %s", info.ID, oneLine(faults[i])))
		}
		if seen[i] == nil {
			continue
		}
		if ip, err := manet.ToIP(seen[i]); err == nil && !slices.Contains(d.observed, ip.String()) {
			d.observed = append(d.observed, ip.String())
		}
	}
	return d
}

// dialOne dials one, without a host by TCP alone, and returns this node's address as it sees it.
func (p *patient) dialOne(ctx context.Context, h host.Host, info peer.AddrInfo) (multiaddr.Multiaddr, error) {
	if h == nil {
		return nil, touch(ctx, info)
	}
	return gossip.Probe(ctx, h, info, p.cfg.Network)
}

// oneLine returns the text of an error without line breaks: libp2p lists each address that it tried on a line of its own.
func oneLine(err error) string { return strings.Join(strings.Fields(err.Error()), " ") }

// touch tries whether one of a peer's TCP addresses takes a connection.
func touch(ctx context.Context, info peer.AddrInfo) error {
	var faults []error
	for _, a := range info.Addrs {
		network, addr, err := manet.DialArgs(a)
		if err == nil && !strings.HasPrefix(network, "tcp") {
			err = errors.New("no TCP address")
		}
		if err == nil {
			var conn net.Conn
			if conn, err = new(net.Dialer).DialContext(ctx, network, addr); err == nil {
				return conn.Close()
			}
		}
		faults = append(faults, err)
	}
	return errors.Join(faults...)
}
