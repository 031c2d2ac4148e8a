// Package load pushes a network of five nodes on loopback as far as it is told, and compares what a price costs there with
// what its parts cost alone.
package load
