// Package vitals judges how a node is: a closed list of checks, each with what it means and what to do. It is handed what a
// look at the node has found, asks nobody by itself, and keeps a check from coming and going at the edge.
package vitals
