package store

import "context"

// Pragma changes a setting of the journal's connection.
func (j *Journal) Pragma(ctx context.Context, setting string) error {
	_, err := j.db.ExecContext(ctx, "PRAGMA "+setting)
	return err
}
