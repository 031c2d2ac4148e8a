package test_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// installTimeout bounds the download of what the JavaScript example needs, 5 MB.
const installTimeout = 3 * time.Minute

// cliConsuming runs the examples of docs/consuming.md against a devnet: the very files that the document shows
// (TestExamples).
func cliConsuming(t *testing.T, c cli) {
	checker := installChecker(t)
	data, addr := t.TempDir(), "127.0.0.1:"+freePort(t)
	d := c.start(t, "devnet", "--interval", "2s", "--settle", "1s", "--flush", "1s", "--data", data, "--prices", recording(t), "--api", addr)
	until(t, firstRow, "rows in the store", func() bool { return countRows(t, data) > 4 })
	roster := filepath.Join(data, "roster.txt")

	checkShellExample(t, c, addr, roster)
	checkGoExample(t, c, addr)
	page := c.shell(t, "curl -sS http://"+addr+"/v1/prices | jq -c '.prices[]'").want(t, 0).stdout
	checkJavaScript(t, c, checker, page, roster)
	d.stop(t, os.Interrupt, 10*time.Second)
}

func checkShellExample(t *testing.T, c cli, addr, roster string) {
	t.Helper()
	c = c.with("PATH=" + filepath.Dir(c.path) + ":" + os.Getenv("PATH"))
	read := func(api, quorum string) result {
		return c.shell(t, "sh ../docs/examples/read.sh "+api+" '"+roster+"' "+quorum)
	}
	r := read("http://"+addr, "3").want(t, 0, "ETH-USD 1234.5678, ", " signers, 0 millionths apart", "1 checked, 1 ok, 0 failed (quorum 3)")
	if n := strings.Count(r.stdout, "ok    0x"); n < 5 || strings.Count(r.stdout, ", 0 failed (quorum 3)") != 2 {
		t.Errorf("%d proofs: not one, and then a page of them: %s", n, r.stdout)
	}
	if r := read("http://"+addr, "5"); r.code == 0 {
		t.Errorf("proofs of fewer than 5 signers hold: %s", r.stdout)
	}
	read("http://"+addr+"/nowhere", "3").want(t, 22, `"status":404`)
}

func checkGoExample(t *testing.T, c cli, addr string) {
	t.Helper()
	program := filepath.Join(t.TempDir(), "read")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../docs/examples/go").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	c.path = program
	p := c.start(t, "http://"+addr)
	for _, text := range []string{"200 OK ETH-USD 1234.5678", "certificate ETH-USD 1234.5678", "stored ETH-USD 1234.5678"} {
		p.stdout.line(t, stepTimeout, text)
	}
	if err := p.signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	p.end(t, stepTimeout)
}

// installChecker installs what the JavaScript example needs, beside a copy of it, and returns the copy. That takes the npm
// registry, and fails without.
func installChecker(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../docs/examples/js")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), installTimeout)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
	npm.Dir = folder
	if out, err := npm.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", npm, err, out)
	}
	return filepath.Join(folder, "check.mjs")
}

// checkJavaScript checks real proofs with the example, and sees it refuse each of them once something is changed.
func checkJavaScript(t *testing.T, c cli, checker, page, roster string) {
	t.Helper()
	listed, err := os.ReadFile(roster)
	if err != nil {
		t.Fatal(err)
	}
	addresses := strings.Join(regexp.MustCompile(`0x[0-9a-fA-F]{40}`).FindAllString(string(listed), -1), " ")
	check := func(proofs, network, quorum, signers string) result {
		return c.reading(proofs).shell(t, "node '"+checker+"' "+network+" "+quorum+" "+signers)
	}
	proofs := strings.Split(strings.TrimSpace(page), "\n")
	r := check(page, "devnet", "3", addresses).want(t, 0, " ETH-USD 1234.5678\n")
	if held := strings.Count(r.stdout, "ok 0x"); held != len(proofs) || held < 4 {
		t.Errorf("%d of %d proofs hold", held, len(proofs))
	}
	proof, other := proofs[0], proofs[len(proofs)-1]
	signature, attestations := regexp.MustCompile(`0x[0-9a-f]{130}`), regexp.MustCompile(`\[(\{[^}]*\}).*?\]`)
	for name, r := range map[string]result{
		"price":     check(strings.Replace(proof, "1234.5678", "1234.5679", 1), "devnet", "3", addresses),
		"network":   check(proof, "mainnet", "3", addresses),
		"quorum":    check(proof, "devnet", "5", addresses),
		"roster":    check(proof, "devnet", "3", addresses[:2*42+1]), // two of them
		"signature": check(strings.Replace(proof, signature.FindString(proof), signature.FindString(other), 1), "devnet", "3", addresses),
		"repeated":  check(attestations.ReplaceAllString(proof, "[$1,$1,$1]"), "devnet", "3", addresses),
	} {
		if r.code != 1 || !strings.Contains(r.stdout, "FAIL 0x") {
			t.Errorf("%s changed: exit code %d, %s%s", name, r.code, r.stdout, r.stderr)
		}
	}
}
