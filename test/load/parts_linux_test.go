package load_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/jackc/pgx/v5"
	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/p2p/muxer/yamux"
	"github.com/libp2p/go-libp2p/p2p/security/noise"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
)

// parts are the CPU times of what nobody can do without, each done alone by the library that does it in a node.
type parts struct {
	sign, recover time.Duration // of one signature
	message       time.Duration // published once, on all hosts together
	insert        time.Duration // of one row, in the process that sends it
	journal       time.Duration // of a price, in the journals of all nodes
}

// repeats is how often each part is measured, in turns, for the machine has moods; the median counts.
const repeats = 5

func measureParts(t *testing.T, databaseURL string, burst, batch int) parts {
	t.Helper()
	var all [5][]time.Duration
	hosts := startBare(t)
	for range repeats {
		made, recovered := signatures(t)
		for i, d := range []time.Duration{made, recovered, hosts.cost(t, messageBytes, burst), inserts(t, databaseURL, batch), journals(t, burst/nodes)} {
			all[i] = append(all[i], d)
		}
	}
	for i := range all {
		slices.Sort(all[i])
	}
	return parts{all[0][repeats/2], all[1][repeats/2], all[2][repeats/2], all[3][repeats/2], all[4][repeats/2]}
}

func signatures(t *testing.T) (made, recovered time.Duration) {
	t.Helper()
	const count = 1000
	key, err := crypto.GenerateKey()
	if err != nil {
		t.Fatal(err)
	}
	digest := crypto.Keccak256([]byte(t.Name()))
	var signature []byte
	began := used(t)
	for range count {
		if signature, err = crypto.Sign(digest, key); err != nil {
			t.Fatal(err)
		}
	}
	signed := used(t)
	for range count {
		if _, err := crypto.Ecrecover(digest, signature); err != nil {
			t.Fatal(err)
		}
	}
	return (signed - began) / count, (used(t) - signed) / count
}

// bare are as many hosts as the network has nodes, with gossipsub and nothing else.
type bare struct {
	topics   []*pubsub.Topic
	received atomic.Int64
}

func startBare(t *testing.T) *bare {
	t.Helper()
	b := &bare{}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	var hosts []host.Host
	for range nodes {
		h, err := libp2p.New(libp2p.ListenAddrStrings("/ip4/127.0.0.1/tcp/0"), libp2p.Transport(tcp.NewTCPTransport),
			libp2p.Security(noise.ID, noise.New), libp2p.Muxer(yamux.ID, yamux.DefaultTransport),
			libp2p.DisableRelay(), libp2p.DisableMetrics(), libp2p.ForceReachabilityPublic())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = h.Close() })
		hosts = append(hosts, h)
		ps, err := pubsub.NewGossipSub(ctx, h, pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign), pubsub.WithNoAuthor(),
			pubsub.WithMessageIdFn(func(m *pb.Message) string { sum := sha256.Sum256(m.GetData()); return string(sum[:]) }),
			pubsub.WithValidateQueueSize(1024), pubsub.WithPeerOutboundQueueSize(1024))
		if err != nil {
			t.Fatal(err)
		}
		if err := ps.RegisterTopicValidator("bare", func(context.Context, peer.ID, *pubsub.Message) bool {
			b.received.Add(1)
			return true
		}); err != nil {
			t.Fatal(err)
		}
		topic, err := ps.Join("bare")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := topic.Relay(); err != nil {
			t.Fatal(err)
		}
		b.topics = append(b.topics, topic)
	}
	for i, h := range hosts {
		for _, other := range hosts[:i] {
			if err := h.Connect(ctx, peer.AddrInfo{ID: other.ID(), Addrs: other.Addrs()}); err != nil {
				t.Fatal(err)
			}
		}
	}
	await(t, 30*time.Second, "bare hosts see each other", func() bool {
		return !slices.ContainsFunc(b.topics, func(topic *pubsub.Topic) bool { return len(topic.ListPeers()) < nodes-1 })
	})
	<-time.After(2 * time.Second) // two heartbeats: the mesh
	return b
}

// cost publishes bursts, by all hosts in turns, as a round does. The own validator is asked too.
func (b *bare) cost(t *testing.T, size, burst int) time.Duration {
	t.Helper()
	bursts := max(1, 1000/burst)
	data := make([]byte, size)
	b.received.Store(0)
	began := used(t)
	for i := range bursts * burst {
		_, _ = rand.Read(data)
		if err := b.topics[i%nodes].Publish(t.Context(), slices.Clone(data)); err != nil {
			t.Fatal(err)
		}
		if sent := i + 1; sent%burst == 0 {
			await(t, 30*time.Second, "bare messages arrive", func() bool { return b.received.Load() == int64(sent*nodes) })
		}
	}
	return (used(t) - began) / time.Duration(bursts*burst)
}

// inserts writes rows as a flush does, by the driver alone.
func inserts(t *testing.T, databaseURL string, batch int) time.Duration {
	t.Helper()
	const count = 1000
	conn, err := pgx.Connect(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	const statement = `INSERT INTO bare SELECT id, network, pair, price::numeric, first_signer, sign_data::jsonb, round_time,
		observed_time, lastsigned_time FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
		$7::timestamptz[], $8::timestamptz[], $9::timestamptz[]) AS r (id, network, pair, price, first_signer, sign_data, round_time,
		observed_time, lastsigned_time) ON CONFLICT (id) DO NOTHING RETURNING id`
	if _, err := conn.Exec(t.Context(), `CREATE TABLE IF NOT EXISTS bare (id text PRIMARY KEY, network text, pair text, price numeric,
		first_signer text, sign_data jsonb, round_time timestamptz, observed_time timestamptz, lastsigned_time timestamptz)`); err != nil {
		t.Fatal(err)
	}
	signatures := strings.Repeat(fmt.Sprintf(`{"signer":"0x%040x","signature":"0x%0130x"},`, 1, 1), quorum)
	var took time.Duration
	for done := 0; done < count; done += batch {
		var texts [6][]string
		var times [3][]time.Time
		for range batch {
			var id [32]byte
			_, _ = rand.Read(id[:])
			for i, s := range []string{
				"0x" + hex.EncodeToString(id[:]), "load", "P1-USD", "3270.54", fmt.Sprintf("0x%040x", 1), "[" + signatures[:len(signatures)-1] + "]",
			} {
				texts[i] = append(texts[i], s)
			}
			for i := range times {
				times[i] = append(times[i], time.Now().UTC().Truncate(time.Millisecond))
			}
		}
		began := used(t)
		rows, err := conn.Query(t.Context(), statement,
			texts[0], texts[1], texts[2], texts[3], texts[4], texts[5], times[0], times[1], times[2])
		if err != nil {
			t.Fatal(err)
		}
		if ids, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(ids) != batch {
			t.Fatalf("%d rows, %v", len(ids), err)
		}
		took += used(t) - began
	}
	return took / time.Duration((count+batch-1)/batch*batch)
}
