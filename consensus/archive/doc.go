// Package archive finds out which certificates one node holds and another lacks, at a cost of the differences and not of
// what is held (docs/protocol.md, section 3.11). It compares fingerprints of ranges of rounds, descends where they differ,
// and asks for what is missing. It does no I/O: who asks and who answers is the caller's.
package archive
