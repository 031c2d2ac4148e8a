package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// salvageBatch is how many certificates go from a damaged journal to the new one at once.
const salvageBatch = 500

// salvage brings what can be read of a damaged journal into a new one.
type salvage struct {
	from         string    // a copy, which is changed
	latest       time.Time // rounds after it are not believed
	round        int64     // the highest that something may have been signed for, in unix seconds
	batch        []consensus.Certificate
	certificates int                           // brought over
	evidence     map[string]consensus.Evidence // by encoding
	peers        []Peer
	terms        []savedTerm
}

// savedTerm is a row of the table terms, past or present.
type savedTerm struct {
	signers []byte
	quorum  int
	until   *int64
}

// take reads the damaged journal: certificates go on to the new one, the rest into memory, where it is bounded. What can't be
// read is left; an error is about anything else.
func (s *salvage) take(ctx context.Context, to *Journal) error {
	s.evidence = make(map[string]consensus.Evidence)
	if err := mendHeader(s.from); err != nil {
		return err
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: s.from}).EscapedPath()+"?_pragma=locking_mode(EXCLUSIVE)")
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	certificate := func(rows *sql.Rows) error { return s.certificate(ctx, rows, to) }
	for _, table := range []struct {
		columns, order string
		take           func(*sql.Rows) error
	}{
		{"id, lastsigned, report FROM outbox", "rowid", certificate},
		{"id, lastsigned, report FROM aside", "rowid", certificate},
		{"evidence FROM evidence", "rowid", s.proof},
		{"id, addrs FROM peers", "position", s.peer},
		{"signers, quorum, until FROM terms", "number", s.term},
		{"round FROM watermark", "single", s.signed},
		{"round FROM proposals", "rowid", s.signed},
		{"round FROM proposals INDEXED BY proposals_round", "round", s.signed},
		{"round FROM cosignatures", "proposer", s.signed},
		{"round FROM cosignatures INDEXED BY cosignatures_round", "round", s.signed},
	} {
		if err := scanTable(ctx, db, table.columns, table.order, table.take); err != nil {
			return err
		}
	}
	return s.keep(ctx, to)
}

// scanTable reads the rows of a table from both ends, as far as they can be read. Rows may come twice. Errors are those of
// take, and what kept a whole file from being read.
func scanTable(ctx context.Context, db *sql.DB, columns, order string, take func(*sql.Rows) error) error {
	for _, direction := range []string{" ASC", " DESC"} {
		err := scanRows(ctx, db, "SELECT "+columns+" ORDER BY "+order+direction, take)
		if err == nil || !ofFile(ctx, err) {
			return err
		}
	}
	return nil
}

var errTake = errors.New("keep what was read")

func scanRows(ctx context.Context, db *sql.DB, query string, take func(*sql.Rows) error) (err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := take(rows); err != nil {
			return fmt.Errorf("%w: %w", errTake, err)
		}
	}
	return rows.Err()
}

// ofFile tells whether the reason lies in the file that is read. A full disk, or a start that is broken off, must not pass for
// a file of which nothing is left.
func ofFile(ctx context.Context, err error) bool {
	switch {
	case ctx.Err() != nil, errors.Is(err, errTake), hasCode(err, sqlite3.SQLITE_FULL):
		return false
	case hasCode(err, sqlite3.SQLITE_IOERR):
		return isDamage(err)
	}
	return true
}

// certificate takes those of which all signatures are good; whose they are was looked at when the certificate came.
func (s *salvage) certificate(ctx context.Context, rows *sql.Rows, to *Journal) error {
	var id, report []byte
	var millis int64
	err := rows.Scan(&id, &millis, &report)
	if err != nil {
		return nil //nolint:nilerr // it can't be read
	}
	c, err := newCertificate(id, millis, report)
	if err == nil {
		err = c.Row().Verify(func(signing.Address) bool { return true }, 1)
	}
	if err != nil {
		return nil //nolint:nilerr // as above
	}
	if s.batch = append(s.batch, c); len(s.batch) < salvageBatch {
		return nil
	}
	return s.keep(ctx, to)
}

// keep brings the certificates of the batch into the new journal.
func (s *salvage) keep(ctx context.Context, to *Journal) error {
	err := to.Keep(ctx, s.batch)
	s.batch = s.batch[:0]
	return err
}

func (s *salvage) proof(rows *sql.Rows) error {
	var encoded []byte
	if rows.Scan(&encoded) == nil && len(s.evidence) < MaxEvidence {
		if e, err := consensus.DecodeEvidence(encoded); err == nil {
			s.evidence[string(encoded)] = e
		}
	}
	return nil
}

func (s *salvage) peer(rows *sql.Rows) error {
	var peer Peer
	var addrs []byte
	if rows.Scan(&peer.ID, &addrs) == nil && json.Unmarshal(addrs, &peer.Addrs) == nil && len(s.peers) < maxPeers {
		s.peers = append(s.peers, peer)
	}
	return nil
}

func (s *salvage) term(rows *sql.Rows) error {
	var term savedTerm
	if rows.Scan(&term.signers, &term.quorum, &term.until) == nil && len(s.terms) < 2*(maxTerms+1) { // from both ends
		if _, err := rosterOf(term.signers); err == nil && term.quorum >= 1 {
			s.terms = append(s.terms, term)
		}
	}
	return nil
}

func (s *salvage) signed(rows *sql.Rows) error {
	var round int64
	if rows.Scan(&round) == nil && round <= s.latest.Unix() {
		s.round = max(s.round, round)
	}
	return nil
}

// mendHeader writes the beginning that every journal has in common, so that a damaged one does not make all unreadable.
func mendHeader(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	// The name of the format, pages of 4096 bytes, write-ahead log, nothing reserved, and three fixed fractions
	// (SQLite, Database File Format, section 1.3).
	_, err = file.WriteAt([]byte("SQLite format 3\x00\x10\x00\x02\x02\x00\x40\x20\x20"), 0)
	return errors.Join(err, file.Close())
}
