package gossip

import (
	"slices"

	"github.com/multiformats/go-multiaddr"
	manet "github.com/multiformats/go-multiaddr/net"
)

// maxAddrs bounds the addresses remembered of one peer, whatever it announces.
const maxAddrs = 8

// announce returns the choice of the addresses that others are told: external if there are any, else those listened on.
// Loopback goes out only if there is nothing else: on another machine it leads a peer back to itself.
func announce(external []multiaddr.Multiaddr) func([]multiaddr.Multiaddr) []multiaddr.Multiaddr {
	return func(listening []multiaddr.Multiaddr) []multiaddr.Multiaddr {
		if len(external) > 0 {
			return slices.Clone(external)
		}
		outside := slices.DeleteFunc(slices.Clone(listening), manet.IsIPLoopback)
		if len(outside) > 0 {
			return outside
		}
		return listening
	}
}

// bounded returns at most maxAddrs different addresses, in the order given.
func bounded(addrs []multiaddr.Multiaddr) []multiaddr.Multiaddr {
	var out []multiaddr.Multiaddr
	for _, a := range addrs {
		if len(out) == maxAddrs {
			break
		}
		if !slices.ContainsFunc(out, a.Equal) {
			out = append(out, a)
		}
	}
	return out
}
