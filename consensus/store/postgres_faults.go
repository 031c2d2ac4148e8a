package store

import (
	"errors"

	"github.com/jackc/pgx/v5/pgconn"
)

// fault is what an error of Postgres is about, and so what to do.
type fault int

const (
	// storeFault concerns every row: the rows wait. It is anything that is not one of the others, such as no connection,
	// 08 (connection), 25006 (read-only), 28 (who may log in), 42 (tables and rights), 53 (resources, connections), 55
	// (locks), 57 (shut down, cancelled, starting), 58 and XX (a broken server).
	storeFault fault = iota
	// rowFault concerns one row: the others are written without it. It is 22 (a value), 23 (a constraint), 54 (a limit of
	// the server, such as an index entry that is too long) and P0 (raised by a trigger).
	rowFault
	// passingFault is over when the statement is run again at once: 40001 (serialisation) and 40P01 (deadlock).
	passingFault
)

// maxPassing bounds how often a statement is run for passing faults.
const maxPassing = 5

// faultOf reads the error by its SQLSTATE (PostgreSQL documentation, appendix A).
func faultOf(err error) fault {
	var answer *pgconn.PgError
	if !errors.As(err, &answer) || len(answer.Code) != 5 {
		return storeFault
	}
	switch answer.Code {
	case "40001", "40P01":
		return passingFault
	}
	switch answer.Code[:2] {
	case "22", "23", "54", "P0":
		return rowFault
	}
	return storeFault
}

// isReadOnly tells whether the server does not write: a standby, or what was the primary.
func isReadOnly(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == "25006"
}
