package store

import (
	"context"
	"database/sql"
)

// maxNotes bounds the notes that wait to be told: of more the newest are kept.
const maxNotes = 1000

// TakeNotes returns what the journal has to tell whoever runs the node, each note once: certificates that were set aside,
// and a damaged file that was replaced. They are on disk until then, so that a crash makes none silent.
func (j *Journal) TakeNotes(ctx context.Context) (notes []string, err error) {
	err = j.query(ctx, "read notes from", func(rows *sql.Rows) error {
		var note string
		if err := rows.Scan(&note); err != nil {
			return err
		}
		notes = append(notes, note)
		return nil
	}, "DELETE FROM notes RETURNING note")
	if err != nil {
		return nil, err
	}
	return notes, nil
}

// note adds a note to those that wait.
func note(ctx context.Context, tx *sql.Tx, text string) error {
	if _, err := tx.ExecContext(ctx, "INSERT INTO notes (note) VALUES (?)", text); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM notes WHERE number <= (SELECT max(number) FROM notes) - ?", maxNotes)
	return err
}
