// Package migrations brings a Postgres database to the schema that schema.hcl describes, by the Atlas library. Changes
// are additive only: whatever would drop or alter what is there is refused. What a user added to the same database, be
// it tables, columns, indexes or checks, is left alone. It can also make the database role of nodes: see package grants.
package migrations
