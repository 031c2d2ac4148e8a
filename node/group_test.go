package node_test

import (
	"context"
	"testing"

	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/node"
)

// size is how many members a cluster has.
const size = 3

// cluster starts a bootstrap node and makes members that all are needed for quorum.
func cluster(t *testing.T) []*member {
	t.Helper()
	var members []*member
	var roster []signing.Address
	for range size {
		m := newMember(t, newKey(t))
		members, roster = append(members, m), append(roster, m.cfg.PrivateKey.Address())
	}
	boot := newMember(t, newKey(t))
	boot.cfg.Signers = roster
	b, err := node.NewBootstrap(boot.cfg, boot.parts())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run of the bootstrap node = %v", err)
		}
	})
	for _, m := range members {
		m.cfg.Signers, m.cfg.MinimumSignerCount = roster, size
		m.cfg.DatabaseURL = members[0].cfg.DatabaseURL
		m.cfg.BootstrapAddr = []peer.AddrInfo{{ID: b.Host().ID(), Addrs: b.Host().Addrs()}}
	}
	return members
}
