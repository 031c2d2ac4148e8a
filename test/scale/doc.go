// Package scale tells what prices cost in networks of up to 1000 nodes: its tests simulate them, the package itself makes a table and
// charts of what they measured. scripts/simulate.sh runs it.
package scale
