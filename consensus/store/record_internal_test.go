package store

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// The JSON that is written by hand is the one that the proofs have, and as long as the bound of a statement counts it.
func TestSignData(t *testing.T) {
	t.Parallel()
	for n := range 4 {
		attestations := make([]consensus.Attestation, n)
		for i := range attestations {
			attestations[i] = consensus.Attestation{Signer: signing.Address{byte(i), 0xab, 0xcd}, Signature: signing.Signature{1, 2, 0xff, 64: 27}}
		}
		want, err := json.Marshal(attestations)
		if got := newRecorder().signData(attestations); err != nil || got != string(want) || len(got) > AttestationBytes*n+2 {
			t.Errorf("%d signers: %d bytes, %s\nwant %s, %v", n, len(got), got, want, err)
		}
	}
}

// Statements come in the order of the ids, bounded in rows and bytes, and leave nothing out.
func TestBatchStatements(t *testing.T) {
	t.Parallel()
	rows := someRows(t, 1201)
	rows[7].ID[0]++ // not the digest of its content
	many := maxStatementBytes/AttestationBytes + 1
	for i := range 3 {
		rows[100+i].SignData = make([]consensus.Attestation, many)
	}
	var ids []string
	malformed := 0
	for p := range NewBatch(rows).statements() {
		size := 0
		for _, r := range p.records {
			ids, size = append(ids, r.id), size+len(r.signData)
		}
		if malformed += len(p.malformed); len(p.records) > StatementRows || size > maxStatementBytes && len(p.records) > 1 {
			t.Errorf("a statement of %d rows, %d bytes", len(p.records), size)
		}
	}
	if malformed != 1 || len(ids) != 1200 || !slices.IsSorted(ids) {
		t.Errorf("%d malformed, %d others, in order: %t", malformed, len(ids), slices.IsSorted(ids))
	}
}
