package consensus

import (
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// The field numbers of the messages Heartbeat, Details, Settings and Received (section 3.10). A number is never used again
// for another meaning.
const (
	heartbeatNetwork   = 1
	heartbeatSigner    = 2
	heartbeatStart     = 3
	heartbeatSequence  = 4
	heartbeatClock     = 5
	heartbeatDetails   = 6
	heartbeatSignature = 7

	detailsVersion      = 1
	detailsSettings     = 2
	detailsStore        = 3
	detailsArchiveUntil = 4
	detailsArchive      = 5
	detailsBacklog      = 6
	detailsBacklogAge   = 7
	detailsLastRow      = 8
	detailsQuorums      = 9
	detailsRefusals     = 10
	detailsPeers        = 11
	detailsConnected    = 12
	detailsReceived     = 13
	detailsRefused      = 14

	settingsInterval     = 1
	settingsQuorum       = 2
	settingsProposers    = 3
	settingsMaxDeviation = 4
	settingsSettle       = 5
	settingsFlush        = 6
	settingsSkew         = 7
	settingsMembers      = 8
	settingsRoster       = 9
	settingsPairs        = 10

	receivedUntil  = 1
	receivedRounds = 2
	receivedFirst  = 3
	receivedCounts = 4
)

// Encode returns a signed heartbeat as a protobuf message Heartbeat.
func (h Heartbeat) Encode() []byte {
	b := make([]byte, 0, 192+len(h.details))
	b = appendBytes(b, heartbeatNetwork, []byte(h.Network))
	b = appendBytes(b, heartbeatSigner, h.Signer[:])
	b = appendUint(b, heartbeatStart, uint64(h.Start))
	b = appendUint(b, heartbeatSequence, h.Sequence)
	b = appendUint(b, heartbeatClock, uint64(h.Clock))
	b = appendBytes(b, heartbeatDetails, h.details)
	return appendBytes(b, heartbeatSignature, h.Signature[:])
}

func (d Details) encode() []byte {
	var b []byte
	b = appendSome(b, detailsVersion, []byte(d.Version))
	b = appendSome(b, detailsSettings, d.Settings.encode())
	b = appendSome(b, detailsStore, []byte(d.Store))
	if d.ArchiveUntil > 0 {
		b = appendUint(b, detailsArchiveUntil, uint64(d.ArchiveUntil))
		b = appendBytes(b, detailsArchive, d.Archive[:])
	}
	b = appendUint(b, detailsBacklog, d.Backlog)
	b = appendUint(b, detailsBacklogAge, milliseconds(d.BacklogAge))
	b = appendUint(b, detailsLastRow, uint64(d.LastRow))
	b = appendUint(b, detailsQuorums, d.Quorums)
	b = appendUint(b, detailsRefusals, d.Refusals)
	b = appendUint(b, detailsPeers, d.Peers)
	b = appendSome(b, detailsConnected, d.Connected)
	b = appendSome(b, detailsReceived, d.Received.encode())
	return appendSome(b, detailsRefused, encodeRefused(d.Refused))
}

func (s Settings) encode() []byte {
	if s.Interval == 0 {
		return nil
	}
	var b []byte
	b = appendUint(b, settingsInterval, uint64(s.Interval/time.Second))
	b = appendUint(b, settingsQuorum, s.Quorum)
	b = appendUint(b, settingsProposers, s.Proposers)
	b = appendUint(b, settingsMaxDeviation, s.MaxDeviation)
	b = appendUint(b, settingsSettle, milliseconds(s.Settle))
	b = appendUint(b, settingsFlush, milliseconds(s.Flush))
	b = appendUint(b, settingsSkew, milliseconds(s.Skew))
	b = appendUint(b, settingsMembers, s.Members)
	b = appendBytes(b, settingsRoster, s.Roster[:])
	return appendBytes(b, settingsPairs, s.Pairs[:])
}

func (r Received) encode() []byte {
	if r.Rounds == 0 {
		return nil
	}
	var b, counts []byte
	b = appendUint(b, receivedUntil, uint64(r.Until))
	b = appendUint(b, receivedRounds, uint64(r.Rounds))
	b = appendUint(b, receivedFirst, uint64(r.First))
	for _, n := range r.Counts {
		counts = protowire.AppendVarint(counts, uint64(n))
	}
	return appendSome(b, receivedCounts, counts)
}

// milliseconds returns a duration as it travels; no length of time is negative.
func milliseconds(d time.Duration) uint64 { return uint64(max(0, d.Milliseconds())) }

// appendUint adds a number, unless it is 0.
func appendUint(b []byte, field protowire.Number, value uint64) []byte {
	if value == 0 {
		return b
	}
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), value)
}

// appendSome adds bytes, unless there are none.
func appendSome(b []byte, field protowire.Number, value []byte) []byte {
	if len(value) == 0 {
		return b
	}
	return appendBytes(b, field, value)
}
