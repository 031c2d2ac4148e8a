package test_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/signing"
	"github.com/gossip-price/gossip-price/consensus/store"
	"github.com/gossip-price/gossip-price/global/price"
)

// A running node shows the evidence and the refusals that it keeps, and anybody can check the evidence.
func cliEvidence(t *testing.T, c cli) {
	liar := makeKey(t, 9)
	round := consensus.RoundAt(time.Now().Add(-time.Hour), time.Minute)
	evidence := consensus.NewEvidence(signedPrice(t, liar, round, 300_000), signedPrice(t, liar, round, 300_001))
	refused := store.Refusal{
		ID:          evidence.First.Observation.Digest(signing.NewDomain(testNetwork)),
		Observation: evidence.First.Observation, Reason: consensus.RefusedDeviation,
		Own: price.Quote{Pair: ethUSD, Price: mustDollars(t, 200_000), At: round.Start()}, At: round.Start(),
	}
	folder := t.TempDir()
	journal, err := store.OpenJournal(t.Context(), filepath.Join(folder, "node.db"))
	if err == nil {
		err = journal.KeepEvidence(t.Context(), []consensus.Evidence{evidence})
	}
	if err == nil {
		err = journal.KeepRefusals(t.Context(), []store.Refusal{refused})
	}
	if err == nil {
		err = journal.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	addr := "127.0.0.1:" + freePort(t)
	c = c.with("GP_APIADDR="+addr, "GP_DATADIR="+folder, "GP_NETWORK="+testNetwork, "GP_SIGNERS="+liar.Address().String(),
		"GP_MINIMUMSIGNERCOUNT=1", "GP_CONNECTIONADDR=/ip4/127.0.0.1/tcp/0", "GP_PRICEURL=http://127.0.0.1:1")
	c.run(t, "evidence").want(t, 1, "is the node running, and is this its GP_APIADDR?")
	p := c.start(t)
	eventually(t, callTimeout, "the node keeps records", func() bool { return c.run(t, "evidence").code == 0 })

	c.run(t, "evidence").want(t, 0, liar.Address().String()+" signed 3000 and 3000.01")
	c.run(t, "refusals").want(t, 0, "3000 of "+liar.Address().String()+": price deviates, own price 2000")
	c.run(t, "refusals", "--json", "--url", "http://"+addr).want(t, 0, `"price":"3000"`, `"own_price":"2000"`, `"reason":"price deviates"`)
	c.run(t, "why", refused.ID.String()[:10]).want(t, 0, "3000 of "+liar.Address().String()[:10], "refused", "price deviates, 3000, own price 2000",
		"its proposer signed two prices")
	c.run(t, "why", refused.ID.String(), "--json").want(t, 0, `"convicted":true`, `"own_price":"2000"`)
	c.run(t, "why", strconv.FormatInt(round.Start().Unix()+1, 10)).want(t, 1, "400 Bad Request", "rounds are 10m0s long, and the nearest are")
	c.run(t, "why", "yesterday").want(t, 2, "neither a round")
	c.run(t, "evidence", "--limit", "0").want(t, 1, "400 Bad Request", "want 1 to 500")
	c.run(t, "evidence", "much").want(t, 2, "unexpected")

	line := c.run(t, "evidence", "--json").want(t, 0).stdout
	verify := []string{"verify", "--evidence", "--signers", liar.Address().String()}
	c.reading(line).run(t, verify...).want(t, 0, "signed ETH-USD 3000 and 3000.01", "1 checked, 1 ok")
	c.reading(line).run(t, append(verify, "--network", "other")...).want(t, 1, `network "cli", want "other"`)
	c.reading(line).run(t, "verify", "--evidence", "--signers", makeKey(t, 8).Address().String()).want(t, 1, "not in the roster")
	c.reading(line).run(t, "verify", "--signers", liar.Address().String()).want(t, 1, "FAIL")
	for what, forged := range map[string]string{
		"price": strings.Replace(line, "3000.01", "3000.02", 1),
		"round": strings.Replace(line, `:00.000Z","first_signer"`, `:01.000Z","first_signer"`, 1),
		"pair":  strings.Replace(line, "ETH-USD", "BTC-USD", 1),
	} {
		if r := c.reading(forged).run(t, verify...); r.code != 1 || forged == line {
			t.Errorf("%s changed: exit code %d\n%s", what, r.code, r.stdout)
		}
	}
	p.stop(t, syscall.SIGTERM, callTimeout)
}

// signedPrice returns a report of a price in cents with its proposer's signature.
func signedPrice(t *testing.T, key signing.Key, round consensus.Round, cents int64) consensus.Report {
	t.Helper()
	o := consensus.Observation{
		Pair: ethUSD, Price: mustDollars(t, cents), Round: round, ObservedAt: consensus.MillisOf(round.Start()),
		Proposer: key.Address(),
	}
	signature, err := key.Sign(o.Digest(signing.NewDomain(testNetwork)))
	if err != nil {
		t.Fatal(err)
	}
	return consensus.Report{Network: testNetwork, Observation: o, Attestations: []consensus.Attestation{
		{Signer: key.Address(), Signature: signature},
	}}
}

func mustDollars(t *testing.T, cents int64) price.Price {
	t.Helper()
	p, err := dollars(cents)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
