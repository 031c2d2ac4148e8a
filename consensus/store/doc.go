// Package store is where things rest: the price store, in two kinds with one contract (a Postgres table that nodes
// share, or an SQLite file), and the journal, the SQLite file that each node keeps for itself. Package storetest holds
// the contract as tests. Section numbers in comments are those of docs/protocol.md.
package store
