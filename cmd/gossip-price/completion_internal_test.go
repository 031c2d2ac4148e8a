package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// Shells are told of every command and flag.
func TestCompletionIsWhole(t *testing.T) {
	t.Parallel()
	for shell, words := range map[string]struct{ command, flag string }{
		"bash": {" %", "--%"}, "zsh": {"'%:", "'--%"}, "fish": {"-a % ", "-l %"},
	} {
		p, stdout, _ := screenOf(t, false)
		if code := p.run(t.Context(), []string{"completion", shell}); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		script := stdout()
		for _, c := range completions() {
			texts := []string{strings.ReplaceAll(words.command, "%", strings.TrimPrefix(c.name, "run"))} // the first of bash's
			for _, f := range c.flags {
				texts = append(texts, strings.ReplaceAll(words.flag, "%", f.name))
			}
			for _, text := range texts {
				if !strings.Contains(script, text) && c.name != "run" {
					t.Errorf("%s: no %q", shell, text)
				}
			}
		}
	}
	for _, args := range [][]string{{"completion"}, {"completion", "tcsh"}} {
		if p, _, stderr := screenOf(t, false); p.run(t.Context(), args) != exitUsage || !strings.Contains(stderr(), "bash") {
			t.Errorf("%v: %s", args, stderr())
		}
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]choices{
		"":                           {},
		"N":                          {},
		"auto|live|FILE":             {[]string{"auto", "live"}, true},
		"--signers LIST|FILE [FILE]": {nil, true},
		"new NAME":                   {[]string{"new"}, false},
		"HOST:PORT":                  {},
	} {
		if got := choicesOf(kind); !slices.Equal(got.words, want.words) || got.files != want.files {
			t.Errorf("%q: %v, want %v", kind, got, want)
		}
	}
	if got := choicesOf("[COMMAND]").words; !slices.Contains(got, "prices") {
		t.Errorf("commands: %v", got)
	}
}

// completionTest is a line on which the last word is completed, and all that is offered.
type completionTest struct{ line, want string }

func completionTests() []completionTest {
	return []completionTest{
		{"gossip-price pri", "prices"},
		{"gossip-price no", ""},
		{"gossip-price devnet --p", "--prices"},
		{"gossip-price devnet --prices l", "live"},
		{"gossip-price devnet --log ", "debug error info warn"},
		{"gossip-price devnet --nodes ", ""},
		{"gossip-price org ", "new"},
		{"gossip-price completion ", "bash fish zsh"},
		{"gossip-price help key", "keygen"},
		{"gossip-price verify --signers ros", "roster.txt"},
		{"gossip-price verify proof", "proofs.jsonl"},
		{"gossip-price keygen --out pro", "proofs.jsonl"},
	}
}

// A real bash offers the right words. Its readline is not there, so files, which it completes by itself, are left out.
func TestBashCompletion(t *testing.T) {
	t.Parallel()
	for _, test := range append(completionTests(),
		completionTest{"gossip-price devnet --log = e", "error"},
		completionTest{"gossip-price devnet --log =", "debug error info warn"},
		completionTest{"gossip-price --h", "--help"},
	) {
		if strings.Contains(test.want, ".") {
			test.want = ""
		}
		ask := append([]string{"-c", bashCompletion(completions()) +
			`COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _gossip_price; printf '%s\n' "${COMPREPLY[@]}"`, "bash"}, strings.Split(test.line, " ")...)
		offers(t, test, "bash", ask...)
	}
}

// fish is asked what it would offer.
func TestFishCompletion(t *testing.T) {
	t.Parallel()
	for _, test := range append(completionTests(), completionTest{"gossip-price devnet --log=e", "--log=error"}) {
		offers(t, test, "fish", "-c", fishCompletion(completions())+"cd testdata/completion; complete -C "+fishQuote(test.line))
	}
}

// find returns where a shell is. A machine without it fails the test.
func find(t *testing.T, shell string) string {
	t.Helper()
	path, err := exec.LookPath(shell)
	if err != nil {
		t.Fatalf("%v; on Debian: apt-get install %s", err, shell)
	}
	return path
}

// offers runs a shell that writes an offer a line, each with a description behind a tab or not.
func offers(t *testing.T, test completionTest, shell string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), find(t, shell), args...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", test.line, err, out)
	}
	var found []string
	for line := range strings.Lines(string(out)) {
		word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if word != "" && !slices.Contains(found, word) {
			found = append(found, word)
		}
	}
	slices.Sort(found)
	if got := strings.Join(found, " "); got != test.want {
		t.Errorf("%s completes %q to %q, want %q", shell, test.line, got, test.want)
	}
}

// zsh reads the script; what it offers needs a terminal.
func TestZshCompletion(t *testing.T) {
	t.Parallel()
	check := exec.CommandContext(t.Context(), find(t, "zsh"), "-n")
	check.Stdin = strings.NewReader(zshCompletion(completions()))
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
