package consensus

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
	"github.com/gossip-price/gossip-price/global/price"
)

// Row is one row of the table prices: a certificate that can be checked alone. Its JSON is the proof
// that `prices --json` writes and `verify` reads (section 2).
type Row struct {
	ID           signing.Digest
	Network      string
	Pair         price.Pair
	Price        price.Price
	FirstSigner  signing.Address
	SignData     []Attestation
	RoundTime    time.Time // UTC, whole seconds
	ObservedTime time.Time // UTC, whole milliseconds
	// LastSignedTime and CreatedTime are the writer's and the store's word, not covered by signatures.
	LastSignedTime time.Time
	CreatedTime    time.Time
}

// rowJSON is Row with the names of the columns.
type rowJSON struct {
	ID             signing.Digest  `json:"id"`
	Network        string          `json:"network"`
	Pair           price.Pair      `json:"pair"`
	Price          price.Price     `json:"price"`
	FirstSigner    signing.Address `json:"first_signer"`
	SignData       []Attestation   `json:"sign_data"`
	RoundTime      Time            `json:"round_time"`
	ObservedTime   Time            `json:"observed_time"`
	LastSignedTime Time            `json:"lastsigned_time"`
	CreatedTime    *Time           `json:"created_time"` // null: not stored
}

// TimeFormat is how times are written in JSON and in the SQLite store: RFC 3339, UTC, milliseconds.
const TimeFormat = "2006-01-02T15:04:05.000Z"

// Time is an instant that JSON has in TimeFormat.
type Time time.Time

// MarshalText writes the instant in UTC.
func (t Time) MarshalText() ([]byte, error) {
	return []byte(time.Time(t).UTC().Format(TimeFormat)), nil
}

// UnmarshalText reads what MarshalText writes.
func (t *Time) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(TimeFormat, string(text))
	*t = Time(parsed)
	return err
}

// MarshalJSON writes the row with the names of the columns, price as a decimal string, times in TimeFormat. Of what is not
// stored, a certificate's row, created_time is null.
func (r Row) MarshalJSON() ([]byte, error) {
	j := rowJSON{
		r.ID, r.Network, r.Pair, r.Price, r.FirstSigner, r.SignData,
		Time(r.RoundTime), Time(r.ObservedTime), Time(r.LastSignedTime), (*Time)(&r.CreatedTime),
	}
	if r.CreatedTime.IsZero() {
		j.CreatedTime = nil
	}
	return json.Marshal(j)
}

// UnmarshalJSON reads what MarshalJSON writes. It verifies nothing. Errors wrap global.ErrMalformed.
func (r *Row) UnmarshalJSON(b []byte) error {
	var j rowJSON
	if err := json.Unmarshal(b, &j); err != nil {
		return fmt.Errorf("read row: %w: %w", global.ErrMalformed, err)
	}
	*r = Row{
		j.ID, j.Network, j.Pair, j.Price, j.FirstSigner, j.SignData,
		time.Time(j.RoundTime), time.Time(j.ObservedTime), time.Time(j.LastSignedTime),
		time.Time{},
	}
	if j.CreatedTime != nil {
		r.CreatedTime = time.Time(*j.CreatedTime)
	}
	return nil
}

// Observation returns the signed content of the row. Errors wrap global.ErrMalformed.
func (r Row) Observation() (Observation, error) {
	if r.RoundTime.Unix() < 0 || r.ObservedTime.UnixMilli() < 0 {
		return Observation{}, fmt.Errorf("%w: time out of range", global.ErrMalformed)
	}
	o := Observation{
		Pair:       r.Pair,
		Price:      r.Price,
		Round:      Round(r.RoundTime.Unix()),
		ObservedAt: MillisOf(r.ObservedTime),
		Proposer:   r.FirstSigner,
	}
	if !o.Round.Start().Equal(r.RoundTime) || !o.ObservedAt.Time().Equal(r.ObservedTime) {
		return Observation{}, fmt.Errorf("%w: time finer than the digest holds", global.ErrMalformed)
	}
	return o, o.check()
}

// Verify checks the row as a proof that needs nobody's word: the id is the digest of the content, every signature is
// its signer's, the proposer and at least quorum distinct signers are members of the roster. Errors wrap
// global.ErrMalformed, ErrSignature, ErrNotMember or ErrQuorum.
func (r Row) Verify(member func(signing.Address) bool, quorum int) error {
	if err := r.checkContent(); err != nil {
		return err
	}
	if err := r.VerifyQuorum(member, quorum); err != nil {
		return err
	}
	return r.verifyEach(nil)
}

// VerifySignatures checks what needs no roster: the id is the digest of the content, the proposer is the first of distinct
// signers, and every signature is its signer's. Known attestations are of the same id and were found good before: they are not
// recovered again. Errors wrap global.ErrMalformed or ErrSignature.
func (r Row) VerifySignatures(known ...Attestation) error {
	if err := r.checkContent(); err != nil {
		return err
	}
	return r.verifyEach(known)
}

// VerifyQuorum checks that the proposer and at least quorum of the signers are members of a roster; it looks at no
// signature. Errors wrap global.ErrNotMember or ErrQuorum.
func (r Row) VerifyQuorum(member func(signing.Address) bool, quorum int) error {
	if !member(r.FirstSigner) {
		return fmt.Errorf("proposer %s: %w", r.FirstSigner, global.ErrNotMember)
	}
	signers := 0
	for _, a := range r.SignData {
		if member(a.Signer) {
			signers++
		}
	}
	if signers < quorum {
		return fmt.Errorf("%w: %d signers of the roster, want %d", global.ErrQuorum, signers, quorum)
	}
	return nil
}

func (r Row) checkContent() error {
	o, err := r.Observation()
	if err != nil {
		return err
	}
	if id := o.Digest(signing.NewDomain(r.Network)); id != r.ID {
		return fmt.Errorf("%w: the id is not the digest of the content, which is %s", global.ErrMalformed, id)
	}
	return checkAttestations(r.SignData, o.Proposer)
}

func (r Row) verifyEach(known []Attestation) error {
	for _, a := range r.SignData {
		if slices.Contains(known, a) {
			continue
		}
		if err := signing.Verify(r.ID, a.Signer, a.Signature); err != nil {
			return err
		}
	}
	return nil
}
