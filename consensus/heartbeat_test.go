package consensus_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common/math"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/signer/core/apitypes"
	"pgregory.net/rapid"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
)

// detailsOf returns the details of an encoded heartbeat as they stand on the wire.
func detailsOf(t failer, message []byte) []byte {
	t.Helper()
	for _, f := range split(t, message) {
		if f.number == 6 {
			return attestationOf(f)
		}
	}
	t.Fatalf("no details")
	return nil
}

// typedHeartbeat is a heartbeat as any wallet would be asked to sign it (section 3.10).
func typedHeartbeat(t failer, h consensus.Heartbeat) apitypes.TypedData {
	t.Helper()
	number := func(v uint64) *math.HexOrDecimal256 { return (*math.HexOrDecimal256)(new(big.Int).SetUint64(v)) }
	return apitypes.TypedData{
		Types: apitypes.Types{
			"EIP712Domain": {{Name: "name", Type: "string"}, {Name: "version", Type: "string"}, {Name: "salt", Type: "bytes32"}},
			"Heartbeat": {
				{Name: "signer", Type: "address"},
				{Name: "start", Type: "uint64"},
				{Name: "sequence", Type: "uint64"},
				{Name: "clock", Type: "uint64"},
				{Name: "details", Type: "bytes"},
			},
		},
		PrimaryType: "Heartbeat",
		Domain:      apitypes.TypedDataDomain{Name: "gossip-price", Version: "1", Salt: crypto.Keccak256Hash([]byte(h.Network)).Hex()},
		Message: apitypes.TypedDataMessage{
			"signer": h.Signer.String(), "start": number(uint64(h.Start)), "sequence": number(h.Sequence),
			"clock": number(uint64(h.Clock)), "details": detailsOf(t, h.Encode()),
		},
	}
}

// heartbeats draws signed heartbeats with anything in them.
func heartbeats() *rapid.Generator[consensus.Heartbeat] {
	label := rapid.StringMatching(`[ -~]{0,64}`)
	fingerprint := func(t *rapid.T) [8]byte { return [8]byte(rapid.SliceOfN(rapid.Byte(), 8, 8).Draw(t, "fingerprint")) }
	millis := rapid.Uint64Range(1, lastMillis)
	length := rapid.Map(rapid.IntRange(0, 1_000_000), func(n int) time.Duration { return time.Duration(n) * time.Millisecond })
	rounds := rapid.Map(rapid.Uint64Range(0, lastRound), func(n uint64) consensus.Round { return consensus.Round(n) })
	return rapid.Custom(func(t *rapid.T) consensus.Heartbeat {
		d := consensus.Details{
			Version: label.Draw(t, "version"), Store: label.Draw(t, "store"),
			Backlog: rapid.Uint64().Draw(t, "backlog"), BacklogAge: length.Draw(t, "age"), LastRow: rounds.Draw(t, "row"),
			Quorums: rapid.Uint64().Draw(t, "quorums"), Refusals: rapid.Uint64().Draw(t, "refusals"), Peers: rapid.Uint64().Draw(t, "peers"),
		}
		if rapid.Bool().Draw(t, "settings told") {
			d.Settings = consensus.Settings{
				Interval: time.Duration(rapid.IntRange(1, 86400).Draw(t, "interval")) * time.Second, Quorum: rapid.Uint64().Draw(t, "quorum"),
				Proposers: rapid.Uint64().Draw(t, "proposers"), MaxDeviation: rapid.Uint64().Draw(t, "deviation"), Settle: length.Draw(t, "settle"),
				Flush: length.Draw(t, "flush"), Skew: length.Draw(t, "skew"), Members: rapid.Uint64().Draw(t, "members"),
				Roster: fingerprint(t), Pairs: fingerprint(t),
			}
		}
		if rapid.Bool().Draw(t, "archive") {
			d.ArchiveUntil = consensus.Round(rapid.Uint64Range(1, lastRound).Draw(t, "until"))
			d.Archive = [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "archive"))
		}
		for _, place := range rapid.SliceOf(rapid.IntRange(0, 1023)).Draw(t, "connected") {
			d.Connect(place)
		}
		if rapid.Bool().Draw(t, "received") {
			d.Received = consensus.Received{
				Until: rounds.Draw(t, "until"), Rounds: rapid.IntRange(1, 65535).Draw(t, "rounds"), First: rapid.IntRange(0, 1023).Draw(t, "first"),
			}
			if counts := rapid.SliceOfN(rapid.Uint16(), 0, consensus.MaxReceived).Draw(t, "counts"); len(counts) > 0 {
				d.Received.Counts = counts
			}
		}
		for range rapid.IntRange(0, consensus.MaxRefused).Draw(t, "refused") {
			reasons := append(consensus.Refusals(), consensus.RefusedUnknown)
			d.Refused = append(d.Refused, consensus.RefusedPrice{ID: fingerprint(t), Reason: rapid.SampledFrom(reasons).Draw(t, "reason")})
		}
		h, err := consensus.Heartbeat{
			Network: rapid.StringMatching(`[a-z0-9][a-z0-9-]{0,31}`).Draw(t, "network"), Start: consensus.Millis(millis.Draw(t, "start")),
			Sequence: rapid.Uint64Range(1, 1<<64-1).Draw(t, "sequence"), Clock: consensus.Millis(millis.Draw(t, "clock")), Details: d,
		}.Sign(makeKeys(t, 1)[0])
		if err != nil {
			t.Fatalf("Sign = %v", err)
		}
		return h
	})
}

