package global

import "errors"

// The errors that cross package borders. They are wrapped with the action and the value at fault; match them with
// errors.Is.
var (
	// ErrMalformed is returned by every decoder and parser of protocol data for input that breaks its format.
	ErrMalformed = errors.New("malformed")
	// ErrSignature is returned when a signature has a wrong form or does not belong to the signer that it claims.
	ErrSignature = errors.New("bad signature")
	// ErrNotMember is returned when a signer is not in the roster.
	ErrNotMember = errors.New("signer not in the roster")
	// ErrQuorum is returned when fewer distinct signers than the quorum stand behind a price.
	ErrQuorum = errors.New("quorum not reached")
	// ErrDoubleSign is returned by the journal when a signature would be the second one for a place: another proposal
	// for a pair and round, another digest of one proposer for a pair and round, or a round at or below the watermark.
	ErrDoubleSign = errors.New("already signed for this round")
	// ErrSchema is returned by a store whose tables are missing or of an unknown version.
	ErrSchema = errors.New("unusable schema")
	// ErrInUse is returned when another process holds the node's data folder.
	ErrInUse = errors.New("in use by another process")
)
