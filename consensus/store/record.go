package store

import (
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
	// maxBatchRows and maxBatchBytes bound what one statement or transaction writes: whichever comes first.
	maxBatchRows  = 500
	maxBatchBytes = 8 << 20
	// maxYear is the last one that all stores, and RFC 3339, can write.
	maxYear = 9999
)

// records returns the rows as records in the order of their ids, so that writers of the same rows take their locks in
// the same order and never wait for each other in a circle, and the rows that no store may take.
func records(rows []consensus.Row) (all []record, malformed []RefusedRow) {
	for _, row := range rows {
		r, err := newRecord(row)
		if err != nil {
			malformed = append(malformed, RefusedRow{row.ID, err})
			continue
		}
		all = append(all, r)
	}
	slices.SortStableFunc(all, func(a, b record) int { return strings.Compare(a.id, b.id) })
	return all, malformed
}

// batch returns how many of the records the next batch takes: at least one.
func batch(all []record) int {
	bytes := 0
	for i, r := range all[:min(len(all), maxBatchRows)] {
		if bytes += len(r.signData); bytes > maxBatchBytes && i > 0 {
			return i
		}
	}
	return min(len(all), maxBatchRows)
}

func newRecord(row consensus.Row) (record, error) {
	o, err := row.Observation()
	if err != nil {
		return record{}, err
	}
	if id := o.Digest(signing.NewDomain(row.Network)); id != row.ID {
		return record{}, fmt.Errorf("%w: the id is not the digest of the content", global.ErrMalformed)
	}
	if strings.ContainsRune(row.Network, 0) { // no text to Postgres, and it would be tried again for ever
		return record{}, fmt.Errorf("%w: network %q", global.ErrMalformed, row.Network)
	}
	if row.LastSignedTime.Unix() < 0 || row.LastSignedTime.UTC().Year() > maxYear {
		return record{}, fmt.Errorf("%w: time of the last signature out of range", global.ErrMalformed)
	}
	signData, err := json.Marshal(row.SignData)
	if err != nil {
		return record{}, fmt.Errorf("%w: %w", global.ErrMalformed, err)
	}
	return record{
		id: row.ID.String(), network: row.Network, pair: string(row.Pair), price: row.Price.String(),
		firstSigner: row.FirstSigner.String(), signData: string(signData),
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
