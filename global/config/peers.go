package config

import (
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/multiformats/go-multiaddr"
)

func (p *parser) multiaddrs(name, value string) []multiaddr.Multiaddr {
	var addrs []multiaddr.Multiaddr
	for _, item := range list(value) {
		a, err := multiaddr.NewMultiaddr(item)
		if err != nil {
			p.fault(name, item, "a multiaddr such as /ip4/0.0.0.0/tcp/8000")
			continue
		}
		addrs = append(addrs, a)
	}
	return addrs
}

// addrInfos parses multiaddrs that end in a peer ID, and gathers those of the same peer.
func (p *parser) addrInfos(name, value string) []peer.AddrInfo {
	var addrs []multiaddr.Multiaddr
	for _, item := range list(value) {
		info, err := peer.AddrInfoFromString(item)
		if err != nil || len(info.Addrs) == 0 {
			p.fault(name, item, "a multiaddr with the peer ID, such as /dns4/HOST/tcp/8000/p2p/ID")
			continue
		}
		addrs = append(addrs, info.Addrs[0].Encapsulate(multiaddr.StringCast("/p2p/"+info.ID.String())))
	}
	infos, err := peer.AddrInfosFromP2pAddrs(addrs...)
	if err != nil {
		p.fault(name, value, "multiaddrs with peer IDs")
	}
	return infos
}

func (p *parser) peerIDs(name, value string) []peer.ID {
	var ids []peer.ID
	for _, item := range list(value) {
		id, err := peer.Decode(item)
		if err != nil {
			p.fault(name, item, "a peer ID, as 'gossip-price keygen' prints it")
			continue
		}
		ids = append(ids, id)
	}
	return ids
}
