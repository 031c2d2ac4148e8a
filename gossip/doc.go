// Package gossip carries bytes between the nodes of one network over libp2p: a host whose identity is the node's
// signing key, a gate that lets only members in, discovery through a private DHT, and gossipsub topics with one
// validator each. It knows no price and no signer address (docs/protocol.md, section 4).
//
// The order of use is NewHost, New, Network.Run until its context ends, Network.Close, and last the host's own Close.
package gossip
