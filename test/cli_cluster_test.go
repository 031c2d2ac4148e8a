package test_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store"
)

// bootKey is the secret of the first Anvil and Hardhat account.
const bootKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"

// stepTimeout bounds one step of the cluster; a round takes two seconds.
const stepTimeout = 30 * time.Second

// unit is one node of a cluster of processes.
type unit struct {
	*process
	cli     cli // with the settings of the node
	folder  string
	address string
}

// cliCluster runs a bootstrap node and three nodes, all of which quorum needs, as their users do: a process each, settings
// by GP_ variables, over TCP.
func cliCluster(t *testing.T, c cli, databaseURL string) {
	prices, _ := startReplay(t, c)
	boot, nodes := newCluster(t, c.with("GP_PRICEURL="+prices))
	early := nodes[0].cli.start(t) // before the table is there
	early.stderr.line(t, stepTimeout, "gossip-price migrate")
	early.stop(t, syscall.SIGTERM, 10*time.Second)
	c.run(t, "migrate").want(t, 0)

	boot.process = boot.cli.start(t)
	for i := range nodes {
		nodes[i].process = nodes[i].cli.start(t)
	}
	boot.stderr.line(t, stepTimeout, "publicly known development key")
	rows := waitRows(t, databaseURL, 0)
	for _, u := range append(nodes, boot) {
		asker := c.with("GP_APIADDR=" + u.api(t))
		asker.run(t, "healthcheck").want(t, 0)
		until(t, stepTimeout, "readiness", func() bool { return asker.run(t, "healthcheck", "--ready").code == 0 })
	}
	c.with("GP_APIADDR=127.0.0.1:1").run(t, "healthcheck").want(t, 1, "connection refused")
	c.with("GP_APIADDR=127.0.0.1:1").run(t, "healthcheck", "--json").want(t, 1, `"error":"ask health: `, `"ok":false,"url":"http://127.0.0.1:1/healthz"}`)
	c.run(t, "healthcheck", "--json", "--url", "http://"+boot.api(t)+"/healthz").want(t, 0, `"error":"","ok":true`)
	checkStory(t, nodes, rows[0])
	checkKill(t, c, nodes, databaseURL)

	for _, u := range append(nodes, boot) {
		u.stop(t, syscall.SIGTERM, 10*time.Second)
		u.stderr.line(t, 0, "stopped")
	}
	for _, u := range nodes {
		checkJournal(t, u.folder)
	}
	if entries, err := os.ReadDir(boot.folder); err == nil {
		t.Errorf("the bootstrap node keeps %v", entries)
	}
	all := c.run(t, "prices", "--all", "--json").want(t, 0).stdout
	c.reading(all).run(t, "verify", "--signers", roster(nodes)).want(t, 0, "network cluster: ", " 0 failed (quorum 3)")
}

// newCluster makes the keys and the settings of a bootstrap node and three nodes.
func newCluster(t *testing.T, c cli) (boot unit, nodes []unit) {
	t.Helper()
	type card struct {
		Address string `json:"address"`
		PeerID  string `json:"peer_id"`
	}
	folder := t.TempDir()
	for _, name := range []string{"node1", "node2", "node3"} {
		own := unit{folder: filepath.Join(folder, name)}
		made := c.run(t, "keygen", "--json", "--out", filepath.Join(own.folder, "node.key")).want(t, 0)
		own.address = decode[card](t, made.stdout).Address
		nodes = append(nodes, own)
	}
	boot.folder = filepath.Join(folder, "boot")
	file := newFile(t, bootKey)
	known := decode[card](t, c.run(t, "keygen", "--json", "--from", file).want(t, 0).stdout)
	where := "/ip4/127.0.0.1/tcp/" + freePort(t)
	c = c.with("GP_NETWORK=cluster", "GP_SIGNERS="+roster(nodes), "GP_APIADDR=127.0.0.1:0",
		"GP_FETCHPRICEINTERVAL=2", "GP_SETTLEPERIOD=1s", "GP_FLUSHINTERVAL=1s")
	boot.cli = c.with("GP_BOOTSTRAP=true", "GP_CONNECTIONADDR="+where, "GP_KEYFILE="+file,
		"GP_DATADIR="+boot.folder, "GP_DATABASEURL="+unreachable())
	for i, own := range nodes {
		nodes[i].cli = c.with("GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0", "GP_DATADIR="+own.folder,
			"GP_BOOTSTRAPADDR="+where+"/p2p/"+known.PeerID)
	}
	return boot, nodes
}

