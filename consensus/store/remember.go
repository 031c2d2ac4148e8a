package store

import (
	"context"
	"database/sql"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// Remember keeps what a signer, whose journal this is, has signed according to reports that others had kept: all of it or, with an
// error, nothing: by part of it the journal of a lost data folder would not be Fresh any more. It returns the ids that were not known.
// A place of which something else is kept, or that is at or below the watermark, stays as it is: nothing is signed there.
func (j *Journal) Remember(
	ctx context.Context, signer signing.Address, reports []consensus.Report,
) (added []signing.Digest, err error) {
	err = j.update(ctx, "write signatures to", func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range reports {
			o := r.Observation
			id := o.Digest(signing.NewDomain(r.Network))
			statement, arguments := j.insertCosignature, []any{o.Proposer[:], string(o.Pair), number(o.Round), id[:]}
			if o.Proposer == signer {
				statement, arguments = j.insertProposal, []any{string(o.Pair), number(o.Round), r.Alone().Encode()}
			}
			fresh, err := insert(ctx, tx.StmtContext(ctx, statement), arguments...)
			if err != nil {
				return err
			}
			if fresh {
				added = append(added, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return added, nil
}
