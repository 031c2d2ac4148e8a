package store

import "context"

// Pragma changes a setting of the journal's connection.
func (j *Journal) Pragma(ctx context.Context, setting string) error {
	_, err := j.db.ExecContext(ctx, "PRAGMA "+setting)
	return err
}

// MaxWaiting returns the bound of Waiting.
func MaxWaiting() int { return maxWaiting }

// MaxPeers returns the bound of the known peers.
func MaxPeers() int { return maxPeers }

// MaxRefusals returns the bound of the refusals.
func MaxRefusals() int { return maxRefusals }

// RefusalsPruned returns how many refusals one call of Prune forgets.
func RefusalsPruned() int { return refusalsPruned }

// Fault returns what an error of Postgres is about: "store", "row" or "passing".
func Fault(err error) string {
	return map[fault]string{storeFault: "store", rowFault: "row", passingFault: "passing"}[faultOf(err)]
}
