package consensus

import (
	"bytes"
	"fmt"
	"time"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

const (
	heartbeatOnce fieldSet = 1<<heartbeatNetwork | 1<<heartbeatSigner | 1<<heartbeatStart | 1<<heartbeatSequence |
		1<<heartbeatClock | 1<<heartbeatDetails | 1<<heartbeatSignature
	detailsOnce  fieldSet = 1<<(detailsRefused+1) - 2
	settingsOnce fieldSet = 1<<(settingsPairs+1) - 2
	receivedOnce fieldSet = 1<<(receivedCounts+1) - 2
)

// DecodeHeartbeat reads a protobuf message Heartbeat of at most global.MaxHeartbeatBytes. Its own fields must all be
// there, once; of the details, which a later version may change, only what is there must have its type and length.
// Unknown fields are skipped in all messages; those of the details count for the signature. It verifies no signature.
// Errors wrap global.ErrMalformed or global.ErrSignature.
func DecodeHeartbeat(b []byte) (Heartbeat, error) {
	if len(b) > global.MaxHeartbeatBytes {
		return Heartbeat{}, fmt.Errorf("decode heartbeat: %w: %d bytes", global.ErrMalformed, len(b))
	}
	var h Heartbeat
	seen, err := fields(b, h.take, heartbeatOnce)
	if err == nil && seen&heartbeatOnce != heartbeatOnce {
		err = fmt.Errorf("%w: a field is missing", global.ErrMalformed)
	}
	if err == nil {
		err = h.check()
	}
	if err != nil {
		return Heartbeat{}, fmt.Errorf("decode heartbeat: %w", err)
	}
	return h, nil
}

func (h *Heartbeat) take(f field) (err error) {
	switch f.number {
	case heartbeatNetwork:
		h.Network, err = f.text()
	case heartbeatSigner:
		err = f.fixed(h.Signer[:])
	case heartbeatStart:
		err = f.uint((*uint64)(&h.Start))
	case heartbeatSequence:
		err = f.uint(&h.Sequence)
	case heartbeatClock:
		err = f.uint((*uint64)(&h.Clock))
	case heartbeatDetails:
		var b []byte
		if b, err = f.raw(); err == nil {
			h.details = bytes.Clone(b)
			err = h.Details.decode(b)
		}
	case heartbeatSignature:
		var b []byte
		if b, err = f.raw(); err == nil {
			h.Signature, err = signing.SignatureFromBytes(b)
		}
	}
	return err
}

func (d *Details) decode(b []byte) error {
	seen, err := fields(b, d.take, detailsOnce)
	const archive = fieldSet(1<<detailsArchiveUntil | 1<<detailsArchive)
	switch {
	case err != nil:
		return err
	case seen&archive != 0 && (seen&archive != archive || d.ArchiveUntil == 0):
		return fmt.Errorf("%w: half an archive", global.ErrMalformed)
	case d.ArchiveUntil > maxRound || d.LastRow > maxRound:
		return fmt.Errorf("%w: round out of range", global.ErrMalformed)
	}
	return nil
}

func (d *Details) take(f field) (err error) {
	switch f.number {
	case detailsVersion:
		d.Version, err = f.label()
	case detailsSettings:
		err = f.message(d.Settings.take, settingsOnce)
	case detailsStore:
		d.Store, err = f.label()
	case detailsArchiveUntil:
		err = f.uint((*uint64)(&d.ArchiveUntil))
	case detailsArchive:
		err = f.fixed(d.Archive[:])
	case detailsBacklog:
		err = f.uint(&d.Backlog)
	case detailsBacklogAge:
		err = f.duration(&d.BacklogAge, time.Millisecond)
	case detailsLastRow:
		err = f.uint((*uint64)(&d.LastRow))
	case detailsQuorums:
		err = f.uint(&d.Quorums)
	case detailsRefusals:
		err = f.uint(&d.Refusals)
	case detailsPeers:
		err = f.uint(&d.Peers)
	case detailsConnected:
		d.Connected, err = f.members()
	case detailsReceived:
		err = f.message(d.Received.take, receivedOnce)
	case detailsRefused:
		d.Refused, err = f.refused()
	}
	return err
}
