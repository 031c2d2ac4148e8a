package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

const (
	// maxPeers bounds the known peers, and maxPeerAddrs the addresses of each: the first ones are kept.
	maxPeers     = 1024
	maxPeerAddrs = 16
)

// Peer is a peer that the node was connected with.
type Peer struct {
	ID    string   // libp2p peer ID
	Addrs []string // multiaddrs without /p2p/ID, at most 16 are kept
}

// SavePeers replaces the known peers by these, of which the first maxPeers are kept.
func (j *Journal) SavePeers(ctx context.Context, peers []Peer) error {
	return j.update(ctx, "write peers to", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM peers"); err != nil {
			return err
		}
		for position, peer := range peers[:min(len(peers), maxPeers)] {
			addrs, err := json.Marshal(peer.Addrs[:min(len(peer.Addrs), maxPeerAddrs)])
			if err != nil {
				return err
			}
			const insert = "INSERT INTO peers (id, position, addrs) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
			if _, err := tx.ExecContext(ctx, insert, peer.ID, position, string(addrs)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Peers returns the known peers in the order in which they were saved.
func (j *Journal) Peers(ctx context.Context) (peers []Peer, err error) {
	err = j.query(ctx, "read peers from", func(rows *sql.Rows) error {
		var peer Peer
		var addrs []byte
		if err := rows.Scan(&peer.ID, &addrs); err != nil {
			return err
		}
		if err := json.Unmarshal(addrs, &peer.Addrs); err != nil {
			return fmt.Errorf("peer %s: %w", peer.ID, err)
		}
		peers = append(peers, peer)
		return nil
	}, "SELECT id, addrs FROM peers ORDER BY position")
	if err != nil {
		return nil, err
	}
	return peers, nil
}
