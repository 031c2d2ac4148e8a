package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// maxTerms bounds the former terms that are kept: those that ended last.
const maxTerms = 16

// Begin notes by which roster and quorum certificates are taken from now on, and returns the former ones, the last first.
// Every certificate of the journal was verified by the present ones or by one of those.
func (j *Journal) Begin(ctx context.Context, roster consensus.Roster, quorum int, now time.Time) (former []consensus.Term, err error) {
	err = j.update(ctx, "write settings to", func(ctx context.Context, tx *sql.Tx) error {
		signers := signersBlob(roster)
		const end = "UPDATE terms SET until = ? WHERE until IS NULL AND NOT (signers = ? AND quorum = ?)"
		if _, err := tx.ExecContext(ctx, end, now.UnixMilli(), signers, quorum); err != nil {
			return err
		}
		if err := putTerm(ctx, tx, signers, quorum, nil); err != nil {
			return err
		}
		former, err = readTerms(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return former, nil
}

// putTerm writes a term in the place of an equal one. Until nil stands for the present one.
func putTerm(ctx context.Context, tx *sql.Tx, signers []byte, quorum int, until *int64) error {
	const put = `INSERT INTO terms (signers, quorum, until) VALUES (?, ?, ?)
		ON CONFLICT (signers, quorum) DO UPDATE SET until = excluded.until`
	if _, err := tx.ExecContext(ctx, put, signers, quorum, until); err != nil {
		return err
	}
	const bound = `DELETE FROM terms WHERE number IN (SELECT number FROM terms
		WHERE until IS NOT NULL ORDER BY until DESC, number DESC LIMIT -1 OFFSET ?)`
	_, err := tx.ExecContext(ctx, bound, maxTerms)
	return err
}

func readTerms(ctx context.Context, tx *sql.Tx) (former []consensus.Term, err error) {
	rows, err := tx.QueryContext(ctx,
		"SELECT signers, quorum, until FROM terms WHERE until IS NOT NULL ORDER BY until DESC, number DESC")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var signers []byte
		var until int64
		var term consensus.Term
		if err := rows.Scan(&signers, &term.Quorum, &until); err != nil {
			return nil, err
		}
		if term.Roster, err = rosterOf(signers); err != nil {
			return nil, err
		}
		term.Until = time.UnixMilli(until).UTC()
		former = append(former, term)
	}
	return former, rows.Err()
}

// signersBlob returns the addresses of a roster one after the other; of the open one nothing.
func signersBlob(roster consensus.Roster) []byte {
	signers := []byte{} // not NULL
	for _, a := range roster.Places() {
		signers = append(signers, a[:]...)
	}
	return signers
}

func rosterOf(signers []byte) (consensus.Roster, error) {
	const size = len(signing.Address{})
	if len(signers)%size != 0 || len(signers) > size*global.MaxSigners {
		return consensus.Roster{}, fmt.Errorf("%w: a roster of %d bytes", global.ErrMalformed, len(signers))
	}
	var addresses []signing.Address
	for ; len(signers) > 0; signers = signers[size:] {
		addresses = append(addresses, signing.Address(signers[:size]))
	}
	return consensus.NewRoster(addresses...), nil
}
