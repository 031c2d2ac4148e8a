package store

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// record is a row with the values that both kinds of store take and give.
type record struct {
	id, network, pair, price, firstSigner, signData string
	round, observed, lastSigned, created            time.Time
}

const (
	// StatementRows and maxStatementBytes bound what one statement or transaction writes: whichever comes first.
	StatementRows     = 500
	maxStatementBytes = 8 << 20
	// AttestationBytes is how long an attestation is as JSON, with a comma.
	AttestationBytes = 203
	// maxYear is the last one that all stores, and RFC 3339, can write.
	maxYear = 9999
)

// prepared is the records that one statement or transaction writes, and the rows that no store may take.
type prepared struct {
	records   []record
	malformed []RefusedRow
}

// Batch is rows for one Insert, in the order of their ids, so that writers of the same rows take their locks in the same order
// and never wait for each other in a circle. What its first statement takes is ready. It may be inserted more than once, by one Insert at
// a time.
type Batch struct {
	rows     []consensus.Row
	recorder *recorder
	first    prepared
	rest     []consensus.Row
}

// NewBatch makes rows ready to be inserted. That takes time, and is best done while the store is busy with the batch before.
func NewBatch(rows []consensus.Row) *Batch {
	b := &Batch{recorder: newRecorder()}
	b.rows = slices.SortedStableFunc(slices.Values(rows), func(x, y consensus.Row) int { return bytes.Compare(x.ID[:], y.ID[:]) })
	b.first, b.rest = b.next(b.rows)
	return b
}

// Len returns how many rows the batch has.
func (b *Batch) Len() int { return len(b.rows) }

// next makes what the next statement takes, and returns the rows that are left.
func (b *Batch) next(rows []consensus.Row) (prepared, []consensus.Row) {
	n := atOnce(rows)
	return b.recorder.records(rows[:n]), rows[n:]
}

// statements gives what each statement takes, made while the one before is under way: reading the channel must go on to its end.
func (b *Batch) statements() <-chan prepared {
	statements := make(chan prepared, 1)
	go func() {
		defer close(statements)
		statements <- b.first
		for rest := b.rest; len(rest) > 0; {
			var p prepared
			p, rest = b.next(rest)
			statements <- p
		}
	}()
	return statements
}

// atOnce returns how many of the rows the next statement takes: at least one, if there is one.
func atOnce(rows []consensus.Row) int {
	size := 0
	for i, r := range rows[:min(len(rows), StatementRows)] {
		if size += AttestationBytes * len(r.SignData); size > maxStatementBytes && i > 0 {
			return i
		}
	}
	return min(len(rows), StatementRows)
}

// recorder makes records of the rows of one batch. It remembers what takes hashing and is the same in most of them: no more
// than is in those rows.
type recorder struct {
	hashers   map[market]consensus.Hasher
	addresses map[signing.Address]string
}

// market is a pair in a network.
type market struct {
	network string
	pair    price.Pair
}

func newRecorder() *recorder {
	return &recorder{hashers: make(map[market]consensus.Hasher), addresses: make(map[signing.Address]string)}
}

func (r *recorder) records(rows []consensus.Row) (p prepared) {
	p.records = make([]record, 0, len(rows))
	for _, row := range rows {
		if record, err := r.record(row); err == nil {
			p.records = append(p.records, record)
		} else {
			p.malformed = append(p.malformed, RefusedRow{row.ID, err})
		}
	}
	return p
}

func (r *recorder) hasher(m market) consensus.Hasher {
	h, ok := r.hashers[m]
	if !ok {
		h = consensus.NewHasher(signing.NewDomain(m.network), m.pair)
		r.hashers[m] = h
	}
	return h
}

func (r *recorder) address(a signing.Address) string {
	text, ok := r.addresses[a]
	if !ok {
		text = a.String()
		r.addresses[a] = text
	}
	return text
}

// signData returns the attestations as JSON.
func (r *recorder) signData(attestations []consensus.Attestation) string {
	text := append(make([]byte, 0, AttestationBytes*len(attestations)+2), '[')
	for i, a := range attestations {
		if i > 0 {
			text = append(text, ',')
		}
		text = append(append(text, `{"signer":"`...), r.address(a.Signer)...)
		text = hex.AppendEncode(append(text, `","signature":"0x`...), a.Signature[:])
		text = append(text, `"}`...)
	}
	return string(append(text, ']'))
}

func (r *recorder) record(row consensus.Row) (record, error) {
	o, err := row.Observation()
	if err != nil {
		return record{}, err
	}
	if id := r.hasher(market{row.Network, row.Pair}).Digest(o); id != row.ID {
		return record{}, fmt.Errorf("%w: the id is not the digest of the content", global.ErrMalformed)
	}
	if strings.ContainsRune(row.Network, 0) { // no text to Postgres, and it would be tried again for ever
		return record{}, fmt.Errorf("%w: network %q", global.ErrMalformed, row.Network)
	}
	if row.LastSignedTime.Unix() < 0 || row.LastSignedTime.UTC().Year() > maxYear {
		return record{}, fmt.Errorf("%w: time of the last signature out of range", global.ErrMalformed)
	}
	return record{
		id: row.ID.String(), network: row.Network, pair: string(row.Pair), price: row.Price.String(),
		firstSigner: r.address(row.FirstSigner), signData: r.signData(row.SignData),
		round: row.RoundTime.UTC(), observed: row.ObservedTime.UTC(),
		lastSigned: row.LastSignedTime.UTC().Truncate(time.Millisecond),
	}, nil
}

// row reads the record back. It verifies no signature. Errors wrap global.ErrMalformed.
func (r record) row() (consensus.Row, error) {
	row := consensus.Row{
		Network: r.network, Pair: price.Pair(r.pair),
		RoundTime: r.round.UTC(), ObservedTime: r.observed.UTC(),
		LastSignedTime: r.lastSigned.UTC(), CreatedTime: r.created.UTC(),
	}
	err := row.ID.UnmarshalText([]byte(r.id))
	if err == nil {
		err = row.Price.UnmarshalText([]byte(r.price))
	}
	if err == nil {
		err = row.FirstSigner.UnmarshalText([]byte(r.firstSigner))
	}
	if err == nil {
		err = json.Unmarshal([]byte(r.signData), &row.SignData)
	}
	if err != nil {
		return consensus.Row{}, fmt.Errorf("read row %s: %w: %w", r.id, global.ErrMalformed, err)
	}
	return row, nil
}

// rowOrID reads the record back, or its id alone if its content is no row's.
func (r record) rowOrID() (consensus.Row, error) {
	if row, err := r.row(); err == nil {
		return row, nil
	}
	id, err := signing.ParseDigest(r.id)
	return consensus.Row{ID: id}, err
}

// idTexts returns ids as the stores have them.
func idTexts(ids []signing.Digest) ([]string, error) {
	if len(ids) > MaxReadIDs {
		return nil, fmt.Errorf("read prices: %w: %d ids, at most %d", global.ErrMalformed, len(ids), MaxReadIDs)
	}
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = id.String()
	}
	return texts, nil
}

// Statements returns by how many statements Insert writes so many rows; rows of many signatures take more.
func Statements(rows int) int { return (rows + StatementRows - 1) / StatementRows }
