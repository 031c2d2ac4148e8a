package postgrestest

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
)

// needBinaries returns the folder with initdb and postgres, or ends the test.
func needBinaries(t testing.TB) string {
	t.Helper()
	bin := findBinaries()
	if bin == "" {
		if testing.Short() {
			t.Skip("no Postgres binaries")
		}
		t.Fatal("no Postgres: set TEST_POSTGRESBIN (folder with initdb and postgres) or TEST_DATABASEURL (a server), " +
			"or install the Debian package postgresql; -short skips these tests")
	}
	return bin
}

// findBinaries returns the folder with initdb and postgres, or nothing.
func findBinaries() string {
	if bin := os.Getenv("TEST_POSTGRESBIN"); bin != "" {
		return bin
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(path)
	}
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb") // errs on a bad pattern only
	slices.SortFunc(found, func(a, b string) int { return version(b) - version(a) })
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[0])
}

// version returns the number in /usr/lib/postgresql/17/bin/initdb, or 0.
func version(initdb string) int {
	n, err := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(initdb))))
	if err != nil {
		return 0
	}
	return n
}
