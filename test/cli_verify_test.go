package test_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gossip-price/gossip-price/consensus"
	"github.com/gossip-price/gossip-price/consensus/store/storetest"
)

// proofFile writes rows as prices --json shows them and returns the file and its content.
func proofFile(t *testing.T, rows ...consensus.Row) (name, content string) {
	t.Helper()
	for _, row := range rows {
		content += compact(t, row) + "\n"
	}
	return newFile(t, content), content
}

func newFile(t *testing.T, content string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func cliVerify(t *testing.T, c cli) {
	rows := storetest.NewSigners(t, testNetwork, 4).Rows(t, 3)
	file, content := proofFile(t, rows...)
	signers := signersOf(rows[0])
	roster := newFile(t, "# who signs\n\n"+strings.ReplaceAll(signers, ",", " # a node\n")+"\n")

	r := c.run(t, "verify", "--signers", signers, file).want(t, 0, "network cli: 3 checked, 3 ok, 0 failed (quorum 3)")
	if lines := strings.Split(r.stdout, "\n"); len(lines) != 5 || !strings.HasPrefix(lines[0], "ok    "+rows[0].ID.String()) {
		t.Errorf("want a line a proof and a summary:\n%s", r.stdout)
	}
	for name, same := range map[string]result{
		"stdin":         c.reading(content).run(t, "verify", "--signers", signers),
		"stdin as -":    c.reading(content).run(t, "verify", "--signers", signers, "-"),
		"roster file":   c.run(t, "verify", "--signers", roster, file),
		"network named": c.run(t, "verify", "--signers", signers, "--network", testNetwork, file),
		"blank lines":   c.reading("\n"+content+"\n").run(t, "verify", "--signers", signers),
	} {
		if same != r {
			t.Errorf("%s: %+v", name, same)
		}
	}
	c.run(t, "verify", "--signers", signers, "--quorum", "5", file).want(t, 1, "FAIL  line 1", "4 signers of the roster, want 5", "0 ok, 3 failed")
	one, _ := proofFile(t, rows[0])
	first := strings.Split(signers, ",")
	c.run(t, "verify", "--signers", first[0]+","+first[3], "--quorum", "2", one).want(t, 0, "1 ok")
	c.run(t, "verify", "--signers", first[0]+","+first[3], one).want(t, 1, "2 signers of the roster, want 3")
	c.run(t, "verify", "--signers", strings.Join(first[1:], ","), one).want(t, 1, "proposer "+first[0]+": signer not in the roster")
	c.reading("").run(t, "verify", "--signers", signers).want(t, 1, "no proofs in the input")
	c.reading("\n\n").run(t, "verify", "--signers", signers).want(t, 1, "no proofs in the input")
	c.run(t, "verify", "--quorum", "1", file).want(t, 2, "--signers is missing")

	checkVerifyJSON(t, c.reading(content+"{}\n").run(t, "verify", "--json", "--signers", signers).want(t, 1).stdout, rows[0])
}

// checkVerifyJSON checks what verify --json says of three good proofs and a bad one.
func checkVerifyJSON(t *testing.T, out string, row consensus.Row) {
	t.Helper()
	type report struct {
		Line      int
		ID, Error string
		OK        bool
	}
	type summary struct {
		Network                     string
		Checked, OK, Failed, Quorum int
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines: %s", len(lines), out)
	}
	if good := decode[report](t, lines[0]); good != (report{Line: 1, ID: row.ID.String(), OK: true}) {
		t.Errorf("a good proof: %+v", good)
	}
	if bad := decode[report](t, lines[3]); bad.OK || bad.Line != 4 || bad.Error == "" {
		t.Errorf("a bad proof: %+v", bad)
	}
	if sum := decode[summary](t, lines[4]); sum != (summary{testNetwork, 4, 3, 1, 3}) {
		t.Errorf("the summary: %+v", sum)
	}
}

// Whatever is changed in a proof, or left out of it, makes it fail; only the two times that no signature covers may be
// anything.
func cliForgeries(t *testing.T, c cli) {
	signers := storetest.NewSigners(t, testNetwork, 3)
	row, other := signers.Rows(t, 2)[0], signers.Rows(t, 2)[1]
	fields := decode[map[string]any](t, compact(t, row))
	others := decode[map[string]any](t, compact(t, other))
	signData := func(change func(list []any) []any) any {
		return change(decode[map[string]any](t, compact(t, row))["sign_data"].([]any)) //nolint:forcetypeassert,errcheck // it is one
	}
	attestation := func(list []any, i int) map[string]any { return list[i].(map[string]any) } //nolint:forcetypeassert,errcheck // it is one
	for name, forged := range map[string]map[string]any{
		"another id":              {"id": others["id"]},
		"no id":                   {"id": nil},
		"upper case id":           {"id": strings.ToUpper(row.ID.String())},
		"another network":         {"network": "other"},
		"another pair":            {"pair": "SOL-USD"},
		"another price":           {"price": "1.5"},
		"a number as price":       {"price": 1.5},
		"a price of 0":            {"price": "0"},
		"a negative price":        {"price": "-" + row.Price.String()},
		"another proposer":        {"first_signer": row.SignData[1].Signer},
		"another round":           {"round_time": others["round_time"]},
		"a later round":           {"round_time": row.RoundTime.Add(1e9).Format(consensus.TimeFormat)},
		"another observed_time":   {"observed_time": row.ObservedTime.Add(1e6).Format(consensus.TimeFormat)},
		"a time before 1970":      {"observed_time": "1969-12-31T23:59:59.999Z"},
		"no times":                {"round_time": nil, "observed_time": nil},
		"others' signatures":      {"sign_data": others["sign_data"]},
		"no signatures":           {"sign_data": []any{}},
		"one signature less":      {"sign_data": signData(func(list []any) []any { return list[:2] })},
		"the proposer's left out": {"sign_data": signData(func(list []any) []any { return list[1:] })},
		"one counted twice":       {"sign_data": signData(func(list []any) []any { return append(list[:2], list[1]) })},
		"two signers swapped": {"sign_data": signData(func(list []any) []any {
			first, second := attestation(list, 1), attestation(list, 2)
			first["signature"], second["signature"] = second["signature"], first["signature"]
			return list
		})},
		"a digit of a signature": {"sign_data": signData(func(list []any) []any {
			a := attestation(list, 2)
			a["signature"] = flipped(a["signature"].(string)) //nolint:forcetypeassert,errcheck // it is one
			return list
		})},
		"a stranger's name": {"sign_data": signData(func(list []any) []any {
			attestation(list, 2)["signer"] = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
			return list
		})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			line := compact(t, merged(fields, forged)) + "\n"
			c.reading(line).run(t, "verify", "--network", testNetwork, "--signers", signersOf(row)).want(t, 1, "FAIL  line 1", "1 failed")
		})
	}
	for _, line := range []string{"not JSON", "[]", "{}", "null", `{"id":`, compact(t, row) + compact(t, row)} {
		c.reading(line+"\n").run(t, "verify", "--signers", signersOf(row)).want(t, 1, "FAIL  line 1")
	}
	c.reading(strings.Repeat(" ", 2<<20)).run(t, "verify", "--signers", signersOf(row)).want(t, 1, "read proofs")
	uncovered := merged(fields, map[string]any{"lastsigned_time": "2000-01-01T00:00:00.000Z", "created_time": "2000-01-01T00:00:00.000Z"})
	c.reading(compact(t, uncovered)).run(t, "verify", "--signers", signersOf(row)).want(t, 0, "1 ok")
}

// merged returns fields with some of them changed; nil takes one away.
func merged(fields, changes map[string]any) map[string]any {
	m := make(map[string]any, len(fields))
	for name, value := range fields {
		m[name] = value
	}
	for name, value := range changes {
		if m[name] = value; value == nil {
			delete(m, name)
		}
	}
	return m
}

// flipped returns hex with another digit in its middle.
func flipped(hex string) string {
	b := []byte(hex)
	if b[40]++; b[40] != 'b' && b[40] > '9' {
		b[40] = '0'
	}
	return string(b)
}
