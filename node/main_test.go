package node_test

import (
	"database/sql/driver"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"
	"modernc.org/sqlite"
)

func TestMain(m *testing.M) {
	// Here, for no database is open yet: the driver reads its functions without a lock.
	sqlite.MustRegisterScalarFunction("file_exists", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		_, err := os.Stat(fmt.Sprint(args[0]))
		return err == nil, nil
	})
	goleak.VerifyTestMain(m)
}
