// Package global holds what every other package may need to agree on: the constants of the protocol, the errors that cross
// package borders, and how one waits. It imports only the standard library and holds no state.
package global

import "time"

// Name and Version open the signing domain, the DHT prefix and the topic names. Both are frozen: stored proofs commit
// to them (docs/protocol.md, "Digest").
const (
	// Name is the name of the EIP-712 domain and the default name of a network.
	Name = "gossip-price"
	// Version is the protocol's version, in the EIP-712 domain and the topic names.
	Version = "1"
)

// Bounds of the protocol. Every node refuses what lies beyond them, whatever its settings say.
const (
	// MaxSigners bounds a roster and the attestations of one report.
	MaxSigners = 1024
	// MaxOpenProposers bounds the proposers of one pair and round in a network without a roster, and the signers of
	// one digest there.
	MaxOpenProposers = 64
	// MaxPairs bounds the pairs that one node serves.
	MaxPairs = 32
	// MaxReportBytes bounds an encoded report: MaxSigners attestations of 91 bytes and an observation.
	MaxReportBytes = 96 << 10
	// MaxEvidenceBytes bounds encoded evidence: two reports with one attestation each take 450 bytes.
	MaxEvidenceBytes = 4 << 10
	// MaxHeartbeatBytes bounds an encoded heartbeat: one of today takes about 1 KiB in the largest roster.
	MaxHeartbeatBytes = 4 << 10
	// MaxNoticeIDs bounds the rows that one notice announces.
	MaxNoticeIDs = 2000
	// MaxAuditNotices bounds the notices that one audit covers, and MaxAuditLacking the rows that it found lacking.
	MaxAuditNotices = 256
	MaxAuditLacking = 1000
	// MaxWritingBytes bounds an encoded notice or audit: MaxNoticeIDs ids of 32 bytes, and 1 KiB for the rest.
	MaxWritingBytes = 64 << 10
	// MinForgetAfter is the least time after a round's end during which reports on its digests are still taken; two
	// rounds if that is longer.
	MinForgetAfter = 2 * time.Minute
	// ArchiveAge is for how long nodes keep certificates for each other, unless those are more than MaxArchived.
	ArchiveAge = 24 * time.Hour
	// MaxArchived is how many certificates an archive is made for; what hostile proposers add may make them twice as many.
	MaxArchived = 65_536
)

// PricesTopic returns the name of the topic on which a network's reports travel.
func PricesTopic(network string) string {
	return "/" + Name + "/" + Version + "/" + network + "/prices"
}

// EvidenceTopic returns the name of the topic on which proofs of a network's faults travel.
func EvidenceTopic(network string) string {
	return "/" + Name + "/" + Version + "/" + network + "/evidence"
}

// HeartbeatsTopic returns the name of the topic on which the nodes of a network tell how they are.
func HeartbeatsTopic(network string) string {
	return "/" + Name + "/" + Version + "/" + network + "/heartbeats"
}

// SyncProtocol returns the name of the protocol by which nodes of a network ask each other for what they missed.
func SyncProtocol(network string) string {
	return DHTPrefix(network) + "/sync/1"
}

// NoticesTopic returns the name of the topic on which nodes tell what they wrote to their price store and what they read
// there.
func NoticesTopic(network string) string {
	return "/" + Name + "/" + Version + "/" + network + "/notices"
}

// DHTPrefix returns the protocol prefix that keeps a network's DHT apart from all others.
func DHTPrefix(network string) string {
	return "/" + Name + "/" + network
}
