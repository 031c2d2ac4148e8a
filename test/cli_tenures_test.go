package test_test

import (
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// A roster's history: who signs counts only while they had their seat.
func cliTenures(t *testing.T, c cli) {
	row := storetest.NewSigners(t, testNetwork, 3).Rows(t, 1)[0]
	file, _ := proofFile(t, row)
	before, after := row.RoundTime.Add(-1e9).Format("2006-01-02T15:04:05Z"), row.RoundTime.Add(1e9).Format("2006-01-02T15:04:05Z")
	exact := row.RoundTime.Format("2006-01-02T15:04:05Z")
	for seat, code := range map[string]int{
		"from=" + before:                         0,
		"from=" + exact:                          0,
		"from=" + after:                          1,
		"until=" + after:                         0,
		"until=" + exact:                         1,
		"from=" + before + " until=" + after:     0,
		"from=" + exact + " until=" + exact:      1,
		"from=yesterday":                         2,
		"since=" + before:                        2,
		"forever":                                2,
		"from=" + before + "\n# come and gone\n": 0,
	} {
		roster := ""
		for i, a := range row.SignData {
			if roster += a.Signer.String(); i == 2 {
				roster += "  " + seat
			}
			roster += "\n"
		}
		c.run(t, "verify", "--signers", newFile(t, roster), file).want(t, code)
	}
	twice := strings.ReplaceAll(signersOf(row), ",", "\n") + " until=" + before + "\n" + row.SignData[2].Signer.String() + " from=" + exact
	c.run(t, "verify", "--signers", newFile(t, twice), file).want(t, 0)
	c.run(t, "verify", "--signers", newFile(t, "# nobody\n"), file).want(t, 2, "names nobody")
}

func cliNetworks(t *testing.T, c cli) {
	signers := storetest.NewSigners(t, testNetwork, 3).Rows(t, 1)
	strangers := storetest.NewSigners(t, "elsewhere", 3).Rows(t, 1)
	file, _ := proofFile(t, signers[0], strangers[0])
	both := signersOf(signers[0]) + "," + signersOf(strangers[0])
	c.run(t, "verify", "--signers", both, file).want(t, 1, "line 2", "--network")
	c.run(t, "verify", "--signers", both, "--network", testNetwork, file).want(t, 1, "network cli: 2 checked, 1 ok, 1 failed", `network "elsewhere", want "cli"`)
	c.run(t, "verify", "--signers", signersOf(signers[0]), file).want(t, 1, "line 2", "--network")
}
