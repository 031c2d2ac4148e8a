// Package story remembers what a node has seen of each price, so that one can ask later what became of it and why. It does no
// I/O and has no clock of its own.
package story
