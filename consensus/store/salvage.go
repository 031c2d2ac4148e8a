package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"net/url"
	"os"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// maxSalvaged bounds the certificates that are read from a damaged journal: they are in memory for a moment.
const maxSalvaged = 100_000

// salvaged is what could be read from a damaged journal.
type salvaged struct {
	round        int64 // the highest that something was signed for, in unix seconds
	certificates map[signing.Digest]consensus.Certificate
	evidence     map[string]consensus.Evidence // by encoding
	peers        []Peer
}

// salvage reads what it can from a damaged file, which it changes. Rounds after latest are not believed.
func salvage(ctx context.Context, path string, latest time.Time) salvaged {
	s := salvaged{
		certificates: make(map[signing.Digest]consensus.Certificate), evidence: make(map[string]consensus.Evidence),
	}
	if mendHeader(path) != nil {
		return s
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		return s
	}
	defer func() { _ = db.Close() }()
	db.SetMaxOpenConns(1)
	scanTable(ctx, db, "id, lastsigned, report FROM outbox", "rowid", s.certificate)
	scanTable(ctx, db, "id, lastsigned, report FROM aside", "rowid", s.certificate)
	scanTable(ctx, db, "evidence FROM evidence", "rowid", s.proof)
	scanTable(ctx, db, "id, addrs FROM peers", "position", s.peer)
	for _, rounds := range []struct{ columns, order string }{
		{"round FROM watermark", "single"},
		{"round FROM proposals", "rowid"},
		{"round FROM proposals INDEXED BY proposals_round", "round"},
		{"round FROM cosignatures", "proposer"},
		{"round FROM cosignatures INDEXED BY cosignatures_round", "round"},
	} {
		scanTable(ctx, db, rounds.columns, rounds.order, func(rows *sql.Rows) error {
			var round int64
			if err := rows.Scan(&round); err != nil {
				return err
			}
			if round <= latest.Unix() {
				s.round = max(s.round, round)
			}
			return nil
		})
	}
	return s
}

// scanTable reads the rows of a table from both ends, as far as they can be read. Rows may come twice.
func scanTable(ctx context.Context, db *sql.DB, columns, order string, take func(*sql.Rows) error) {
	for _, direction := range []string{" ASC", " DESC"} {
		if scanRows(ctx, db, "SELECT "+columns+" ORDER BY "+order+direction, take) == nil {
			return
		}
	}
}

func scanRows(ctx context.Context, db *sql.DB, query string, take func(*sql.Rows) error) (err error) {
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		_ = take(rows) // a row that can't be read is left
	}
	return rows.Err()
}

// certificate takes those of which all signatures are good; whose they are was looked at when the certificate came.
func (s *salvaged) certificate(rows *sql.Rows) error {
	var id, report []byte
	var millis int64
	if err := rows.Scan(&id, &millis, &report); err != nil {
		return err
	}
	c, err := newCertificate(id, millis, report)
	if err == nil {
		err = c.Row().Verify(func(signing.Address) bool { return true }, 1)
	}
	if err == nil && len(s.certificates) < maxSalvaged {
		s.certificates[c.ID] = c
	}
	return err
}

func (s *salvaged) proof(rows *sql.Rows) error {
	var encoded []byte
	if err := rows.Scan(&encoded); err != nil {
		return err
	}
	e, err := consensus.DecodeEvidence(encoded)
	if err == nil && len(s.evidence) < MaxEvidence {
		s.evidence[string(encoded)] = e
	}
	return err
}

func (s *salvaged) peer(rows *sql.Rows) error {
	var peer Peer
	var addrs []byte
	if err := rows.Scan(&peer.ID, &addrs); err != nil {
		return err
	}
	if err := json.Unmarshal(addrs, &peer.Addrs); err != nil || len(s.peers) == maxPeers {
		return err
	}
	s.peers = append(s.peers, peer)
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
