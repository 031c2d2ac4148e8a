package consensus

import (
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/global"
)

// Heartbeat is what a member tells of itself from time to time, signed (section 3.10).
type Heartbeat struct {
	Network   string
	Signer    signing.Address
	Start     Millis // of this life of the node, by its clock: tells its lives apart
	Sequence  uint64 // within the life, from 1
	Clock     Millis // of the signer, when it was sent
	Details   Details
	Signature signing.Signature

	details []byte // as they were signed, with the fields of later versions
}

// heartbeatType is the EIP-712 type of a heartbeat.
const heartbeatType = "Heartbeat(address signer,uint64 start,uint64 sequence,uint64 clock,bytes details)"

// Sign returns the heartbeat with the key's address and signature, and with the details as they are now. Its errors are
// those of signing.Key.Sign.
func (h Heartbeat) Sign(key signing.Key) (Heartbeat, error) {
	h.Signer, h.details = key.Address(), h.Details.encode()
	var err error
	h.Signature, err = key.Sign(h.Digest(signing.NewDomain(h.Network)))
	return h, err
}

// Digest returns the EIP-712 signing hash of a heartbeat that was signed or decoded, in a network's domain.
func (h Heartbeat) Digest(domain signing.Domain) signing.Digest {
	return domain.Digest(
		signing.TypeWord(heartbeatType),
		signing.AddressWord(h.Signer),
		signing.UintWord(uint64(h.Start)),
		signing.UintWord(h.Sequence),
		signing.UintWord(uint64(h.Clock)),
		signing.Word(crypto.Keccak256Hash(h.details)), // EIP-712: bytes are represented by their keccak256
	)
}

// newer tells whether the heartbeat is a later one than another of its signer.
func (h Heartbeat) newer(other Heartbeat) bool {
	if h.Start != other.Start {
		return h.Start > other.Start
	}
	return h.Sequence > other.Sequence
}

func (h Heartbeat) check() error {
	if h.Start == 0 || h.Start > maxMillis || h.Clock == 0 || h.Clock > maxMillis || h.Sequence == 0 {
		return fmt.Errorf("%w: time or sequence out of range", global.ErrMalformed)
	}
	return nil
}

// Details are what a heartbeat says beside who sent it and when. What a node does not know is zero.
type Details struct {
	Version  string // of the program; at most MaxLabel printable ASCII characters
	Settings Settings
	Store    string // the price store's id; at most MaxLabel printable ASCII characters

	ArchiveUntil Round    // the last round that Archive stands for; 0: there is no archive
	Archive      [32]byte // fingerprint of the certificates that the node can give to others

	Backlog    uint64        // certificates that wait for the price store
	BacklogAge time.Duration // of the oldest of them; whole milliseconds
	LastRow    Round         // of the last price that this node knows to be stored

	Quorums  uint64 // prices that reached quorum on the node, since its start
	Refusals uint64 // prices that it refused to co-sign, since its start

	Peers     uint64 // peers of the prices topic
	Connected []byte // those that are members: a bit each, by their place in the roster, the lowest bit of a byte first
	Received  Received

	Refused []RefusedPrice // the newest that it refused to co-sign, of the last rounds; at most MaxRefused, the newest last
}

// Received tells how many prices of other members have come to a node, by gossip, in its last rounds: for as many
// members as one message holds. The next message has the next ones.
type Received struct {
	Until  Round    // the last round that is counted
	Rounds int      // how many rounds are counted; 0: none
	First  int      // the place in the roster of the first member that is counted
	Counts []uint16 // at most MaxReceived: prices of that member and those behind it
}

// MaxReceived bounds the members that one heartbeat counts prices of.
const MaxReceived = 256

// Connects tells whether the node has the member at a place in the roster as a peer.
func (d Details) Connects(place int) bool {
	return place/8 < len(d.Connected) && d.Connected[place/8]&(1<<(place%8)) != 0
}

// Connect notes that the member at a place in the roster is a peer.
func (d *Details) Connect(place int) {
	for place/8 >= len(d.Connected) {
		d.Connected = append(d.Connected, 0)
	}
	d.Connected[place/8] |= 1 << (place % 8)
}
