package consensus

import (
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// The field numbers of the messages Writing, Notice and Audit (section 3.9). Notice and Audit share those of what they share.
const (
	fieldNotice = 1
	fieldAudit  = 2

	fieldWritingNetwork   = 1
	fieldStore            = 2
	fieldWindow           = 3
	fieldAuthor           = 4
	fieldDigests          = 5 // of a notice: the ids; of an audit: the notices
	fieldLacking          = 6
	fieldWritingSignature = 7

	noticeFields fieldSet = 1<<fieldWritingNetwork | 1<<fieldStore | 1<<fieldWindow | 1<<fieldAuthor | 1<<fieldDigests |
		1<<fieldWritingSignature
	auditFields = noticeFields | 1<<fieldLacking
)

// Writing is what travels on the topic of notices: a notice or an audit, and the other one nil.
type Writing struct {
	Notice *Notice
	Audit  *Audit
}

// Encode returns the notice as a protobuf message Writing. Equal notices have equal bytes.
func (n Notice) Encode() []byte {
	b := appendWriting(n.Network, n.Store, n.Window, n.Writer, n.IDs)
	return appendBytes(nil, fieldNotice, appendBytes(b, fieldWritingSignature, n.Signature[:]))
}

// Encode returns the audit as a protobuf message Writing. Equal audits have equal bytes.
func (a Audit) Encode() []byte {
	b := appendWriting(a.Network, a.Store, a.Window, a.Auditor, a.Notices)
	b = appendBytes(b, fieldLacking, joinDigests(a.Lacking))
	return appendBytes(nil, fieldAudit, appendBytes(b, fieldWritingSignature, a.Signature[:]))
}

func appendWriting(network, store string, window Window, author signing.Address, digests []signing.Digest) []byte {
	b := make([]byte, 0, 256+32*len(digests))
	b = appendBytes(b, fieldWritingNetwork, []byte(network))
	b = appendBytes(b, fieldStore, []byte(store))
	b = protowire.AppendTag(b, fieldWindow, protowire.VarintType)
	b = protowire.AppendVarint(b, uint64(window))
	b = appendBytes(b, fieldAuthor, author[:])
	return appendBytes(b, fieldDigests, joinDigests(digests))
}

func joinDigests(list []signing.Digest) []byte {
	b := make([]byte, 0, 32*len(list))
	for _, d := range list {
		b = append(b, d[:]...)
	}
	return b
}

// DecodeWriting reads a protobuf message Writing of at most global.MaxWritingBytes, as strictly as DecodeReport. It
// verifies no signature. Errors wrap global.ErrMalformed or global.ErrSignature.
func DecodeWriting(b []byte) (Writing, error) {
	if len(b) > global.MaxWritingBytes {
		return Writing{}, fmt.Errorf("decode writing: %w: %d bytes", global.ErrMalformed, len(b))
	}
	var w Writing
	_, err := fields(b, func(f field) error {
		switch f.number {
		case fieldNotice:
			w.Notice = new(Notice)
			return f.notice(w.Notice)
		case fieldAudit:
			w.Audit = new(Audit)
			return f.audit(w.Audit)
		}
		return nil
	}, 1<<fieldNotice|1<<fieldAudit)
	if err == nil && (w.Notice == nil) == (w.Audit == nil) {
		err = fmt.Errorf("%w: want one of notice and audit", global.ErrMalformed)
	}
	if err != nil {
		return Writing{}, fmt.Errorf("decode writing: %w", err)
	}
	return w, nil
}

func (f field) notice(n *Notice) error {
	err := f.writing(noticeFields, func(f field) error {
		return f.shared(&n.Network, &n.Store, &n.Window, &n.Writer, &n.IDs, global.MaxNoticeIDs, &n.Signature)
	})
	if err != nil {
		return err
	}
	return n.check()
}

func (f field) audit(a *Audit) error {
	err := f.writing(auditFields, func(f field) error {
		if f.number == fieldLacking {
			return f.digests(&a.Lacking, global.MaxAuditLacking)
		}
		return f.shared(&a.Network, &a.Store, &a.Window, &a.Auditor, &a.Notices, global.MaxAuditNotices, &a.Signature)
	})
	if err != nil {
		return err
	}
	return a.check()
}

// writing reads an embedded message that has every field of want exactly once.
func (f field) writing(want fieldSet, take func(field) error) error {
	b, err := f.raw()
	if err != nil {
		return err
	}
	seen, err := fields(b, take, want)
	if err == nil && seen&want != want {
		err = fmt.Errorf("%w: a field is missing", global.ErrMalformed)
	}
	return err
}

// shared reads a field that notices and audits both have.
func (f field) shared(
	network, store *string, window *Window, author *signing.Address, digests *[]signing.Digest, most int, s *signing.Signature,
) (err error) {
	switch f.number {
	case fieldWritingNetwork:
		*network, err = f.text()
	case fieldStore:
		*store, err = f.storeID()
	case fieldWindow:
		err = f.uint((*uint64)(window))
	case fieldAuthor:
		err = f.fixed(author[:])
	case fieldDigests:
		err = f.digests(digests, most)
	case fieldWritingSignature:
		var b []byte
		if b, err = f.raw(); err == nil {
			*s, err = signing.SignatureFromBytes(b)
		}
	}
	return err
}

func (f field) storeID() (string, error) {
	b, err := f.raw()
	if err == nil && len(b) > maxStoreID {
		err = fmt.Errorf("%w: store id of %d bytes", global.ErrMalformed, len(b))
	}
	return string(b), err
}

func (f field) digests(dst *[]signing.Digest, most int) error {
	b, err := f.raw()
	if err == nil && (len(b)%32 != 0 || len(b) > 32*most) {
		err = fmt.Errorf("%w: %d bytes of ids, want at most %d times 32", global.ErrMalformed, len(b), most)
	}
	if err != nil {
		return err
	}
	list := make([]signing.Digest, len(b)/32)
	for i := range list {
		list[i] = signing.Digest(b[32*i:])
	}
	*dst = list
	return nil
}
