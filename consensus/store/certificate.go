package store

import (
	"fmt"
	"hash/crc32"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// sumOf returns the CRC-32C of an encoded report.
func sumOf(report []byte) int64 {
	return int64(crc32.Checksum(report, crc32.MakeTable(crc32.Castagnoli)))
}

func newCertificate(id []byte, millis int64, report []byte) (consensus.Certificate, error) {
	r, err := consensus.DecodeReport(report)
	if err == nil {
		err = checkID(id)
	}
	if err != nil {
		return consensus.Certificate{}, err
	}
	return consensus.Certificate{
		ID: signing.Digest(id), Report: r, LastSigned: time.UnixMilli(millis).UTC(),
	}, nil
}

func checkID(id []byte) error {
	if len(id) != len(signing.Digest{}) {
		return fmt.Errorf("%w: id of %d bytes", global.ErrMalformed, len(id))
	}
	return nil
}
