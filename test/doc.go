// Package test holds the tests of the whole: the arrows between packages, the documents against the code, clusters in
// virtual time, and the command line as a process.
package test
