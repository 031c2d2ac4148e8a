package consensus

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/global"
)

// The field numbers of the message Evidence (section 3.8).
const (
	fieldFirst  = 1
	fieldSecond = 2

	fieldEvidenceAttempt = 3

	evidenceOnce fieldSet = 1<<fieldFirst | 1<<fieldSecond
)

// Encode returns the evidence as a protobuf message Evidence. Equal evidence has equal bytes.
func (e Evidence) Encode() []byte {
	return appendBytes(appendBytes(nil, fieldFirst, e.First.Encode()), fieldSecond, e.Second.Encode())
}

// EncodeAgain returns the evidence with an attempt number that no reader looks at, as Report.EncodeAgain does.
func (e Evidence) EncodeAgain(attempt uint64) []byte {
	b := protowire.AppendTag(e.Encode(), fieldEvidenceAttempt, protowire.VarintType)
	return protowire.AppendVarint(b, attempt)
}

// DecodeEvidence reads a protobuf message Evidence of at most global.MaxEvidenceBytes, as strictly as DecodeReport. It
// verifies no signature. Errors wrap global.ErrMalformed or global.ErrSignature.
func DecodeEvidence(b []byte) (Evidence, error) {
	if len(b) > global.MaxEvidenceBytes {
		return Evidence{}, fmt.Errorf("decode evidence: %w: %d bytes", global.ErrMalformed, len(b))
	}
	var e Evidence
	seen, err := fields(b, func(f field) error {
		switch f.number {
		case fieldFirst:
			return f.report(&e.First)
		case fieldSecond:
			return f.report(&e.Second)
		}
		return nil
	}, evidenceOnce)
	if err == nil && seen&evidenceOnce != evidenceOnce {
		err = fmt.Errorf("%w: a report is missing", global.ErrMalformed)
	}
	if err == nil {
		err = e.check()
	}
	if err != nil {
		return Evidence{}, fmt.Errorf("decode evidence: %w", err)
	}
	return e, nil
}

func (f field) report(dst *Report) error {
	b, err := f.raw()
	if err == nil {
		*dst, err = decodeReport(b)
	}
	return err
}
