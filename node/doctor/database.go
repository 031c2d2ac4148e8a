package doctor

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/config"
	"github.com/gossip-price/gossip-price/migrations"
	"github.com/gossip-price/gossip-price/node/vitals"
)

// notAllowed is the server's code for what its user may not do. A plan makes a schema to compare with, which nodes may not.
const notAllowed = "42501"

// lookAtDatabase reaches the price store, and compares its schema with this version's. An embedded store is not opened: that would
// make it.
func lookAtDatabase(ctx context.Context, p *patient) vitals.Verdict {
	address := p.cfg.StoreURL()
	if file, embedded := config.EmbeddedStore(address); embedded {
		folder, err := existing(filepath.Dir(file))
		if err == nil {
			err = mayWrite(folder)
		}
		if err != nil {
			return vitals.Failing("%s", err)
		}
		return vitals.Well("an embedded store, %s; it makes its own schema", file)
	}
	prices, err := store.Open(ctx, address)
	if err != nil {
		return vitals.Failing("%s", err)
	}
	if err := errors.Join(prices.Check(ctx), prices.Close()); err != nil {
		return vitals.Failing("%s", err)
	}
	statements, err := migrations.Plan(ctx, address, "")
	var answer *pgconn.PgError
	switch {
	case errors.As(err, &answer) && answer.Code == notAllowed:
		return vitals.Well("%s is reached, and its schema does for this version; only its owner can compare it whole, by 'gossip-price migrate --plan'",
			config.RedactURL(address))
	case err != nil:
		return vitals.Warning("it is reached, and its schema does for this version, but can't be compared whole: %s", err)
	case len(statements) > 0:
		return vitals.Warning("it is reached, and its schema does for this version, but is not up to date: a migration would run %d statements",
			len(statements))
	}
	return vitals.Well("%s is reached, and its schema is up to date", config.RedactURL(address))
}

// roleStore is a price store whose user's rights can be read.
type roleStore interface {
	Excess(ctx context.Context) ([]string, error)
	Missing(ctx context.Context) ([]string, error)
}

func lookAtRole(ctx context.Context, p *patient) vitals.Verdict {
	if _, embedded := config.EmbeddedStore(p.cfg.StoreURL()); embedded {
		return vitals.Well("an embedded store has no users")
	}
	prices, err := store.Open(ctx, p.cfg.StoreURL())
	if err != nil {
		return vitals.Failing("%s", err)
	}
	defer func() { _ = prices.Close() }()
	role, ok := prices.(roleStore)
	if !ok {
		return vitals.Well("this store has no users")
	}
	missing, err := role.Missing(ctx)
	if err != nil {
		return vitals.Failing("%s", err)
	}
	if len(missing) > 0 {
		return vitals.Failing("the database user may not do what a node needs: %s", strings.Join(missing, ", "))
	}
	excess, err := role.Excess(ctx)
	switch {
	case err != nil:
		return vitals.Warning("%s", err)
	case len(excess) > 0:
		return vitals.Warning("the database user may do more than a node needs: %s", strings.Join(excess, ", "))
	}
	return vitals.Well("the database user may do what a node needs and no more")
}
