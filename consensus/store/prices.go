package store

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Prices is a price store. It is safe for concurrent use, and several processes may use the same one.
type Prices interface {
	// Check tells whether the store can be reached and used. Where a table is missing or of another version the error
	// wraps global.ErrSchema and says what to run.
	Check(ctx context.Context) error
	// CheckWrite is Check of who writes: it fails where Insert would fail for every row, since the store can only be read or
	// this user may not write. It writes nothing.
	CheckWrite(ctx context.Context) error
	// ID returns the random id that was made with the store: nodes that see the same one share the store.
	ID(ctx context.Context) (string, error)
	// Insert stores the rows that the store has not got, in the order of their ids, by statements of at most 500 rows and
	// 8 MiB, each of them all or nothing, and returns the ids of the rows that were new. A row that is there already is
	// left as it is. With an error come the ids of the rows that were new before it; to insert all again is right then.
	// Rows that can't be stored, whatever state the store is in, don't keep the others from it: they come in a
	// *RefusedError. Such are a row whose id is not the digest of its content, or has no place in any store
	// (global.ErrMalformed), and one that this store refuses while it takes another. The store sets CreatedTime.
	Insert(ctx context.Context, batch *Batch) (stored []signing.Digest, err error)
	// Read calls take with each row of these ids that is there, at most MaxReadIDs of them, in no order, by one statement.
	// A row whose content can't be read comes with its id alone. It ends with the error that take returns.
	Read(ctx context.Context, ids []signing.Digest, take func(consensus.Row) error) error
	// Latest returns the rows of the newest rounds, newest first, at most MaxRows.
	Latest(ctx context.Context, q Query) ([]consensus.Row, error)
	// After returns the rows that were stored after the cursor, oldest first, at most MaxRows. Rows that several
	// writers store at once may become visible out of order: a Follower reads them all.
	After(ctx context.Context, q Query, c Cursor) ([]consensus.Row, error)
	// Close gives back what the store holds. It waits for calls that are under way.
	Close() error
}

// Open returns the price store that the URL names: postgres://.. (or postgresql://..) or sqlite:FILE. A Postgres server
// need not be there yet: Check tells. An SQLite file is made where there is none, with its folder. Errors wrap
// global.ErrMalformed for the URL and never show its secrets, or global.ErrSchema for a file that is something else.
func Open(ctx context.Context, databaseURL string) (Prices, error) {
	scheme, rest, _ := strings.Cut(databaseURL, ":")
	switch scheme {
	case "postgres", "postgresql":
		return openPostgres(ctx, databaseURL)
	case "sqlite":
		if rest == "" || strings.HasPrefix(rest, "//") || strings.HasPrefix(filepath.Base(rest), ":") {
			return nil, fmt.Errorf("open price store: %w: %q, want sqlite:FILE", global.ErrMalformed, databaseURL)
		}
		return openSQLite(ctx, rest)
	}
	return nil, fmt.Errorf("open price store: %w: want a URL postgres://USER:PASSWORD@HOST:PORT/NAME or sqlite:FILE",
		global.ErrMalformed)
}
