// Package postgrestest gives tests a real Postgres server, each test a database of its own. The server is, in this
// order: the one that TEST_DATABASEURL names, on which the user may create databases and roles; one of its own, by the binaries
// in the folder that TEST_POSTGRESBIN names, in PATH, or in /usr/lib/postgresql/*/bin, the highest version first. Where
// there is none a test fails; with -short it is skipped.
package postgrestest
