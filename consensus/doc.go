// Package consensus is the protocol as a pure state machine: what a node observes, which reports it believes, when it
// co-signs and when a price has its quorum. It does no I/O and has no clock: every decision takes the time as an
// argument. Section numbers in comments are those of docs/protocol.md.
package consensus