func TestHeartbeatAgainstTypedData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		h := heartbeats().Draw(t, "heartbeat")
		want, _, err := apitypes.TypedDataAndHash(typedHeartbeat(t, h))
		got := h.Digest(signing.NewDomain(h.Network))
		if err != nil || signing.Digest(want) != got {
			t.Fatalf("Digest = %s, apitypes has %x, %v", got, want, err)
		}
		if err := signing.Verify(got, h.Signer, h.Signature); err != nil {
			t.Fatal(err)
		}
	})
}

// heartbeatVector is one test vector of testdata/heartbeat.json.
type heartbeatVector struct {
	PrivateKey string            `json:"privateKey"` // a public development key of Anvil and Hardhat
	Network    string            `json:"network"`
	Signer     signing.Address   `json:"signer"`
	Start      consensus.Millis  `json:"start"`
	Sequence   uint64            `json:"sequence"`
	Clock      consensus.Millis  `json:"clock"`
	Details    string            `json:"details"` // hex
	StructHash string            `json:"structHash"`
	Digest     signing.Digest    `json:"digest"`
	Signature  signing.Signature `json:"signature"`
	Heartbeat  string            `json:"heartbeat"` // the encoded message, hex
}

// sampleHeartbeat is one of a network of four, every detail told, with the given refusals.
func sampleHeartbeat(t failer, privateKey string, refused ...consensus.RefusedPrice) consensus.Heartbeat {
	t.Helper()
	w := newWorld(t, 4)
	d := consensus.Details{
		Version: "v1.2.3", Settings: w.policy.Settings(settle), Store: "QX3ZLQ5L7T2K6EBUO2UZXEGZ4M",
		ArchiveUntil: round - 1200, Archive: [32]byte{31: 1}, Backlog: 3, BacklogAge: 31 * time.Second, LastRow: round - 600,
		Quorums: 40, Refusals: 2, Peers: 3, Connected: []byte{0b1011},
		Received: consensus.Received{Until: round - 600, Rounds: 16, Counts: []uint16{16, 15, 0, 300}},
		Refused:  refused,
	}
	k, err := signing.ParseKey(privateKey)
	if err != nil {
		t.Fatalf("ParseKey = %v", err)
	}
	h, err := consensus.Heartbeat{
		Network: network, Start: consensus.MillisOf(at(-time.Hour)), Sequence: 241, Clock: consensus.MillisOf(at(1500 * time.Millisecond)), Details: d,
	}.Sign(k)
	if err != nil {
		t.Fatalf("Sign = %v", err)
	}
	return h
}

// sampleRefused are refusals by all reasons, the last of them one that this version does not know.
func sampleRefused() (list []consensus.RefusedPrice) {
	for i, reason := range append(consensus.Refusals(), consensus.RefusedUnknown) {
		list = append(list, consensus.RefusedPrice{ID: consensus.ShortID{0: 0x1a, 7: byte(i)}, Reason: reason})
	}
	return list
}

func TestHeartbeatVector(t *testing.T) {
	t.Parallel()
	checkHeartbeatVector(t, "testdata/heartbeat.json", nil)
	checkHeartbeatVector(t, "testdata/heartbeat_refused.json", sampleRefused())
}

func checkHeartbeatVector(t *testing.T, name string, refused []consensus.RefusedPrice) {
	t.Helper()
	h := sampleHeartbeat(t, "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", refused...)
	data := typedHeartbeat(t, h)
	digest, _, err := apitypes.TypedDataAndHash(data)
	if err != nil {
		t.Fatal(err)
	}
	structHash, err := data.HashStruct("Heartbeat", data.Message)
	if err != nil {
		t.Fatal(err)
	}
	encoded := h.Encode()
	got := append(marshal(t, heartbeatVector{
		PrivateKey: "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80", Network: h.Network, Signer: h.Signer,
		Start: h.Start, Sequence: h.Sequence, Clock: h.Clock, Details: "0x" + hex.EncodeToString(detailsOf(t, encoded)),
		StructHash: structHash.String(), Digest: signing.Digest(digest), Signature: h.Signature, Heartbeat: "0x" + hex.EncodeToString(encoded),
	}), '\n')
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("made now:\n%s\nin the file:\n%s", got, want)
	}
	var v heartbeatVector
	if err := json.Unmarshal(want, &v); err != nil {
		t.Fatal(err)
	}
	if err := signing.Verify(v.Digest, v.Signer, v.Signature); err != nil {
		t.Error(err)
	}
}
