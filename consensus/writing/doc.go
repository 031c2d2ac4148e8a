// Package writing decides which of the nodes that share a price store writes to it, and who reads back what was written
// (docs/protocol.md, section 3.9). It does no I/O and has no clock: what it is asked comes with the time.
package writing
