package consensus

import (
	"fmt"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Audit is a reader's signed word that it read the rows of some notices back from their store and verified them, but for
// those that it names (section 3.9). It proves nothing of the store.
type Audit struct {
	Network string
	Store   string // the store's id
	Window  Window
	Auditor signing.Address
	Notices []signing.Digest // what their writers signed; ascending, 1 to global.MaxAuditNotices
	Lacking []signing.Digest // ids of theirs that are not there, or false; ascending, at most global.MaxAuditLacking

	Signature signing.Signature // the auditor's, over Digest
}

// NewAudit returns an audit of these notices. It is not signed yet. Both lists are sorted, with each entry once.
func NewAudit(network, store string, window Window, auditor signing.Address, notices, lacking []signing.Digest) Audit {
	return Audit{
		Network: network, Store: store, Window: window, Auditor: auditor,
		Notices: sortDigests(notices), Lacking: sortDigests(lacking),
	}
}

// Digest returns what the auditor signs: the struct Audit by EIP-712, with the Merkle roots over both lists.
func (a Audit) Digest() signing.Digest {
	return signing.NewDomain(a.Network).Digest(
		signing.TypeWord("Audit(string store,uint64 window,address auditor,bytes32 notices,bytes32 lacking)"),
		signing.StringWord(a.Store), signing.UintWord(uint64(a.Window)), signing.AddressWord(a.Auditor),
		signing.Word(rootOf(a.Notices)), signing.Word(rootOf(a.Lacking)),
	)
}

// check refuses what no honest node sends. Errors wrap global.ErrMalformed.
func (a Audit) check() error {
	if err := checkStore(a.Store, a.Window); err != nil {
		return err
	}
	if len(a.Notices) == 0 {
		return fmt.Errorf("%w: an audit of nothing", global.ErrMalformed)
	}
	if err := checkDigests(a.Notices, global.MaxAuditNotices); err != nil {
		return err
	}
	return checkDigests(a.Lacking, global.MaxAuditLacking)
}
