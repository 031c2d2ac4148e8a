package archive

import (
	"fmt"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// DecodeRequest reads a message SyncRequest of at most MaxRequestBytes: it must ask for no more than one thing, within the
// bounds. Unknown fields are skipped: a later version may ask for what this one does not know. Errors wrap global.ErrMalformed.
func DecodeRequest(b []byte) (Request, error) {
	var r Request
	if len(b) > MaxRequestBytes {
		return r, fmt.Errorf("decode request: %w: %d bytes", global.ErrMalformed, len(b))
	}
	var live uint64
	err := fields(b, func(f field) (err error) {
		switch f.number {
		case fieldInterval:
			r.Interval, err = f.uint()
		case fieldFrom:
			err = f.round(&r.Span.From)
		case fieldUntil:
			err = f.round(&r.Span.Until)
		case fieldBuckets:
			var bucket Bucket
			bucket, err = f.bucket()
			r.Buckets = append(r.Buckets, bucket)
		case fieldRounds:
			var round Round
			round, err = f.pairRound()
			r.Rounds = append(r.Rounds, round)
		case fieldIDs:
			r.IDs, err = f.digests(r.IDs, 1)
		case fieldLive:
			live, err = f.uint()
		}
		return err
	})
	r.Live = live == 1
	if err == nil {
		err = r.check()
	}
	if err != nil {
		return Request{}, fmt.Errorf("decode request: %w", err)
	}
	return r, nil
}

func (r *Request) check() error {
	asked := 0
	for _, is := range []bool{len(r.Buckets) > 0, len(r.Rounds) > 0, len(r.IDs) > 0, r.Live} {
		if is {
			asked++
		}
	}
	switch {
	case asked > 1 || r.Interval == 0:
		return fmt.Errorf("%w: %d things asked for at an interval of %d s", global.ErrMalformed, asked, r.Interval)
	case len(r.Buckets) > MaxBuckets || len(r.Rounds) > MaxRounds || len(r.IDs) > MaxIDs:
		return fmt.Errorf("%w: too much is asked for", global.ErrMalformed)
	}
	return nil
}

// DecodeResponse reads a message SyncResponse of at most MaxResponseBytes. It does not look into reports. Unknown fields
// are skipped. Errors wrap global.ErrMalformed.
func DecodeResponse(b []byte) (Response, error) {
	var r Response
	if len(b) > MaxResponseBytes {
		return r, fmt.Errorf("decode response: %w: %d bytes", global.ErrMalformed, len(b))
	}
	err := fields(b, func(f field) error {
		switch f.number {
		case fieldChildren:
			c, err := f.children()
			r.Buckets = append(r.Buckets, c)
			return err
		case fieldHeld:
			ids, err := f.digests(nil, maxRoundIDs)
			r.Rounds = append(r.Rounds, ids)
			return err
		case fieldReports:
			report, err := f.raw(global.MaxReportBytes)
			r.Reports = append(r.Reports, report)
			return err
		}
		return nil
	})
	if err != nil {
		return Response{}, fmt.Errorf("decode response: %w", err)
	}
	return r, nil
}

func (f field) bucket() (bucket Bucket, err error) {
	b, err := f.raw(maxNested)
	if err != nil {
		return Bucket{}, err
	}
	err = fields(b, func(f field) (err error) {
		switch f.number {
		case fieldPair:
			bucket.Pair, err = f.pair()
		case fieldLevel:
			bucket.Level, err = f.uint()
		case fieldIndex:
			bucket.Index, err = f.uint()
		}
		return err
	})
	if err == nil && (bucket.Pair == "" || bucket.Level < 1 || bucket.Level > levels || bucket.Index > maxIndex) {
		err = fmt.Errorf("%w: no such bucket", global.ErrMalformed)
	}
	return bucket, err
}

func (f field) pairRound() (round Round, err error) {
	b, err := f.raw(maxNested)
	if err != nil {
		return Round{}, err
	}
	err = fields(b, func(f field) (err error) {
		switch f.number {
		case fieldPair:
			round.Pair, err = f.pair()
		case fieldRound:
			err = f.round(&round.Round)
		}
		return err
	})
	if err == nil && round.Pair == "" {
		err = fmt.Errorf("%w: a pair is missing", global.ErrMalformed)
	}
	return round, err
}

func (f field) round(dst *consensus.Round) error {
	v, err := f.uint()
	if err == nil && v > maxIndex {
		err = fmt.Errorf("%w: time out of range", global.ErrMalformed)
	}
	*dst = consensus.Round(v)
	return err
}

func (f field) pair() (price.Pair, error) {
	b, err := f.raw(maxNested)
	if err != nil {
		return "", err
	}
	return price.ParsePair(string(b))
}

// digests appends ids: those of one field must ascend.
func (f field) digests(ids []signing.Digest, most int) ([]signing.Digest, error) {
	b, err := f.raw(most * len(signing.Digest{}))
	if err != nil {
		return nil, err
	}
	if len(b)%len(signing.Digest{}) != 0 {
		return nil, fmt.Errorf("%w: ids of %d bytes", global.ErrMalformed, len(b))
	}
	for before := (*signing.Digest)(nil); len(b) > 0; b = b[len(signing.Digest{}):] {
		id := signing.Digest(b[:len(signing.Digest{})])
		if before != nil && compareIDs(*before, id) >= 0 {
			return nil, fmt.Errorf("%w: ids repeated or out of order", global.ErrMalformed)
		}
		ids, before = append(ids, id), &id
	}
	return ids, nil
}

func (f field) children() (Children, error) {
	b, err := f.raw(2 + fan*len(Fingerprint{}))
	if err != nil {
		return Children{}, err
	}
	return childrenOf(b)
}
