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
	// StatementRows and maxBatchBytes bound what one statement or transaction writes: whichever comes first.
	StatementRows = 500
	maxBatchBytes = 8 << 20
	// AttestationBytes is how long an attestation is as JSON, with a comma.
	AttestationBytes = 203
	// maxYear is the last one that all stores, and RFC 3339, can write.
	maxYear = 9999
)

// prepared is a batch of records that one statement or transaction writes, and the rows that no store may take.
type prepared struct {
	records   []record
	malformed []RefusedRow
}

// prepare returns the rows as batches of records, each made while the one before is used: reading the channel must go on to its
// end. They come in the order of their ids, so that writers of the same rows take their locks in the same order and never
// wait for each other in a circle.
func prepare(rows []consensus.Row) <-chan prepared {
	batches := make(chan prepared, 1)
	go func() {
		defer close(batches)
		r := newRecorder()
		rows := slices.SortedStableFunc(slices.Values(rows), func(a, b consensus.Row) int { return bytes.Compare(a.ID[:], b.ID[:]) })
		for len(rows) > 0 {
			n := batch(rows)
			batches <- r.records(rows[:n])
			rows = rows[n:]
		}
	}()
	return batches
}

// batch returns how many of the rows the next batch takes: at least one.
func batch(rows []consensus.Row) int {
	size := 0
	for i, r := range rows[:min(len(rows), StatementRows)] {
		if size += AttestationBytes * len(r.SignData); size > maxBatchBytes && i > 0 {
			return i
		}
	}
	return min(len(rows), StatementRows)
}

// recorder makes records of the rows of one call. It remembers what takes hashing and is the same in most of them: no more
// than is in those rows.
type recorder struct {
	domains   map[string]signing.Domain
	addresses map[signing.Address]string
}

func newRecorder() *recorder {
	return &recorder{domains: make(map[string]signing.Domain), addresses: make(map[signing.Address]string)}
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

func (r *recorder) domain(network string) signing.Domain {
	d, ok := r.domains[network]
	if !ok {
		d = signing.NewDomain(network)
		r.domains[network] = d
	}
	return d
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
	if id := o.Digest(r.domain(row.Network)); id != row.ID {
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
