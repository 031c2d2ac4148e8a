package consensus_test

import (
	"errors"
	"math/big"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

const aWindow consensus.Window = 1_763_812_800_000

func someIDs(n int) []signing.Digest {
	ids := make([]signing.Digest, n)
	for i := range ids {
		ids[i] = signing.Digest{byte(i >> 8), byte(i), 7}
	}
	return ids
}

func signedNotice(t *testing.T, ids []signing.Digest) (consensus.Notice, signing.Key) {
	t.Helper()
	key, err := signing.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	n := consensus.NewNotice("net", "STOREOFTWENTYSIXLETTERSABC", aWindow, key.Address(), ids)
	if n.Signature, err = key.Sign(n.Digest()); err != nil {
		t.Fatal(err)
	}
	return n, key
}

// The digests are those of go-ethereum's EIP-712, so any wallet's library can check them.
func TestWritingDigests(t *testing.T) {
	t.Parallel()
	n, key := signedNotice(t, someIDs(5))
	domain := apitypes.TypedDataDomain{Name: "gossip-price", Version: "1", Salt: hexutil.Encode(crypto.Keccak256([]byte("net")))}
	domainType := []apitypes.Type{{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "salt", Type: "bytes32"}}
	window := (*math.HexOrDecimal256)(new(big.Int).SetUint64(uint64(aWindow)))
	root := func(list []signing.Digest) string { r := consensus.RootOf(list); return hexutil.Encode(r[:]) }
	typed := apitypes.TypedData{
		Types: apitypes.Types{"EIP712Domain": domainType, "Notice": {
			{Name: "store", Type: "string"},
			{Name: "window", Type: "uint64"},
			{Name: "writer", Type: "address"},
			{Name: "count", Type: "uint64"},
			{Name: "root", Type: "bytes32"},
		}},
		PrimaryType: "Notice", Domain: domain,
		Message: apitypes.TypedDataMessage{
			"store": n.Store, "window": window, "writer": key.Address().String(), "count": math.NewHexOrDecimal256(5), "root": root(n.IDs),
		},
	}
	want, _, err := apitypes.TypedDataAndHash(typed)
	if got := n.Digest(); err != nil || hexutil.Encode(want) != got.String() {
		t.Errorf("notice: %s, go-ethereum has %x, %v", got, want, err)
	}
	a := consensus.NewAudit("net", n.Store, aWindow, key.Address(), []signing.Digest{n.Digest()}, n.IDs[:2])
	typed.Types["Audit"] = []apitypes.Type{
		{Name: "store", Type: "string"},
		{Name: "window", Type: "uint64"},
		{Name: "auditor", Type: "address"},
		{Name: "notices", Type: "bytes32"},
		{Name: "lacking", Type: "bytes32"},
	}
	typed.PrimaryType = "Audit"
	typed.Message = apitypes.TypedDataMessage{
		"store": n.Store, "window": window, "auditor": key.Address().String(), "notices": root(a.Notices), "lacking": root(a.Lacking),
	}
	want, _, err = apitypes.TypedDataAndHash(typed)
	if got := a.Digest(); err != nil || hexutil.Encode(want) != got.String() {
		t.Errorf("audit: %s, go-ethereum has %x, %v", got, want, err)
	}
}

func TestWritingRoundTrip(t *testing.T) {
	t.Parallel()
	for _, count := range []int{0, 1, 2, global.MaxNoticeIDs} {
		n, _ := signedNotice(t, someIDs(count))
		got, err := consensus.DecodeWriting(n.Encode())
		if err != nil || got.Audit != nil || !reflect.DeepEqual(*got.Notice, n) {
			t.Errorf("%d ids: %v", count, err)
		}
	}
	full := consensus.NewAudit("net", "s", aWindow, signing.Address{1}, someIDs(global.MaxAuditNotices), someIDs(global.MaxAuditLacking))
	full.Signature[31], full.Signature[63], full.Signature[64] = 1, 1, 27
	got, err := consensus.DecodeWriting(full.Encode())
	if err != nil || got.Notice != nil || !reflect.DeepEqual(*got.Audit, full) {
		t.Errorf("audit: %v", err)
	}
}

// Decoding refuses whatever an honest node does not send.
func TestWritingIsStrict(t *testing.T) {
	t.Parallel()
	good, key := signedNotice(t, someIDs(3))
	audit := consensus.NewAudit("net", "s", aWindow, key.Address(), someIDs(2), nil)
	audit.Signature = good.Signature
	notice := func(spoil func(*consensus.Notice)) []byte {
		n := good
		n.IDs = slices.Clone(n.IDs)
		spoil(&n)
		return n.Encode()
	}
	spoiltAudit := func(spoil func(*consensus.Audit)) []byte {
		a := audit
		spoil(&a)
		return a.Encode()
	}
	for name, b := range map[string][]byte{
		"nothing":         nil,
		"both":            append(good.Encode(), audit.Encode()...),
		"twice":           append(good.Encode(), good.Encode()...),
		"cut":             good.Encode()[:100],
		"order":           notice(func(n *consensus.Notice) { slices.Reverse(n.IDs) }),
		"repeated":        notice(func(n *consensus.Notice) { n.IDs[1] = n.IDs[0] }),
		"too many":        notice(func(n *consensus.Notice) { n.IDs = someIDs(global.MaxNoticeIDs + 1) }),
		"no store":        notice(func(n *consensus.Notice) { n.Store = "" }),
		"long store":      notice(func(n *consensus.Notice) { n.Store = string(make([]byte, 65)) }),
		"far window":      notice(func(n *consensus.Notice) { n.Window = 1 << 62 }),
		"high s":          notice(func(n *consensus.Notice) { n.Signature[32] = 0xff }),
		"v":               notice(func(n *consensus.Notice) { n.Signature[64] = 1 }),
		"audit of none":   spoiltAudit(func(a *consensus.Audit) { a.Notices = nil }),
		"too many audits": spoiltAudit(func(a *consensus.Audit) { a.Notices = someIDs(global.MaxAuditNotices + 1) }),
		"too many lack":   spoiltAudit(func(a *consensus.Audit) { a.Lacking = someIDs(global.MaxAuditLacking + 1) }),
		"too long":        make([]byte, global.MaxWritingBytes+1),
	} {
		if _, err := consensus.DecodeWriting(b); !errors.Is(err, global.ErrMalformed) && !errors.Is(err, global.ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	later := protowire.AppendVarint(protowire.AppendTag(good.Encode(), 30, protowire.VarintType), 7)
	if _, err := consensus.DecodeWriting(later); err != nil {
		t.Errorf("a field of a later version: %v", err)
	}
}

// An announcement proves without the other ids that the writer announced one, and nothing else.
func TestAnnouncement(t *testing.T) {
	t.Parallel()
	n, _ := signedNotice(t, someIDs(100))
	a, err := n.Announcement(n.IDs[42])
	if err != nil || a.Verify() != nil || len(a.Path) != 7 {
		t.Fatalf("%d hashes, %v, %v", len(a.Path), err, a.Verify())
	}
	for name, spoil := range map[string]func(*consensus.Announcement){
		"id":      func(a *consensus.Announcement) { a.ID[5]++ },
		"index":   func(a *consensus.Announcement) { a.Index++ },
		"count":   func(a *consensus.Announcement) { a.Count++ },
		"store":   func(a *consensus.Announcement) { a.Store += "x" },
		"network": func(a *consensus.Announcement) { a.Network = "other" },
		"window":  func(a *consensus.Announcement) { a.Window = consensus.Time(time.Time(a.Window).Add(time.Second)) },
		"writer":  func(a *consensus.Announcement) { a.Writer[0]++ },
		"path":    func(a *consensus.Announcement) { a.Path = a.Path[1:] },
	} {
		bad := a
		bad.Path = slices.Clone(a.Path)
		if spoil(&bad); bad.Verify() == nil {
			t.Errorf("%s: it holds", name)
		}
	}
	if _, err := n.Announcement(signing.Digest{1, 2, 3}); err == nil {
		t.Error("an id that is not in the notice")
	}
}
