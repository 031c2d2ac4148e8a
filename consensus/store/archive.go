package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// Archived names a certificate of the archive.
type Archived struct {
	Pair  price.Pair
	Round consensus.Round
	ID    signing.Digest
}

// pruneArchiveBatch bounds the certificates that one call of PruneArchive deletes: others wait for no longer.
const pruneArchiveBatch = 500

const (
	insertArchived = `INSERT INTO archive (id, pair, round, proposer, lastsigned, signers, report, sum)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) `
	// upsertArchived has a certificate with more attestations take the place of the one that is there.
	upsertArchived = insertArchived + `DO UPDATE SET lastsigned = excluded.lastsigned, signers = excluded.signers,
			report = excluded.report, sum = excluded.sum
		WHERE excluded.signers > signers`
)

func archivedValues(c consensus.Certificate, report []byte) []any {
	o := c.Observation
	return []any{
		c.ID[:], string(o.Pair), number(o.Round), o.Proposer[:], c.LastSigned.UnixMilli(), len(c.Attestations), report, sumOf(report),
	}
}

// Adopt takes certificates that were fetched from another node, checked: those that the archive lacks go into it and into
// the outbox, in one transaction. It returns the ids of those, and evidence for each whose place another one has.
func (j *Journal) Adopt(
	ctx context.Context, certificates []consensus.Certificate,
) (adopted []signing.Digest, evidence []consensus.Evidence, err error) {
	err = j.update(ctx, "write fetched certificates to", func(ctx context.Context, tx *sql.Tx) error {
		a, err := prepareAdoption(ctx, tx)
		if err != nil {
			return err
		}
		defer a.close()
		for _, c := range certificates {
			added, rival, err := a.adopt(ctx, c)
			if err != nil {
				return err
			}
			if added {
				adopted = append(adopted, c.ID)
			}
			if rival != nil {
				evidence = append(evidence, consensus.NewEvidence(*rival, c.Report))
			}
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return adopted, evidence, nil
}

// Archive calls take with every certificate of the archive.
func (j *Journal) Archive(ctx context.Context, take func(Archived)) error {
	return j.query(ctx, "read archive of", func(rows *sql.Rows) error {
		var a Archived
		var pair string
		var round int64
		var id []byte
		if err := rows.Scan(&pair, &round, &id); err != nil {
			return err
		}
		if len(id) != len(a.ID) || round < 0 {
			return nil
		}
		a.Pair, a.Round, a.ID = price.Pair(pair), consensus.Round(round), signing.Digest(id)
		take(a)
		return nil
	}, "SELECT pair, round, id FROM archive")
}

// Reports returns the encoded certificates of the archive with the given ids, in their order, as far as they take no more
// than so many bytes: an empty one for each that is not there. Those that were damaged on the disk are forgotten, and
// returned in lost.
func (j *Journal) Reports(ctx context.Context, ids []signing.Digest, room int) (reports [][]byte, lost []Archived, err error) {
	err = j.update(ctx, "read archive of", func(ctx context.Context, tx *sql.Tx) error {
		for _, id := range ids {
			report, whole, err := readArchived(ctx, tx, id)
			if err != nil {
				return err
			}
			if !whole {
				gone, err := forgetArchived(ctx, tx, id)
				if err != nil {
					return err
				}
				lost, report = append(lost, gone), nil
			}
			const frame = 6 // tag and length of a field
			if room -= frame + len(report); room < 0 {
				return nil
			}
			reports = append(reports, report)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return reports, lost, nil
}

// readArchived returns a report, nil if it is not there, and whether it is as it was written.
func readArchived(ctx context.Context, tx *sql.Tx, id signing.Digest) (report []byte, whole bool, err error) {
	var sum int64
	err = tx.QueryRowContext(ctx, "SELECT report, sum FROM archive WHERE id = ?", id[:]).Scan(&report, &sum)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, true, nil
	}
	return report, sum == sumOf(report), err
}

func forgetArchived(ctx context.Context, tx *sql.Tx, id signing.Digest) (Archived, error) {
	a, pair, round := Archived{ID: id}, "", int64(0)
	const forget = "DELETE FROM archive WHERE id = ? RETURNING pair, round"
	err := tx.QueryRowContext(ctx, forget, id[:]).Scan(&pair, &round)
	a.Pair, a.Round = price.Pair(pair), consensus.Round(max(round, 0))
	return a, err
}

// PruneArchive forgets certificates of rounds before the given one, the oldest first, a bounded number at each call, and
// tells whether there may be more. What waits in the outbox stays there.
func (j *Journal) PruneArchive(ctx context.Context, before consensus.Round) (more bool, err error) {
	err = j.update(ctx, "prune archive of", func(ctx context.Context, tx *sql.Tx) error {
		const prune = `DELETE FROM archive WHERE rowid IN (
			SELECT rowid FROM archive WHERE round < ? ORDER BY round LIMIT ?)`
		gone, err := tx.ExecContext(ctx, prune, number(before), pruneArchiveBatch)
		if err != nil {
			return err
		}
		n, err := gone.RowsAffected()
		more = n == pruneArchiveBatch
		return err
	})
	return more, err
}

// Fresh tells whether nothing was ever signed by this journal: it is new, or its file was lost.
func (j *Journal) Fresh(ctx context.Context) (fresh bool, err error) {
	err = j.update(ctx, "read watermark of", func(ctx context.Context, tx *sql.Tx) error {
		const query = `SELECT round = 0 AND NOT EXISTS (SELECT 1 FROM proposals) AND NOT EXISTS (SELECT 1 FROM cosignatures)
			FROM watermark`
		return tx.QueryRowContext(ctx, query).Scan(&fresh)
	})
	return fresh, err
}

// encode returns the certificate's report as it travels.
func encode(c consensus.Certificate) ([]byte, error) {
	report := c.Encode()
	if len(report) > global.MaxReportBytes {
		return nil, fmt.Errorf("certificate %s: %w: %d bytes", c.ID, global.ErrMalformed, len(report))
	}
	return report, nil
}
