package grants_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/migrations/grants"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The faults of the environment: TestEnvironment must not run beside others, for a process has one environment.
func TestEnvironment(t *testing.T) {
	t.Setenv("PGUSER", "somebody")
	t.Setenv("PGPASSWORD", "hunter2")
	const owner = "postgres://postgres@h/d"
	for address, want := range map[string]string{
		"postgres://h/d":                               "names no user",
		"postgres://:pw@h/d":                           "names no user",
		"postgres://h/d?user=&password=x":              "names no user",
		"postgres://nodes@h/d":                         "has no password",
		"postgres://nodes:@h/d":                        "has no password",
		"postgres://nodes:pw@h/d?password=":            "has no password",
		"postgres:///d?host=h&user=nodes&password=a+b": "has no password", // a plus sign to Postgres, a space to others
	} {
		if _, err := grants.Parse(owner, address); !errors.Is(err, grants.ErrUnfit) || !strings.Contains(err.Error(), want) {
			t.Errorf("Parse(%s) = %v, want %s", address, err, want)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	const tcp, socket = "postgres://postgres:own@db:5432/prices", "postgres:///prices?host=/run/pg&user=postgres"
	for _, c := range []struct{ owner, node, want string }{
		{tcp, "postgres://nodes:hunter2@db/prices", ""},
		{tcp, "postgresql://nodes:hunter2@DB:5432/prices?sslmode=verify-full&connect_timeout=3", ""},
		{tcp, "postgres:///prices?host=db&user=nodes&password=hunter2", ""},
		{socket, "postgres://nodes:hunter2@localhost/prices", ""},
		{tcp, "postgres://nodes:hunter2@/prices?host=/run/pg", ""},
		{tcp + "?search_path=apart", "postgres://nodes:hunter2@db/prices?search_path=apart", ""},
		{tcp, "postgres://postgres:hunter2@db/prices", `"postgres" is the user who owns the tables`},
		{socket, "postgres://postgres:hunter2@localhost/prices", "owns the tables"},
		{tcp, "postgres://nodes:hunter2@db2/prices", "it leads to db2:5432/prices, GP_DATABASEURL to db:5432/prices"},
		{tcp, "postgres://nodes:hunter2@db:5433/prices", "want the same host, port and database"},
		{tcp, "postgres://nodes:hunter2@db/price", "want the same host, port and database"},
		{socket, "postgres:///prices?host=/tmp&user=nodes&password=hunter2", "want the same host"},
		{tcp, "postgres://nodes:hunter2@db/prices?search_path=apart", "search_path"},
		{tcp, "postgres://nodes:hunter2%C3%A9@db/prices", "printable ASCII"},
		{tcp, "postgres://nodes:hunter2%0A@db/prices", "printable ASCII"},
		{tcp, "postgres://nodes:hunter2%7F@db/prices", "printable ASCII"},
		{tcp, "postgres://" + strings.Repeat("n", 64) + ":hunter2@db/prices", "64 bytes"},
	} {
		_, err := grants.Parse(c.owner, c.node)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("Parse(%s, %s) = %v", c.owner, c.node, err)
		case c.want != "" && (!errors.Is(err, grants.ErrUnfit) || !strings.Contains(err.Error(), c.want)):
			t.Errorf("Parse(%s, %s) = %v, want %s", c.owner, c.node, err, c.want)
		case err != nil && strings.Contains(err.Error(), "hunter2"):
			t.Errorf("the error shows the password: %v", err)
		}
	}
}

func TestParseMalformed(t *testing.T) {
	t.Parallel()
	const good = "postgres://nodes:pw@db/prices"
	for _, bad := range []string{"postgres://nodes:hunter2 @db/prices", "postgres://nodes:1#hunter2@db/prices", "postgres://n:hunter2@db/p?sslmode=x"} {
		for _, pair := range [][2]string{{bad, good}, {good, bad}} {
			if _, err := grants.Parse(pair[0], pair[1]); !errors.Is(err, global.ErrMalformed) || strings.Contains(err.Error(), "hunter2") {
				t.Errorf("Parse(%q) = %v", pair, err)
			}
		}
	}
}
