// Package node puts the parts together and runs them: the network of package gossip, the protocol of package consensus,
// the stores, the price source and the HTTP server. All goroutines of a node start and end here.
package node