func roster(nodes []unit) string {
	var addresses []string
	for _, u := range nodes {
		addresses = append(addresses, u.address)
	}
	return strings.Join(addresses, ",")
}

// api returns where the unit's HTTP server listens.
func (u unit) api(t *testing.T) string {
	t.Helper()
	line := u.stderr.line(t, stepTimeout, "HTTP server started")
	return decode[struct{ Addr string }](t, line).Addr
}

// waitRows waits for more rows than there were and returns all, the newest first.
func waitRows(t *testing.T, databaseURL string, were int) (rows []consensus.Row) {
	t.Helper()
	prices, err := store.Open(t.Context(), databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = prices.Close() }()
	until(t, stepTimeout, "a new row", func() bool {
		rows, err = prices.Latest(t.Context(), store.Query{})
		return err != nil || len(rows) > were
	})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// checkStory checks that the logs are JSON, and that a search for a price's short id in a node's log tells its story.
func checkStory(t *testing.T, nodes []unit, row consensus.Row) {
	t.Helper()
	for _, u := range nodes {
		steps := []string{"price signed", "price quorum", "price stored"}
		if u.address == row.FirstSigner.String() {
			steps = []string{"price fetched", "price proposed", "price quorum", "price stored"}
		}
		u.stderr.line(t, stepTimeout, "price stored")
		for _, step := range steps {
			until(t, stepTimeout, step+" of "+row.ID.Short(), func() bool {
				return strings.Contains(strings.Join(u.stderr.lines(row.ID.Short()), "\n"), step)
			})
		}
		type entry struct {
			Time       time.Time
			Level, Msg string
			Node       string
		}
		for _, line := range u.stderr.lines("") {
			if e := decode[entry](t, line); e.Time.IsZero() || e.Level == "" || e.Msg == "" {
				t.Errorf("a log line without time, level or message: %s", line)
			}
		}
		if u.stdout.String() != "" {
			t.Errorf("a node writes to stdout: %s", u.stdout)
		}
	}
}

// checkKill kills one of the nodes, which leaves the others without quorum, and starts it again in its folder.
func checkKill(t *testing.T, c cli, nodes []unit, databaseURL string) {
	t.Helper()
	asker := c.with("GP_APIADDR=" + nodes[0].api(t))
	if err := nodes[2].signal(os.Kill); err != nil {
		t.Fatal(err)
	}
	nodes[2].end(t, stepTimeout)
	until(t, stepTimeout, "word that a peer is missing", func() bool {
		r := asker.run(t, "healthcheck", "--ready")
		return r.code == 1 && strings.Contains(r.stderr, "peers that listen to prices: 1, quorum needs 2")
	})
	asker.run(t, "healthcheck").want(t, 0)
	nodes[2].process = nodes[2].cli.start(t)
	began := time.Now()
	until(t, stepTimeout, "a row of a round after the restart", func() bool {
		rows := waitRows(t, databaseURL, 0)
		return rows[0].RoundTime.After(began)
	})
}

// checkJournal opens the journal of a node that was stopped: nothing holds it, and it has its content.
func checkJournal(t *testing.T, folder string) {
	t.Helper()
	journal, err := store.OpenJournal(t.Context(), filepath.Join(folder, "node.db"))
	if err != nil {
		t.Error(err)
		return
	}
	if peers, err := journal.Peers(t.Context()); err != nil || len(peers) == 0 {
		t.Errorf("the journal knows %d peers: %v", len(peers), err)
	}
	if err := journal.Close(); err != nil {
		t.Error(err)
	}
}
